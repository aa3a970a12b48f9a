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
#include "rheobase/network/published_variables.hpp"
#include "rheobase/network/spike_history.hpp"
#include "rheobase/wiring/projection.hpp"

namespace rheobase {

/// Plastic connections of one projection onto the neurons of one tile, walked by rows when spikes arrive and by post
/// neuron, through a second index over the same weights, when one of those spikes. Nothing is touched between spikes.
/// A row is what a spike reaches at one time: the synapses of a pre neuron, or where delays differ those of a pre
/// neuron that have one delay. So all that is kept for a row is what has arrived there. A column is the same of spikes
/// of post neurons, which take a delay of their own.
struct PlasticConnections {
    /// What they are made of.
    struct Made {
        std::size_t begin, end;                    ///< the tile's range of post neurons
        std::vector<Synapse> synapses{};           ///< by pre neuron, then by delay, then by post neuron
        std::vector<std::uint16_t> post_delays{};  ///< theirs, in steps; none where there is one for all
    };
    PlasticConnections(const Made& made, std::size_t pre_size, bool one_delay, bool one_post_delay, WorkShare& share);

    std::size_t rows() const noexcept { return row_start.size() - 1; }
    std::uint32_t pre_of(std::size_t row) const noexcept {
        return row_pre.empty() ? static_cast<std::uint32_t>(row) : row_pre[row];
    }
    /// The row of a pre neuron and a delay, or rows() where there is none.
    std::size_t find_row(std::uint32_t pre, std::uint16_t delay) const noexcept;

    std::size_t columns() const noexcept { return column_start.size() - 1; }
    /// Counted from `begin`.
    std::uint32_t post_of(std::size_t column) const noexcept {
        return column_post.empty() ? static_cast<std::uint32_t>(column) : column_post[column];
    }
    /// The column of a post neuron, counted from `begin`, and a post delay, or columns() where there is none.
    std::size_t find_column(std::uint32_t post, std::uint16_t delay) const noexcept;
    /// The column of each synapse.
    const std::vector<std::uint32_t>& column_of() const noexcept {
        return synapse_column.empty() ? post : synapse_column;
    }

    std::size_t begin, end;  ///< the tile's range of post neurons
    std::vector<std::uint64_t> row_start;
    std::vector<std::uint32_t> first_id;   ///< by row: that of its first synapse among all of the projection
    std::vector<std::uint32_t> row_pre;    ///< empty where there is one delay: every pre neuron has a row
    std::vector<std::uint16_t> row_delay;  ///< likewise; in steps
    std::vector<std::uint32_t> first_row;  ///< likewise; by pre neuron
    std::vector<std::uint16_t> delays;     ///< all of row_delay, ascending
    std::vector<std::uint32_t> post;       ///< counted from `begin`, ascending in a row
    std::vector<double> weight;
    std::vector<std::uint64_t> column_start;
    std::vector<std::uint32_t> column_row;
    std::vector<std::uint32_t> column_synapse;
    std::vector<std::uint32_t> column_post;     ///< empty where there is one post delay: every post neuron has a column
    std::vector<std::uint16_t> column_delay;    ///< likewise; in steps
    std::vector<std::uint32_t> first_column;    ///< likewise; by post neuron
    std::vector<std::uint16_t> post_delays;     ///< all of column_delay, ascending
    std::vector<std::uint32_t> synapse_column;  ///< empty where there is one post delay; by synapse

  private:
    void divide_columns(const Made& made, WorkShare& share);
};

/// What a rule does with the connections of one tile.
class Plasticity {
  public:
    virtual ~Plasticity() = default;
    /// Lets traces decay to the end of the step and takes in the spikes that arrive in some rows; returns how many
    /// deliveries.
    virtual std::uint64_t arrive(std::int64_t now, const SpikeHistory::Lists& rows, double* slots, bool learning) = 0;
    /// Takes in the spikes of post neurons that reach some columns.
    virtual void fire(std::int64_t now, Span<const std::uint32_t> columns, bool learning) = 0;

    virtual PlasticConnections& connections() = 0;
    /// What is kept of each synapse beside its weight, an array per variable.
    virtual std::vector<std::vector<double>*> kept() { return {}; }
    /// Variable k of every synapse as it is at a step; the weight is none of them.
    virtual std::vector<double> read(std::size_t variable, std::int64_t now) = 0;
    virtual void write(std::size_t variable, std::int64_t now, const std::vector<double>& values) = 0;
    /// Moves what is kept of synapses, which is touched when spikes come, to a step.
    virtual void bring_up_to_date(std::int64_t) {}
    /// Trace k of every row, or of every column.
    virtual std::vector<std::vector<double>> traces(bool pre) const = 0;
    virtual void set_traces(bool pre, const std::vector<std::vector<double>>& values) = 0;
};

struct PlasticityRule {
    std::string name, summary, equation, reference;
    std::vector<ParameterInfo> parameters;
    std::vector<std::string> variables;  ///< of each synapse, which can be read beside its weight
    std::unique_ptr<Plasticity> (*make)(const std::vector<double>& values, double dt, PlasticConnections connections);
};

const std::vector<PlasticityRule>& plasticity_rules();
const PlasticityRule& plasticity_rule(const std::string& name);

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
    bool has_one_delay() const noexcept {
        return projection_.delay.constant() && projection_.rule->list.delays.empty();
    }
    bool has_one_post_delay() const noexcept { return projection_.post_delays.one(); }
    /// In steps; of what is built.
    std::size_t max_delay() const noexcept;
    std::size_t max_post_delay() const noexcept;
    bool learns() const noexcept { return learns_; }
    void set_learning(bool on) noexcept { learns_ = on; }
    /// Other values of the rule's parameters from a step on; what it has learned stays.
    void set_values(std::vector<double> values, std::int64_t now);

    const PublishedVariables& published() const noexcept { return of_pre_; }
    /// Publishes what all pre neurons have at a step, or those of [begin, end).
    void publish(std::int64_t step) { publish(step, 0, of_pre_.size()); }
    void publish(std::int64_t step, std::size_t begin, std::size_t end) {
        if (!of_pre_.empty()) of_pre_.publish(step, begin, end);
    }

    /// Takes over the connections of every tile. What it has learned stays, if it had connections before.
    void rebuild(std::vector<PlasticConnections> tiles);
    /// A copy of the connections of every tile.
    std::vector<PlasticConnections> tiles() const;
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
    void archive(Archive& archive, const std::string& name);

  private:
    void count_ids();
    void archive_traces(Archive& archive, const std::string& name, bool pre);
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
