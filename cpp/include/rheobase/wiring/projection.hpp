#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "rheobase/random/distribution.hpp"
#include "rheobase/wiring/connection_rule.hpp"
#include "rheobase/wiring/selection.hpp"

namespace rheobase {

/// How long spikes of post neurons take to plastic connections of theirs.
struct PostDelays {
    Distribution draw{};  ///< ms where drawn; steps where constant, 0 for at once
    /// In steps, by pre neuron, then by post neuron, then by delay; null where they are not listed. Copies share them.
    std::shared_ptr<const std::vector<std::uint16_t>> listed = nullptr;

    bool one() const noexcept { return draw.constant() && listed == nullptr; }
};

/// Connections from one population to one receptor of another, as asked for.
struct Projection {
    std::uint32_t id;
    std::uint32_t pre, post;
    std::size_t receptor;
    SharedRule rule;
    Distribution weight;
    Distribution delay;       ///< ms where drawn; steps where constant
    int weight_bits = 32;     ///< or 16, where each synapse has its own weight
    bool delta = false;       ///< arrivals move V within the step itself
    bool plastic = false;     ///< the weights change
    std::int64_t since = 0;   ///< spikes found before this step do not enter
    std::uint32_t batch = 0;  ///< projections first built together, from 1 on, are stored together
    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
    std::size_t group = nowhere;  ///< which set of fan-outs holds it
    bool built = false;
    std::uint64_t synapses = 0;
    /// Whom the rule connects. Random rules draw members and degrees are those of members; pairs that are listed are
    /// neurons of the populations.
    Selection pre_neurons{}, post_neurons{};
    PostDelays post_delays{};  ///< where the weights change

    bool has_one_delay() const noexcept { return delay.constant() && rule->list.delays.empty(); }
};

/// One connection.
struct Synapse {
    std::uint32_t pre, post;
    float weight;
    std::uint16_t delay;
};

}  // namespace rheobase
