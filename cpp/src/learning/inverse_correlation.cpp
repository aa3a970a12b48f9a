#include "rheobase/learning/inverse_correlation.hpp"

#include <algorithm>
#include <cmath>

#include "rheobase/base/errors.hpp"
#include "rheobase/loops/matrix_loops.hpp"

namespace rheobase {

InverseCorrelation::InverseCorrelation(std::size_t n, double c)
    : n_(n),
      tile_rows_((n + tile_size - 1) / tile_size),
      tiles_(tile_rows_ * (tile_rows_ + 1) / 2),
      r_(tile_rows_ * tile_size),
      k_(tile_rows_ * tile_size),
      pending_(tile_rows_ * tile_size * max_pending),
      factors_(max_pending) {
    require(c > 0 && std::isfinite(c), "c must be positive and finite");
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t t = i / tile_size, l = i % tile_size;
        tiles_[t * (t + 1) / 2 + t].value[l * (tile_size + 1)] = c;
    }
}

bool InverseCorrelation::update(const double* r, double* gain) {
    std::copy_n(r, n_, r_.begin());
    const MatrixLoops& loops = matrix_loops();
    loops.multiply_symmetric(tiles_.data(), tile_rows_, r_.data(), k_.data());
    loops.multiply_pending(pending_.data(), factors_.data(), count_, max_pending, tile_rows_, r_.data(), k_.data());
    double rk = 0;
    for (std::size_t i = 0; i < n_; ++i) rk += r_[i] * k_[i];
    if (!(1.0 + rk > 0.0) || !std::isfinite(rk)) return false;

    const double factor = 1.0 / (1.0 + rk);
    for (std::size_t t = 0; t < tile_rows_; ++t)
        std::copy_n(k_.begin() + static_cast<std::ptrdiff_t>(t * tile_size), tile_size,
                    pending_.begin() + static_cast<std::ptrdiff_t>((t * max_pending + count_) * tile_size));
    factors_[count_] = factor;
    for (std::size_t i = 0; i < n_; ++i) gain[i] = factor * k_[i];
    if (++count_ == max_pending) apply_pending();
    return true;
}

void InverseCorrelation::apply_pending() {
    matrix_loops().subtract_products(tiles_.data(), pending_.data(), factors_.data(), count_, max_pending, tile_rows_);
    count_ = 0;
}

std::vector<double> InverseCorrelation::values() {
    apply_pending();
    std::vector<double> P(n_ * n_);
    for (std::size_t i = 0; i < n_; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            const std::size_t t = i / tile_size, u = j / tile_size;
            P[i * n_ + j] = P[j * n_ + i] =
                tiles_[t * (t + 1) / 2 + u].value[i % tile_size * tile_size + j % tile_size];
        }
    return P;
}

}  // namespace rheobase
