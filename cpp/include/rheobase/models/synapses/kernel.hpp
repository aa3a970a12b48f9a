#pragma once

#include <array>
#include <cstddef>

#include "rheobase/models/parameter.hpp"

// A synaptic kernel is a chain of at most two linear stages, x0' = -a0 x0 (+ arrivals), x1' = a1 (x0 - x1), whose last
// stage is the synaptic current or conductance. One matrix exponential of the chain, with the membrane as a further
// stage, gives every propagator.

namespace rheobase {

constexpr std::size_t max_stages = 2;

/// What one step does to a kernel's stages, and what the stages give to the neuron meanwhile.
struct Propagator {
    std::size_t stages = 0;
    double gain = 1.0;                  ///< from weight to jump of x0
    double keep0 = 0.0;                 ///< x0 <- keep0 * x0, then arrivals join it
    double keep1 = 0.0, pass = 0.0;     ///< x1 <- keep1 * x1 + pass * x0
    double weigh0 = 0.0, weigh1 = 0.0;  ///< mean current over the step = weigh0 * x0 + weigh1 * x1
};

/// The same where x0 is kept in units of weight, so that arrivals join it as they are.
inline Propagator in_units_of_weight(Propagator p) noexcept {
    p.weigh0 *= p.gain;
    p.pass *= p.gain;
    return p;
}

/// The same where what is left of x0 at the end of the step is weighed, from which what a kernel has given can be found
/// again. Where nothing is left there is next to nothing.
inline Propagator weighing_what_is_left(Propagator p) noexcept {
    constexpr double next_to_nothing = 1e-100;
    if (p.keep0 < next_to_nothing && p.keep0 > -next_to_nothing) p.keep0 = next_to_nothing;
    p.weigh0 /= p.keep0;
    return p;
}

/// How the current is averaged over a step: its value at the beginning (the book's Euler loop), its mean, or its mean
/// as a leaky membrane of rate `leak` weighs it, with which linear membranes are exact.
enum class Averaging { left, mean, membrane };

using Matrix3 = std::array<std::array<double, 3>, 3>;

/// exp(A) of a lower triangular matrix by scaling, Taylor series and squaring.
Matrix3 matrix_exponential(Matrix3 A);

/// The propagator of a chain with rates a0 (and a1 where it has two stages), which a jump of `gain` enters.
Propagator propagate(std::size_t stages, double a0, double a1, double gain, double dt, Averaging averaging,
                     double leak);

}  // namespace rheobase
