#pragma once

#include <cstddef>

namespace rheobase {

/// Operands of an operation, at most.
constexpr std::size_t max_operands = 5;

/// Said with the operands that are the same: the condition of a `select` is whether a neuron is no longer refractory,
/// taken from the steps from which it is not (as integers) and the step that comes as fourth operand.
constexpr unsigned free_by_steps = 32;

/// Said with them: a `scaled_phi1` gives `scaled_phi2` of the same operand, too; third and fourth operand are where to,
/// and the scale.
constexpr unsigned with_scaled_phi2 = 64;

/// out[i] = f(in[0][i], in[1][i], …) for i < n. `out` may be one of them. An operand that is the same for all neurons
/// has a loop of its own, which reads it once.
using VectorOperation = void (*)(std::size_t n, double* out, const double* const* in) noexcept;

}  // namespace rheobase
