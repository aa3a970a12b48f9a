#pragma once

#include "rheobase/math/exponential_function.hpp"

namespace rheobase {

/// What a decay by z >= 0 over one step leaves, and how the step weighs what drives it meanwhile.
struct Decay {
    double mean;   ///< (1 - exp(-z)) / z: the weight of a constant drive
    double slope;  ///< (exp(-z) - 1 + z) / z^2: the weight of one that grows from 0 to 1
};

/// Up to here a decay is slow: a polynomial is shorter than exponential and division, and more exact.
constexpr double slow_decay = 0.5;

/// A Chebyshev sum of degree 8, absolute error below 4e-16. One product after the other: neurons beside each other keep
/// the machine at work, and pairs would take two products more.
inline Decay slow_decay_by(double z) noexcept {
    double slope = multiply_add(z, 2.249225630829272e-07, -2.709945051891176e-06);
    slope = multiply_add(z, slope, 2.477884944072777e-05);
    slope = multiply_add(z, slope, -0.00019840606750033606);
    slope = multiply_add(z, slope, 0.0013888877485737125);
    slope = multiply_add(z, slope, -0.008333333222923142);
    slope = multiply_add(z, slope, 0.041666666661303135);
    slope = multiply_add(z, slope, -0.16666666666656624);
    slope = multiply_add(z, slope, 0.49999999999999967);
    return {multiply_add(-z, slope, 1.0), slope};
}

/// Any decay; the same numbers where it is slow.
inline Decay decay_by(double z) noexcept {
    const Decay slow = slow_decay_by(z);
    const double per_z = 1.0 / (z < slow_decay ? slow_decay : z), mean = (1.0 - exponential(-z)) * per_z;
    const bool fast = z > slow_decay;
    return {fast ? mean : slow.mean, fast ? (1.0 - mean) * per_z : slow.slope};
}

/// (1 - exp(-rate * dt)) / rate: how long a constant drive acts that decays with this rate meanwhile.
inline double effective_time(double rate, double dt) noexcept {
    const double z = rate * dt;
    const bool small = z < 1e-6 && z > -1e-6;
    const double far = (1.0 - exponential(-z)) / (small ? 1.0 : rate);
    return small ? dt * (1.0 - 0.5 * z) : far;
}

}  // namespace rheobase
