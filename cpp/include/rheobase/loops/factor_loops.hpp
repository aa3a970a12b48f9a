#pragma once

#include <cstddef>
#include <cstdint>

namespace rheobase {

/// Columns that are eliminated together; right-hand sides are padded with zeros to a multiple of it.
constexpr std::size_t panel_size = 8;

/// What became of a matrix.
enum class Decomposition : std::uint8_t { regular, singular, not_finite };

/// Triangular factors of square matrices that fit into a cache, compiled once per instruction set; the bits are the
/// same with all of them. Matrices stand by rows, which begin `stride` numbers apart, each with a cache line, and end
/// with zeros.
template <class Real>
struct FactorLoops {
    /// Puts the factors of PA = LU in the place of A: below the diagonal those of L, of which the diagonal is 1. Row j
    /// changes places with row pivots[j], whose entry is the largest. A pivot of zero is replaced by what rounding
    /// leaves of the largest entry, so that there is a solution, far out along the null vector. Matrices that are not
    /// finite stay as they are.
    Decomposition (*decompose)(Real* A, std::size_t n, std::size_t stride, std::int32_t* pivots) noexcept;
    /// Replaces a right-hand side, padded, by the solution.
    void (*solve)(const Real* A, std::size_t n, std::size_t stride, const std::int32_t* pivots, Real* x) noexcept;
};

/// The loops in use, of the instruction set that `loops()` has, for float and double.
template <class Real>
const FactorLoops<Real>& factor_loops();

}  // namespace rheobase
