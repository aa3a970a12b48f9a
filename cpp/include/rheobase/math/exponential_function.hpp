#pragma once

#include <cstdint>
#include <cstring>

namespace rheobase {

/// Whether the instruction set has an operation for a product and a sum (x86 and ARM say so by different names).
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define RHEOBASE_FUSED 1
#else
#define RHEOBASE_FUSED 0
#endif

/// a * b + c, rounded once where the machine can (where it cannot, a library call would cost more than it gives).
inline double multiply_add(double a, double b, double c) noexcept {
#if RHEOBASE_FUSED
    return __builtin_fma(a, b, c);
#else
    return a * b + c;
#endif
}

/// exp(x) as scale (1 + rest), the scale being a power of two.
struct ScaledExponential {
    double scale, rest;
};

constexpr double log2_e = 1.4426950408889634;
constexpr double exponent_bias = 1023.0,
                 round_exponent = 6755399441055744.0 + exponent_bias;  // 1.5 * 2^52: low bits are an integer

/// 2^k, where the lowest bits of `shifted` are k + bias.
inline double power_of_two(double shifted) noexcept {
    std::uint64_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits <<= 52;
    double power;
    std::memcpy(&power, &bits, sizeof power);
    return power;
}

/// Of |x| <= 708, without branches, so that loops over neurons become vector code.
inline ScaledExponential scaled_exponential(double x) noexcept {
    const double shifted = multiply_add(x, log2_e, round_exponent), k = shifted - round_exponent;
    const double r = multiply_add(k, -1.90821492927058770002e-10, multiply_add(k, -6.93147180369123816490e-01, x));
    // (exp(r) - 1 - r) / r^2 on |r| < 0.35 as a Chebyshev sum of degree 9, its even and odd powers side by side
    const double r2 = r * r;
    double even = multiply_add(r2, 2.7620088445409746e-07, 2.4801521295954376e-05);
    double odd = multiply_add(r2, 2.510038549551032e-08, 2.7557268459997064e-06);
    even = multiply_add(r2, even, 0.0013888888917213717);
    odd = multiply_add(r2, odd, 0.00019841269863053618);
    even = multiply_add(r2, even, 0.04166666666662413);
    odd = multiply_add(r2, odd, 0.008333333333330062);
    even = multiply_add(r2, even, 0.5000000000000001);
    odd = multiply_add(r2, odd, 0.16666666666666669);
    return {power_of_two(shifted), multiply_add(r2, multiply_add(r, odd, even), r)};
}

/// exp(x) for |x| <= 708; relative error below 5e-16.
inline double exponential_within_708(double x) noexcept {
    const ScaledExponential e = scaled_exponential(x);
    return multiply_add(e.scale, e.rest, e.scale);
}

/// exp(x) for x <= 708; below -708 the argument saturates.
inline double exponential_to_708(double x) noexcept { return exponential_within_708(x > -708.0 ? x : -708.0); }

/// exp(x), saturating on either side of |x| = 708.
inline double exponential(double x) noexcept { return exponential_to_708(x < 708.0 ? x : 708.0); }

}  // namespace rheobase
