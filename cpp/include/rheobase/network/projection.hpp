#pragma once

#include <cstdint>
#include <memory>

#include "rheobase/random/draw.hpp"
#include "rheobase/wiring/connection_rule.hpp"

namespace rheobase {

struct PlasticProjection;

/// Connections from one population to one kernel of another, as asked for.
struct Projection {
    std::uint32_t id;
    std::uint32_t source, target;
    std::size_t channel;
    ConnectionRule rule;
    Draw weight;
    Draw delay;               ///< ms where drawn; steps where constant
    std::int64_t since = 0;   ///< spikes found before this step do not enter
    std::uint32_t batch = 0;  ///< projections first built together, from 1 on, are stored together
    std::size_t group = 0;    ///< which set of fan-outs holds it
    bool built = false;
    std::uint64_t synapses = 0;
    bool short_weights = false;                    ///< in 16 bits, where each synapse has its own
    bool kicks = false;                            ///< arrivals move V within the step itself
    std::shared_ptr<PlasticProjection> plastic{};  ///< null where the weights are static
};

/// One connection.
struct Synapse {
    std::uint32_t source, target;
    float weight;
    std::uint16_t delay;
};

}  // namespace rheobase
