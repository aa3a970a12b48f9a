#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rheobase/base/archive.hpp"
#include "rheobase/base/shared_work.hpp"
#include "rheobase/base/span.hpp"
#include "rheobase/models/registry.hpp"
#include "rheobase/network/spike_history.hpp"
#include "rheobase/wiring/projection.hpp"

namespace rheobase {

/// Plastic connections of one projection onto the neurons of one tile, walked by pre neuron when a spike arrives and by
/// post neuron, through a second index over the same weights, when one of those spikes. Nothing is touched between
/// spikes.
struct PlasticConnections {
    /// Of synapses by pre, then by post neuron.
    PlasticConnections(const std::vector<Synapse>& synapses, std::size_t pre_size, std::size_t begin, std::size_t end,
                       WorkShare& share);

    std::size_t begin, end;                ///< the tile's range of post neurons
    std::vector<std::uint64_t> row_start;  ///< by pre neuron
    std::vector<std::uint32_t> post;       ///< counted from `begin`, ascending in a row
    std::vector<double> weight;
    std::vector<std::uint64_t> column_start;  ///< by post neuron
    std::vector<std::uint32_t> column_pre;
    std::vector<std::uint32_t> column_synapse;
};

/// What a rule does with the connections of one tile.
class Plasticity {
  public:
    virtual ~Plasticity() = default;
    /// Lets traces decay to the end of the step and takes in the spikes that arrive; returns how many deliveries.
    virtual std::uint64_t arrive(std::int64_t now, const SpikeHistory::Lists& spikes, double* slots, bool learning) = 0;
    /// Takes in the spikes that post neurons have just fired; ids within the population.
    virtual void fire(std::int64_t now, Span<const std::uint32_t> spikes, bool learning) = 0;

    virtual PlasticConnections& connections() = 0;
    /// What each synapse has beside its weight, an array per variable.
    virtual std::vector<std::vector<double>*> variables() { return {}; }
    /// Trace k of every pre neuron, or of every post neuron of the tile.
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

/// Lets a rule, with values of its parameters, work on the connections of a tile.
using MakePlasticity = std::function<std::unique_ptr<Plasticity>(const std::vector<double>&, PlasticConnections)>;

/// The plastic part of a projection: its rule at work in every tile.
class PlasticProjection {
  public:
    PlasticProjection(const Projection& projection, MakePlasticity make, std::vector<double> values);

    const Projection& projection() const noexcept { return projection_; }
    std::size_t delay() const noexcept { return static_cast<std::size_t>(projection_.delay.a); }
    bool learns() const noexcept { return learns_; }
    void set_learning(bool on) noexcept { learns_ = on; }
    /// Other values of the rule's parameters; what it has learned stays.
    void set_values(std::vector<double> values);

    /// Takes over the connections of every tile. What it has learned stays, if it had connections before.
    void rebuild(std::vector<PlasticConnections> tiles);
    /// A copy of the connections of every tile.
    std::vector<PlasticConnections> tiles() const;
    /// Brings the spikes found at `step`, those that are not older than the projection, to the slots of one tile;
    /// returns how many deliveries.
    std::uint64_t arrive(std::size_t tile, const SpikeHistory& history, std::int64_t step, double* slots);
    /// Takes in the spikes that post neurons of one tile have just fired.
    void fire(std::size_t tile, std::int64_t now, Span<const std::uint32_t> spikes) {
        tiles_[tile]->fire(now, spikes, learns_);
    }

    /// Every connection, by pre, then by post neuron, for any number of threads.
    std::vector<Synapse> connections() const;
    std::vector<double> weights() const;
    void set_weights(Span<const double> weights);
    /// A variable of every connection, in the order of the weights.
    std::vector<double> variable(std::size_t k) const;
    void set_variable(std::size_t k, Span<const double> values);
    void archive(Archive& archive, const std::string& name);

  private:
    const Projection& projection_;
    MakePlasticity make_;
    std::vector<double> values_;
    bool learns_ = true;
    std::vector<std::unique_ptr<Plasticity>> tiles_;
};

}  // namespace rheobase
