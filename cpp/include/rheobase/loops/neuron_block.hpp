#pragma once

#include <cstddef>
#include <cstdint>

#include "rheobase/base/block.hpp"
#include "rheobase/models/neuron_model.hpp"
#include "rheobase/models/synapses/kernel.hpp"

namespace rheobase {

/// As many kernels as one pass takes along with their neurons.
constexpr std::size_t max_joined = 3;

/// Of so many neurons a block must be made where receptors are joined.
constexpr std::size_t joined_size = 16;

/// Receptors that one pass takes along with their neurons: kernels of one stage, which all give currents or all open
/// conductances, and at most one of delta synapses.
struct Joined {
    std::size_t kernels;
    bool conductance, delta;
};

/// Neurons to advance by one step: views of their state and of what reaches them.
struct NeuronBlock {
    std::size_t n;
    const void* model;           ///< a prepared model: that of all neurons, or of one
    const double* const* words;  ///< where neurons differ: of each word of the model, one per neuron
    double dt;
    double* state[max_variables];
    std::int64_t step;
    std::int64_t* free_from;     ///< the step from which a neuron is no longer refractory
    std::int64_t all_free_from;  ///< the same of all neurons, as it was when the run began
    const double* I;             ///< where receptors are joined, one number for all
    const double* G;
    double* mean;                               ///< workspace: of the leak's Decay, where conductances add to it
    double* slope;                              ///< workspace: of the same
    const double* jump;                         ///< sum of the delta synapses' weights
    const Propagator* propagators[max_joined];  ///< of joined receptors, as are the next three
    double reversal[max_joined];
    double* stages[max_joined];
    double* slots;            ///< those of delta synapses, which become empty
    std::uint32_t* spiking;   ///< out: positions of the neurons that spiked
    std::int64_t non_finite;  ///< out: position of the first neuron whose state is not finite, or -1
};

/// Advances a block and returns how many neurons spiked.
using AdvanceBlock = std::size_t (*)(NeuronBlock&) noexcept;

}  // namespace rheobase
