#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/base/span.hpp"
#include "rheobase/network/awake_neurons.hpp"
#include "rheobase/network/step_context.hpp"

namespace rheobase {

/// What arrives at a slot. Where it moves V it does so in the step that leads from n to n + 1, where a kernel takes it
/// in at the end of that step.
struct Arrival {
    std::uint32_t slot;
    std::uint32_t step;  ///< n, counted from where a stretch begins
    double weight;
};

/// Steps that neurons [begin, end) take without looking at others, and what they do meanwhile.
struct Stretch {
    StepContext start;
    std::int64_t steps;
    std::size_t begin, end;
    AwakeNeurons& awake;  ///< away since an earlier stretch, where no step was taken otherwise in between
    double* slots;        ///< of `begin` and the first receptor
    std::size_t slots_per_receptor;
    std::size_t first_slot;        ///< how arrivals name the first of `slots`
    Span<const Arrival> arrivals;  ///< at these neurons and at others: by step, what moves V first
    /// Out: by step, the spikes found at its end, ascending.
    std::vector<std::vector<std::uint32_t>>& spikes;

    StepContext step(std::int64_t s) const noexcept { return {start.n + s, start.dt, start.random}; }
};

}  // namespace rheobase
