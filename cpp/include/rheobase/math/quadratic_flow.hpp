#pragma once

#include <cmath>

#include "rheobase/math/trigonometric_functions.hpp"

// x' = x^2 + B has a closed form: x = s / c with s' = B c, c' = -s, which is a rotation for B > 0 and a hyperbolic one
// for B < 0. Where c passes 0, x runs through infinity.

namespace rheobase {

/// The rotation after a time t, from z = B t^2: `cosine` = cos sqrt(z) and `sine` = sin(sqrt(z)) / sqrt(z), both up to
/// one positive factor, which x does not notice. It stops at half a turn, where every x has passed infinity.
struct QuadraticFlow {
    double cosine, sine;

    explicit QuadraticFlow(double z) noexcept {
        const bool small = z < 0.01 && z > -0.01;
        const double angle = std::sqrt(small ? 1.0 : (z < 0.0 ? -z : z));
        const SineCosine turn = sine_cosine(angle < pi ? angle : pi);
        const double decay = exponential(-2.0 * angle);
        const double cosine_far = z > 0.0 ? turn.cosine : 0.5 * (1.0 + decay);
        const double sine_far = (z > 0.0 ? turn.sine : 0.5 * (1.0 - decay)) / angle;
        const double cosine_near = 1.0 - z * (1.0 / 2.0 - z * (1.0 / 24.0 - z * (1.0 / 720.0 - z * (1.0 / 40320.0))));
        const double sine_near = 1.0 - z * (1.0 / 6.0 - z * (1.0 / 120.0 - z * (1.0 / 5040.0 - z * (1.0 / 362880.0))));
        cosine = small ? cosine_near : cosine_far;
        sine = small ? sine_near : sine_far;
    }
};

}  // namespace rheobase
