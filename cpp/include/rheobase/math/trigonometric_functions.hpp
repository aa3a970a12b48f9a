#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "rheobase/math/exponential_function.hpp"

// Functions of angles, without branches, so that loops over neurons become vector code.

namespace rheobase {

constexpr double pi = 3.14159265358979323846;

struct SineCosine {
    double sine, cosine;
};

/// Both to an absolute error below 1e-15 for |x| < 1e5.
inline SineCosine sine_cosine(double x) noexcept {
    constexpr double round_to_integer = 6755399441055744.0;  // 1.5 * 2^52: the sum's low bits hold the integer
    const double shifted = multiply_add(x, 2.0 / pi, round_to_integer);
    const double k = shifted - round_to_integer;
    // pi / 2 in three parts, the first two of 33 bits, so that k times each is exact
    double r = multiply_add(k, -0x1.921fb544p+0, x);
    r = multiply_add(k, -0x1.0b4611a6p-34, r);
    r = multiply_add(k, -0x1.3198a2e037073p-69, r);
    const double r2 = r * r;
    double s = 1.0, c = 1.0;  // Taylor series on |r| <= pi / 4, innermost terms first
    for (int n = 8; n >= 1; --n) {
        s = 1.0 - s * r2 * (1.0 / (2 * n * (2 * n + 1)));
        c = 1.0 - c * r2 * (1.0 / (2 * n * (2 * n - 1)));
    }
    s *= r;
    std::uint64_t quarter;
    std::memcpy(&quarter, &shifted, sizeof quarter);
    const bool odd = (quarter & 1u) != 0, sine_below = (quarter & 2u) != 0, cosine_below = ((quarter + 1u) & 2u) != 0;
    const double sine = odd ? c : s, cosine = odd ? s : c;
    return {sine_below ? -sine : sine, cosine_below ? -cosine : cosine};
}

/// Of any x, infinities included.
inline double arctangent(double x) noexcept {
    const bool steep = x > 1.0 || x < -1.0;
    double y = steep ? 1.0 / x : x;
    for (int halving = 0; halving < 2; ++halving) y /= 1.0 + std::sqrt(1.0 + y * y);
    const double y2 = y * y;  // at most tan(pi / 16)^2
    double series = 0.0;
    for (int n = 11; n >= 0; --n) series = 1.0 / (2 * n + 1) - y2 * series;
    const double angle = 4.0 * y * series;
    return steep ? (x > 0.0 ? 0.5 * pi : -0.5 * pi) - angle : angle;
}

}  // namespace rheobase
