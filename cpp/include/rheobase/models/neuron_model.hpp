#pragma once

#include <cstddef>

#include "rheobase/base/span.hpp"
#include "rheobase/math/decay.hpp"
#include "rheobase/models/example.hpp"
#include "rheobase/models/parameter.hpp"

// A neuron model is one header in neurons/. It holds
//   Parameters, State      plain structs of doubles
//   name, summary, equation, reference, parameters[], state[], orders[]   what the registry, Python and the docs show
//   Methods                the schemes of integration.hpp that it has, its default first
//   example                what tests must know of it
//   Model(parameters, dt)  everything that one step needs, prepared once
//   start(parameters)      where it begins
//   derivative(state, input)            the right-hand side of its differential equation; V changes by I - G V
//   decay_rates(state, input)           for ExponentialEuler and ExponentialMidpoint: the rate with which each variable
//                                       decays at this moment
//   exact(state, input)                 for Exact: the step itself
//   euler(state, input)                 where it is worth having: for Euler, the same step with fewer products
//   etd2(state, input)                  for ExponentialDifferencing: the step itself
//   decay(G)               for those two, where a conductance G adds to a leak: the exponent of the leak over a step
//   leak_rate(parameters)               for those two, where I passes a leak: its rate, by which currents that change
//                                       within the step are weighed
//   kick(state, jump)    what delta synapses do at the end of the step
//   spikes(after)          whether it is at threshold; spikes(before, after) where one step alone does not tell
//   reset(state)           what follows a spike
//   refractory_period()    how long after it no other spike is counted, and
//   hold(before, after)    what the state is meanwhile
//                          (integrate_and_fire.hpp and upward_crossing.hpp are bases that have kick to hold)
// and becomes part of the library by its name in cpp/neuron_models.txt. CONTRIBUTING.md has an
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

/// I - G V; currents alone do not pay for the product.
template <class Input>
inline double net_current(const Input& in, double V) noexcept {
    if constexpr (Input::conductance)
        return in.I - in.G * V;
    else
        return in.I;
}

/// How a population is integrated.
enum class Method { exact, etd2, exponential_midpoint, exponential_euler, euler, heun, rk4 };
constexpr int method_count = 7;
constexpr const char* method_names[method_count] = {
    "exact", "etd2", "exponential_midpoint", "exponential_euler", "euler", "heun", "rk4"};

constexpr std::size_t max_variables = 8;
/// Numbers that a prepared model holds, at most.
constexpr std::size_t max_model_words = 64;

}  // namespace rheobase
