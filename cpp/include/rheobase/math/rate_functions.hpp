#pragma once

#include "rheobase/math/exponential_function.hpp"

// The voltage dependences of gates, without branches, so that loops over neurons become vector code.

namespace rheobase {

/// 1 / (1 + exp(-x)), which is also (1 + tanh(x / 2)) / 2.
inline double logistic(double x) noexcept { return 1.0 / (1.0 + exponential(-x)); }

inline double hyperbolic_cosine(double x) noexcept {
    const double e = exponential(x);
    return 0.5 * (e + 1.0 / e);
}

/// x / (1 - exp(-x)), whose singularity at 0 is removable: the series takes over where the quotient loses digits.
inline double linoid(double x) noexcept {
    const double x2 = x * x;
    const double near =
        1.0 + 0.5 * x + x2 * (1.0 / 12.0 + x2 * (-1.0 / 720.0 + x2 * (1.0 / 30240.0 - x2 * (1.0 / 1209600.0))));
    const bool small = x2 < 0.01;
    const double far = (small ? 1.0 : x) / (1.0 - exponential(small ? -1.0 : -x));
    return small ? near : far;
}

}  // namespace rheobase
