#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rheobase/base/archive.hpp"
#include "rheobase/base/span.hpp"
#include "rheobase/models/registry.hpp"
#include "rheobase/network/projection.hpp"
#include "rheobase/simulation/spike_history.hpp"

namespace rheobase {

/// Plastic connections of one projection onto the neurons of one tile, walked by source when a spike arrives and by
/// target, through a second index over the same weights, when a target spikes. Nothing is touched between spikes.
struct PlasticConnections {
    PlasticConnections(std::vector<Synapse> synapses, std::size_t sources, std::size_t begin, std::size_t end);

    std::size_t begin, end;                ///< the tile's range of targets
    std::vector<std::uint64_t> row_start;  ///< by source
    std::vector<std::uint32_t> target;     ///< counted from `begin`, ascending in a row
    std::vector<double> weight;
    std::vector<std::uint64_t> column_start;  ///< by target
    std::vector<std::uint32_t> column_source;
    std::vector<std::uint32_t> column_synapse;
};

/// What a rule does with the connections of one tile.
class Plasticity {
  public:
    virtual ~Plasticity() = default;
    /// Lets traces decay to the end of the step and takes in the spikes that arrive; returns how many deliveries.
    virtual std::uint64_t arrive(const SpikeHistory::Lists& spikes, double* slots, bool learning) = 0;
    /// Takes in the spikes that targets have just fired; numbers of the population.
    virtual void fire(Span<const std::uint32_t> spikes, bool learning) = 0;

    virtual PlasticConnections& connections() = 0;
    /// Trace k of every source, and of every target of the tile.
    virtual std::vector<std::vector<double>> traces(bool pre) const = 0;
    virtual void set_traces(bool pre, const std::vector<std::vector<double>>& values, std::size_t first) = 0;
};

struct PlasticityRule {
    std::string name, summary, equation, reference;
    std::vector<ParameterInfo> parameters;
    std::unique_ptr<Plasticity> (*make)(const std::vector<double>& values, double dt, PlasticConnections connections);
};

const std::vector<PlasticityRule>& plasticity_rules();
const PlasticityRule& plasticity_rule(const std::string& name);

/// A plastic projection: its rule at work in every tile.
struct PlasticProjection {
    const PlasticityRule* rule;
    std::vector<double> values;
    bool learning = true;
    std::vector<std::unique_ptr<Plasticity>> tiles{};

    /// Every connection, by source, then by target, for any number of threads.
    std::vector<Synapse> connections(std::uint16_t delay) const;
    std::vector<double> weights() const;
    void set_weights(Span<const double> weights);
    void archive(Archive& archive, const std::string& name);
};

}  // namespace rheobase
