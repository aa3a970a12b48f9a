#pragma once

#include <cstddef>
#include <cstdint>

#include "rheobase/base/span.hpp"
#include "rheobase/math/decay.hpp"
#include "rheobase/models/parameter.hpp"

// A neuron model is one header in neurons/. It holds
//   Parameters, State      plain structs of doubles
//   name, summary, equation, source, parameters[], state[], orders[]   what the registry, Python and the docs show
//   Methods                the schemes of integration.hpp that it has, its default first
//   Model(parameters, dt)  everything that one step needs, prepared once
//   start(parameters)      where it begins
//   derivative(state, input)            the right-hand side of its differential equation; V changes by I - G V
//   decay_rates(state, input)           for ExponentialEuler: the rate with which each variable decays at this moment
//   exact(state, input)                 for Exact: the step itself
//   Predicted, predict(state, input), refine(predicted), correct(state, input, predicted)
//                                       for ExponentialDifferencing: its three parts
//   decay(G)               for those two, where a conductance G adds to a leak: the exponent of the leak over a step
//   leak_rate(parameters)               for those two, where I passes a leak: its rate, by which currents that change
//                                       within the step are weighed
//   kicked(state, jump)    what delta synapses do at the end of the step
//   spikes(before, after)  whether the step made it spike
//   reset(state)           what follows a spike
//   refractory_period()    how long after it no other spike is counted, and
//   held(before, after)    what the state is meanwhile
// and becomes part of the library by its name in cpp/include/rheobase/models/neuron_models.hpp. CONTRIBUTING.md has an
// example. What a step calls is free of branches and of library functions (see exponential_function.hpp), so that loops
// become vector code.

namespace rheobase {

/// Input to one neuron over one step: a current alone.
struct Current {
    static constexpr bool conductance = false;
    static constexpr double G = 0.0;
    double I;
};

/// Input to one neuron over one step: G is the sum of conductances g; I holds each times its reversal potential as
/// well.
struct CurrentAndConductance {
    static constexpr bool conductance = true;
    Decay decayed(double z) const noexcept { return decay_by(z); }
    double I, G;
};

/// The same with what the model's `decay` makes of G known beforehand.
struct CurrentAndDecay {
    static constexpr bool conductance = true;
    Decay decayed(double) const noexcept { return decay; }
    double I, G;
    Decay decay;
};

/// How a population is integrated. `standard` is the model's own default.
enum class Method { exact, etd2, exponential_euler, euler, heun, rk4 };
constexpr int method_count = 6;
constexpr const char* method_names[method_count] = {"exact", "etd2", "exponential_euler", "euler", "heun", "rk4"};

constexpr std::size_t most_variables = 8;

/// The largest number of neurons that one call advances: what keeps every pass over a block inside the L1 cache.
constexpr std::size_t block_size = 256;

/// Neurons to advance by one step: views of their state and of what reaches them.
struct Block {
    std::size_t n;
    const void* model;   ///< one prepared model, or one a neuron
    std::size_t stride;  ///< bytes a model; known as a constant, it would keep compilers from vector code
    double dt;
    double* state[most_variables];
    std::int64_t step;
    std::int64_t* free_from;  ///< the step from which a neuron is no longer refractory
    const double* I;
    const double* G;
    double* mean;             ///< workspace: of the leak's Decay, where conductances add to it
    double* slope;            ///< workspace: of the same
    const double* jump;       ///< sum of the delta synapses' weights
    std::uint32_t* spiking;   ///< out: positions of the neurons that spiked
    std::int64_t non_finite;  ///< out: position of the first neuron whose state is not finite, or -1
};

/// Advances a block and returns how many neurons spiked.
using AdvanceBlock = std::size_t (*)(Block&) noexcept;

}  // namespace rheobase
