#pragma once

#include <cstddef>

namespace rheobase {

/// Operands of an operation, at most.
constexpr std::size_t max_operands = 5;

/// out[i] = f(in[0][i], in[1][i], …) for i < n. `out` may be one of them. An operand that is the same for all neurons
/// has a loop of its own, which reads it once.
using VectorOperation = void (*)(std::size_t n, double* out, const double* const* in) noexcept;

}  // namespace rheobase
