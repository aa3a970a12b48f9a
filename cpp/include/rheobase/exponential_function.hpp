#pragma once

#include <cstdint>
#include <cstring>

namespace rheobase {

/// a * b + c, rounded once where the machine can (where it cannot, a library call would cost more than it gives).
inline double multiply_add(double a, double b, double c) noexcept {
#ifdef __FMA__
    return __builtin_fma(a, b, c);
#else
    return a * b + c;
#endif
}

/// exp(x) without branches, so that loops over neurons become vector code; relative error below 5e-16 for |x| < 708,
/// beyond which the argument saturates.
inline double exponential(double x) noexcept {
    x = x > -708.0 ? x : -708.0;
    x = x < 708.0 ? x : 708.0;
    constexpr double round_to_integer = 6755399441055744.0;  // 1.5 * 2^52: the sum's low bits hold the integer
    const double shifted = multiply_add(x, 1.4426950408889634, round_to_integer);
    const double k = shifted - round_to_integer;
    const double r = multiply_add(k, -1.90821492927058770002e-10, multiply_add(k, -6.93147180369123816490e-01, x));
    // Taylor series of exp(r) on |r| < 0.35, in pairs so that neighbouring terms are computed side by side
    const double r2 = r * r;
    const double high = multiply_add(r2,
                                     multiply_add(r2, multiply_add(r, 1.0 / 6227020800.0, 1.0 / 479001600.0),
                                                  multiply_add(r, 1.0 / 39916800.0, 1.0 / 3628800.0)),
                                     multiply_add(r, 1.0 / 362880.0, 1.0 / 40320.0));
    const double low =
        multiply_add(r2, multiply_add(r, 1.0 / 5040.0, 1.0 / 720.0), multiply_add(r, 1.0 / 120.0, 1.0 / 24.0));
    const double middle = multiply_add(r2 * r2, high, low);
    const double p = multiply_add(r2, multiply_add(r2, middle, multiply_add(r, 1.0 / 6.0, 0.5)), r);
    std::uint64_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023u) << 52;
    double scale;
    std::memcpy(&scale, &bits, sizeof scale);
    return multiply_add(scale, p, scale);
}

}  // namespace rheobase
