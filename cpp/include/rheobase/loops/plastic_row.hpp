#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rheobase/loops/noted_spike.hpp"

namespace rheobase {

constexpr std::size_t max_traces = 2;

/// How much of a trace is left after n steps: `few[n % few_steps] * many[n / few_steps]`.
struct DecayTable {
    static constexpr unsigned few_bits = 10;
    static constexpr std::uint32_t few_steps = 1u << few_bits;
    const double* few;
    const double* many;

    double decay(double value, std::uint32_t steps) const noexcept {
        return value * few[steps & (few_steps - 1)] * many[steps >> few_bits];
    }
};

/// The last spike of a neuron. A synapse finds all that it learns from in one line of memory.
template <std::size_t count>
struct LastSpike {
    NotedSpike spike;
    std::array<double, count> traces;  ///< just after it
};

/// The synapses of a row. All steps are counted from one in the past.
struct PlasticRow {
    const void* rule;
    std::size_t n;
    double* weight;
    const std::uint16_t* post;    ///< of each synapse, counted from the first of the tile
    const std::uint32_t* column;  ///< likewise its column; null where that is `post`
    std::uint32_t last;           ///< the step of the arrival before
    NotedSpike learned;           ///< what is not after this has been learned
    bool recent;                  ///< whether no spike is `DecayTable::few_steps` after `last`
    double pre[max_traces];       ///< traces of the row, just after it
    DecayTable pre_decay[max_traces], post_decay[max_traces];
    const void* last_spike;     ///< by column: `LastSpike` with the rule's traces
    const NotedSpike* spikes;   ///< by spike, the one before that of the same column; null where there is none
    const double* spike_trace;  ///< by spike: all traces of its column, just before it
    NotedSpike* workspace;      ///< with room for all spikes
};

/// A spike that reaches a row.
struct PlasticArrival {
    std::uint32_t now;
    bool learning;
    double before[max_traces];  ///< traces of the row, just before it
    double share;               ///< of the weight, which is delivered
    double* slots;              ///< of the first post neuron
};

/// What a rule does with the synapses of a row.
struct PlasticLoops {
    /// Lets weights learn from the spikes of post neurons since the last arrival.
    void (*catch_up)(const PlasticRow&) noexcept;
    /// The same, then lets them learn from an arrival and brings them to the slots.
    void (*arrive)(const PlasticRow&, const PlasticArrival&) noexcept;
};

}  // namespace rheobase
