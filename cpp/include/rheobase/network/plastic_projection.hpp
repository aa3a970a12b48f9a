#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rheobase/base/archive.hpp"
#include "rheobase/base/span.hpp"
#include "rheobase/network/plasticity.hpp"
#include "rheobase/network/published_variables.hpp"
#include "rheobase/network/spike_history.hpp"
#include "rheobase/wiring/projection.hpp"

namespace rheobase {

/// Lets a rule, with values of its parameters, work on the connections of a tile.
using MakePlasticity = std::function<std::unique_ptr<Plasticity>(const std::vector<double>&, PlasticConnections)>;

/// The plastic part of a projection: its rule at work in every tile.
class PlasticProjection {
  public:
    /// `of_pre` is what the rule reads of the pre neurons, `values` are those of its parameters.
    PlasticProjection(const Projection& projection, PublishedVariables of_pre, std::vector<double> values);
    PlasticProjection(const PlasticProjection&) = delete;
    PlasticProjection& operator=(const PlasticProjection&) = delete;
    void let_rule_be(MakePlasticity make) { make_ = std::move(make); }

    const Projection& projection() const noexcept { return projection_; }
    bool has_one_delay() const noexcept { return projection_.has_one_delay(); }
    bool has_one_post_delay() const noexcept { return projection_.post_delays.one(); }
    /// In steps; of what is built.
    std::size_t max_delay() const noexcept;
    std::size_t max_post_delay() const noexcept;
    bool learns() const noexcept { return learns_; }
    void set_learning(bool on);
    /// Other values of the rule's parameters from a step on; what it has learned stays.
    void set_values(std::vector<double> values, std::int64_t now);

    const PublishedVariables& published() const noexcept { return of_pre_; }
    /// Publishes what all pre neurons have at a step, or those of [begin, end).
    void publish(std::int64_t step) { publish(step, 0, of_pre_.size()); }
    void publish(std::int64_t step, std::size_t begin, std::size_t end) {
        if (!of_pre_.empty()) of_pre_.publish(step, begin, end);
    }

    /// Takes over the connections of every tile at step `now`. What it has learned stays, if it had connections
    /// before.
    void rebuild(std::vector<PlasticConnections> tiles, std::int64_t now);
    /// A copy of the connections of every tile.
    std::vector<PlasticConnections> tiles() const;
    /// Asks for the memory of what spikes will reach at `now`, where nothing has to be looked up for it.
    void expect(std::size_t tile, const SpikeHistory& history, std::int64_t now);
    /// Brings the spikes that arrive at `now`, those that are not older than the projection, to the slots of one tile;
    /// returns how many deliveries.
    std::uint64_t arrive(std::size_t tile, const SpikeHistory& history, std::int64_t now, double* slots);
    /// Takes in the spikes of post neurons of one tile that reach their connections at `now`. Those of this very step
    /// are with the thread that found them.
    void fire(std::size_t tile, const SpikeHistory& history, std::int64_t now, std::size_t thread);

    /// Every connection, by pre neuron, then by delay, then by post neuron, for any number of threads.
    std::vector<Synapse> connections() const;
    std::vector<double> weights() const;
    /// In steps, in the order of the weights.
    std::vector<std::uint16_t> post_delays() const;
    void set_weights(Span<const double> weights);
    /// A variable of every connection at a step, in the order of the weights.
    std::vector<double> variable(std::size_t k, std::int64_t now) const;
    void set_variable(std::size_t k, std::int64_t now, Span<const double> values);
    void archive(Archive& archive, const std::string& name, std::int64_t now);

  private:
    void count_ids();
    void archive_traces(Archive& archive, const std::string& name, bool pre, std::int64_t now);
    const SpikeHistory::Lists& find_due(std::size_t tile, const SpikeHistory& history, std::int64_t now);
    void find_columns(std::size_t tile, Span<const std::uint32_t> spikes, std::uint16_t delay);

    const Projection& projection_;
    PublishedVariables of_pre_;
    MakePlasticity make_;
    std::vector<double> values_;
    bool learns_ = true;
    std::vector<std::unique_ptr<Plasticity>> tiles_;
    std::vector<SpikeHistory::Lists> due_;  ///< by tile, where delays differ: the rows that spikes reach in a step
    SpikeHistory::Lists columns_due_;       ///< by tile: the columns that spikes reach in a step
};

}  // namespace rheobase
