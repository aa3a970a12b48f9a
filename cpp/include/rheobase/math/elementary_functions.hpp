#pragma once

#include <cmath>
#include <limits>

#include "rheobase/math/decay.hpp"
#include "rheobase/math/exponential_function.hpp"
#include "rheobase/math/normal_quantile.hpp"

// Functions that equations call, of any argument, without branches, so that loops become vector code and give the same
// bits with every instruction set. What is not a number stays so.

namespace rheobase {

/// exp(x), saturating on either side of |x| = 708.
inline double exponential_of_any(double x) noexcept {
    x = x > 708.0 ? 708.0 : x;
    return exponential_within_708(x < -708.0 ? -708.0 : x);
}

/// exp(x) - 1 without loss of digits near 0.
inline double exponential_less_one(double x) noexcept {
    x = x > 708.0 ? 708.0 : x;
    const ScaledExponential e = scaled_exponential(x < -708.0 ? -708.0 : x);
    return multiply_add(e.scale, e.rest, e.scale - 1.0);
}

inline double logarithm_of_any(double x) noexcept {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double smallest = std::numeric_limits<double>::min();
    const bool subnormal = x < smallest, ordinary = x > 0.0 && x < infinity;
    const double near = logarithm(ordinary ? (subnormal ? x * 0x1p54 : x) : 1.0);
    const double far = x > 0.0 ? x : (x == 0.0 ? -infinity : std::numeric_limits<double>::quiet_NaN());
    return ordinary ? (subnormal ? near - 37.42994775023705 : near) : far;
}

/// log(1 + x) without loss of digits near 0.
inline double logarithm_of_one_more(double x) noexcept {
    const double u = 1.0 + x;
    const double correction = (x - (u - 1.0)) / u;
    const double far = logarithm_of_any(u);
    return u > 0.0 && u < std::numeric_limits<double>::infinity() ? far + correction : far;
}

inline double hyperbolic_tangent(double x) noexcept {
    const double size = x < 0.0 ? -x : x;
    const double e = exponential_less_one(2.0 * (size > 20.0 ? 20.0 : size));
    const double t = e / (e + 2.0);
    return x < 0.0 ? -t : t;
}

/// a^b; a negative number only to whole powers.
inline double power(double a, double b) noexcept {
    const double size = a < 0.0 ? -a : a;
    const double above = exponential_of_any(b * logarithm_of_any(size > 0.0 ? size : 1.0));
    const double half = 0.5 * b;
    const bool whole = std::floor(b) == b, even = std::floor(half) == half;
    const double below = whole ? (even ? above : -above) : std::numeric_limits<double>::quiet_NaN();
    const double of_zero = b > 0.0 ? 0.0 : (b == 0.0 ? 1.0 : std::numeric_limits<double>::infinity());
    return a > 0.0 ? above : (a < 0.0 ? below : (a == 0.0 ? of_zero : a));
}

/// a modulo b, of the sign of b.
inline double remainder_of(double a, double b) noexcept { return a - b * std::floor(a / b); }

/// Whether z is a slow decay, whose phi1 and phi2 are polynomials.
inline bool is_slow_decay(double z) noexcept { return z <= 0.0 && z >= -slow_decay; }

/// (exp(z) - 1) / z.
inline double phi1(double z) noexcept {
    const bool zero = z == 0.0, slow = is_slow_decay(z);
    const double near = slow_decay_by(slow ? -z : 0.0).mean;
    const double far = exponential_less_one(z) / (zero ? 1.0 : z);
    return slow ? near : far;
}

/// (exp(z) - 1 - z) / z^2.
inline double phi2(double z) noexcept {
    const bool small = z < 0.5 && z > -0.5, slow = is_slow_decay(z);
    double near = 1.0 / 87178291200.0;  // 1 / 14!
    near = multiply_add(near, z, 1.0 / 6227020800.0);
    near = multiply_add(near, z, 1.0 / 479001600.0);
    near = multiply_add(near, z, 1.0 / 39916800.0);
    near = multiply_add(near, z, 1.0 / 3628800.0);
    near = multiply_add(near, z, 1.0 / 362880.0);
    near = multiply_add(near, z, 1.0 / 40320.0);
    near = multiply_add(near, z, 1.0 / 5040.0);
    near = multiply_add(near, z, 1.0 / 720.0);
    near = multiply_add(near, z, 1.0 / 120.0);
    near = multiply_add(near, z, 1.0 / 24.0);
    near = multiply_add(near, z, 1.0 / 6.0);
    near = multiply_add(near, z, 1.0 / 2.0);
    near = slow ? slow_decay_by(slow ? -z : 0.0).slope : near;
    const double far = (exponential_less_one(z) / (z == 0.0 ? 1.0 : z) - 1.0) / (small ? 1.0 : z);
    return small ? near : far;
}

}  // namespace rheobase
