#include "rheobase/dynamics/linear_systems.hpp"

#include <algorithm>
#include <limits>

namespace rheobase {

namespace {

template <class Real>
std::size_t whole_lines(std::size_t n) noexcept {
    constexpr std::size_t line = 64 / sizeof(Real);
    return (n + line - 1) / line * line;
}

}  // namespace

template <class Real>
LinearSystems<Real>::LinearSystems(std::size_t count, std::size_t n)
    : n_(n),
      stride_(whole_lines<Real>(n)),
      matrices_(count * n * stride_),
      pivots_(count * n),
      outcome_(count),
      side_(stride_) {}

template <class Real>
void LinearSystems<Real>::decompose(std::size_t count) noexcept {
    for (std::size_t k = 0; k < count; ++k)
        outcome_[k] = factor_loops<Real>().decompose(matrix(k), n_, stride_, pivots_.data() + k * n_);
}

template <class Real>
void LinearSystems<Real>::solve(std::size_t k, std::size_t sides, Real* values) noexcept {
    for (Real* side = values; side != values + sides * n_; side += n_) {
        if (outcome_[k] == Decomposition::not_finite) {
            std::fill_n(side, n_, std::numeric_limits<Real>::quiet_NaN());
            continue;
        }
        std::copy_n(side, n_, side_.begin());
        factor_loops<Real>().solve(matrix(k), n_, stride_, pivots_.data() + k * n_, side_.data());
        std::copy_n(side_.begin(), n_, side);
    }
}

template class LinearSystems<float>;
template class LinearSystems<double>;

}  // namespace rheobase
