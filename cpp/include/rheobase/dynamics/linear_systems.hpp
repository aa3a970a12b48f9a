#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/loops/factor_loops.hpp"

namespace rheobase {

/// Square systems of n linear equations that are decomposed together, and solved for many right-hand sides.
template <class Real>
class LinearSystems {
  public:
    LinearSystems(std::size_t count, std::size_t n);

    std::size_t count() const noexcept { return outcome_.size(); }
    std::size_t size() const noexcept { return n_; }
    /// Numbers from one row to the next; what is beyond the matrix are zeros.
    std::size_t stride() const noexcept { return stride_; }
    /// Matrix k, by rows, to be filled in before it is decomposed.
    Real* matrix(std::size_t k) noexcept { return matrices_.data() + k * n_ * stride_; }

    /// Puts factors in the place of the first `count` matrices.
    void decompose(std::size_t count) noexcept;
    /// What became of matrix k when it was last decomposed.
    Decomposition outcome(std::size_t k) const noexcept { return outcome_[k]; }
    /// Replaces right-hand sides of system k, one per row, by the solutions: NaN where the matrix is not finite.
    void solve(std::size_t k, std::size_t sides, Real* values) noexcept;

  private:
    std::size_t n_, stride_;
    Aligned<Real> matrices_;
    std::vector<std::int32_t> pivots_;
    std::vector<Decomposition> outcome_;
    Aligned<Real> side_;  ///< padded
};

}  // namespace rheobase
