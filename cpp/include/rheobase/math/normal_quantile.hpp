#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace rheobase {

/// log(x) of a positive, normal x without branches or fused operations, so that loops become vector code and give the
/// same bits with every instruction set; relative error below 1e-15.
inline double logarithm(double x) noexcept {
    constexpr std::uint64_t root_half = 0x3FE6A09E667F3BCD;  // the bits of sqrt(1/2), where mantissas begin
    std::uint64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    const std::uint64_t biased = (bits - root_half + (std::uint64_t{1023} << 52)) >> 52;
    bits -= (biased - 1023) << 52;
    double m;
    std::memcpy(&m, &bits, sizeof m);
    const std::uint64_t exponent_bits = biased | 0x4330000000000000;  // 2^52 + biased
    double k;
    std::memcpy(&k, &exponent_bits, sizeof k);
    k -= 4503599627370496.0 + 1023.0;
    // log m = 2 artanh s
    const double s = (m - 1.0) / (m + 1.0), s2 = s * s;
    double sum = 1.0 / 21.0;
    sum = sum * s2 + 1.0 / 19.0;
    sum = sum * s2 + 1.0 / 17.0;
    sum = sum * s2 + 1.0 / 15.0;
    sum = sum * s2 + 1.0 / 13.0;
    sum = sum * s2 + 1.0 / 11.0;
    sum = sum * s2 + 1.0 / 9.0;
    sum = sum * s2 + 1.0 / 7.0;
    sum = sum * s2 + 1.0 / 5.0;
    sum = sum * s2 + 1.0 / 3.0;
    return k * 1.90821492927058770002e-10 + (2.0 * (s + s * s2 * sum) + k * 6.93147180369123816490e-01);
}

/// The largest |z| that `normal_quantile` returns for a word.
constexpr double largest_normal = 6.4;

/// Quantile of the standard normal distribution for 1.4e-11 < p < 1 - 1.4e-11 by two rational approximations (Wichura
/// 1988, algorithm AS 241), without branches.
inline double normal_quantile(double p) noexcept {
    const double q = p - 0.5;
    const bool central = q <= 0.425 && q >= -0.425;
    const double tail = std::sqrt(-logarithm(q < 0.0 ? p : 1.0 - p)) - 1.6;
    const double r = central ? 0.180625 - q * q : tail;
    const auto of = [central](double in_the_middle, double in_the_tails) {
        return central ? in_the_middle : in_the_tails;
    };
    double above = of(2509.0809287301226727, 7.7454501427834140764e-4);
    above = above * r + of(33430.575583588128105, 0.0227238449892691845833);
    above = above * r + of(67265.770927008700853, 0.24178072517745061177);
    above = above * r + of(45921.953931549871457, 1.27045825245236838258);
    above = above * r + of(13731.693765509461125, 3.64784832476320460504);
    above = above * r + of(1971.5909503065514427, 5.7694972214606914055);
    above = above * r + of(133.14166789178437745, 4.6303378461565452959);
    above = above * r + of(3.387132872796366608, 1.42343711074968357734);
    double below = of(5226.495278852854561, 1.05075007164441684324e-9);
    below = below * r + of(28729.085735721942674, 5.475938084995344946e-4);
    below = below * r + of(39307.89580009271061, 0.0151986665636164571966);
    below = below * r + of(21213.794301586595867, 0.14810397642748007459);
    below = below * r + of(5394.1960214247511077, 0.68976733498510000455);
    below = below * r + of(687.1870074920579083, 1.6763848301838038494);
    below = below * r + of(42.313330701600911252, 2.05319162663775882187);
    below = below * r + 1.0;
    const double z = above / below;
    return central ? q * z : (q < 0.0 ? -z : z);
}

}  // namespace rheobase
