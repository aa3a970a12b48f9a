#pragma once

#include <cstddef>

namespace rheobase {

/// out[i] = f(a[i], b[i], c[i]) for i < n. `out` may be one of the others. An operand that is the same for all neurons
/// has a loop of its own, which reads it once.
using VectorOperation = void (*)(std::size_t n, double* out, const double* a, const double* b,
                                 const double* c) noexcept;

/// Which operands are one number for all neurons, a bit each.
constexpr unsigned a_is_same = 1, b_is_same = 2, c_is_same = 4;

}  // namespace rheobase
