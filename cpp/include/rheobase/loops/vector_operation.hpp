#pragma once

#include <cstddef>
#include <cstdint>

namespace rheobase {

/// Operands of an operation, at most.
constexpr std::size_t max_operands = 11;

/// Said with the operands that are the same, which have a bit each: the condition of a `select` is whether a neuron is
/// no longer refractory, taken from the steps from which it is not (as integers) and the step, which comes after the
/// last operand.
constexpr unsigned free_by_steps = 1u << 16;

/// Said with them: a `scaled_phi1` gives `scaled_phi2` of the same operand, too; third and fourth operand are where to,
/// and the scale.
constexpr unsigned with_scaled_phi2 = 1u << 17;

/// Said with them: the loop tells whether some result is not finite; of a comparison, whether some result is true.
constexpr unsigned with_watch = 1u << 18;

/// out[i] = f(in[0][i], in[1][i], …) for i < n. `out` may be one of them. An operand that is the same for all neurons
/// has a loop of its own, which reads it once. Returns other than zero if it is watched and found what it looks for.
using VectorOperation = std::uint64_t (*)(std::size_t n, double* out, const double* const* in) noexcept;

}  // namespace rheobase
