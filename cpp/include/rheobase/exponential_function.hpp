#pragma once

#include <cstdint>
#include <cstring>

namespace rheobase {

/// exp(x) without branches, so that loops over neurons become vector code; relative error below 4e-16 for |x| < 708,
/// beyond which the argument saturates.
inline double exponential(double x) noexcept {
    x = x < -708.0 ? -708.0 : x;
    x = x > 708.0 ? 708.0 : x;
    constexpr double round_to_integer = 6755399441055744.0;  // 1.5 * 2^52: the sum's low bits hold the integer
    const double shifted = x * 1.4426950408889634 + round_to_integer;
    const double k = shifted - round_to_integer;
    const double r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r * r + r;
    std::uint64_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023u) << 52;
    double scale;
    std::memcpy(&scale, &bits, sizeof scale);
    return scale + scale * p;
}

}  // namespace rheobase
