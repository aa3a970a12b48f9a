#pragma once

#include <cstddef>
#include <cstdint>

#include "rheobase/models/neuron_model.hpp"
#include "rheobase/models/synapses/kernel.hpp"

namespace rheobase {

/// As many receptors as find room in registers.
constexpr std::size_t max_coast_receptors = 2;

/// Neurons that take many steps in one loop: views of their state, side by side up to a multiple of
/// `Loops::coast_size`. All have one model and the same receptors, each of one stage and giving a current.
struct CoastBlock {
    const void* model;
    double dt;
    double* state[max_variables];
    const std::int64_t* free_from;  ///< the step from which a neuron is no longer refractory
    const double* I;                ///< what does not come from receptors, of each neuron
    bool same_I;                    ///< or the first of that, of all
    const Propagator* propagators[max_coast_receptors];
    double* stages[max_coast_receptors];
};

/// What arrives at a neuron that coasts.
struct CoastArrival {
    std::uint32_t lane;   ///< the neuron, among those that coast together
    std::uint32_t stage;  ///< among those of the block; beyond them where it moves V at once
    std::uint32_t slot;   ///< where it would be put by deliveries
    std::uint32_t step;   ///< the step that it falls into, counted from the first
    double weight;
};

/// `Loops::coast_size` neurons or fewer that coast together, and the steps they take.
struct CoastGroup {
    std::size_t first;  ///< in the block, a multiple of `coast_size`
    std::size_t n;
    const CoastArrival* arrivals;  ///< by step
    std::size_t arrival_count;
    std::int64_t begin, end;
};

/// What became of them, one bit each.
struct Coasted {
    std::uint32_t stopped;  ///< refractory, kicked or at threshold within these steps: nothing was changed
    std::uint32_t resting;  ///< no step will change a bit until something arrives
};

using Coast = Coasted (*)(const CoastBlock&, const CoastGroup&) noexcept;

}  // namespace rheobase
