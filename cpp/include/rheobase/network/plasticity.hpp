#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/base/span.hpp"
#include "rheobase/network/plastic_connections.hpp"
#include "rheobase/network/spike_history.hpp"

namespace rheobase {

/// What a rule does with the connections of one tile.
class Plasticity {
  public:
    /// Weights of all tiles settle in steps that are multiples of this, so that threads do so side by side rather than
    /// while others wait.
    static constexpr std::int64_t settling_period = 1024;

    virtual ~Plasticity() = default;
    /// Asks for the memory of rows that spikes are about to reach.
    virtual void expect(const SpikeHistory::Lists&) const {}
    /// Takes in the spikes that arrive in some rows at the end of a step; returns how many deliveries.
    virtual std::uint64_t arrive(std::int64_t now, const SpikeHistory::Lists& rows, double* slots, bool learning) = 0;
    /// Takes in the spikes of post neurons that reach some columns. Called where there are any, and whenever weights
    /// may settle.
    virtual void fire(std::int64_t now, Span<const std::uint32_t> columns, bool learning) = 0;

    /// Weights may have yet to learn from spikes that were taken in: `settle` lets them.
    virtual PlasticConnections& connections() = 0;
    virtual void settle() {}
    /// What is kept of each synapse beside its weight, an array per variable.
    virtual std::vector<std::vector<double>*> kept() { return {}; }
    /// Variable k of every synapse as it is at a step; the weight is none of them.
    virtual std::vector<double> read(std::size_t variable, std::int64_t now) = 0;
    virtual void write(std::size_t variable, std::int64_t now, const std::vector<double>& values) = 0;
    /// Moves what is touched when spikes come alone to a step.
    virtual void bring_up_to_date(std::int64_t) {}
    /// What is kept of every row, or of every column, an array each.
    virtual std::vector<std::vector<double>> traces(bool pre) const = 0;
    /// Throws where these cannot be what a network has at step `now`.
    virtual void set_traces(bool pre, const std::vector<std::vector<double>>& values, std::int64_t now) = 0;
};

}  // namespace rheobase
