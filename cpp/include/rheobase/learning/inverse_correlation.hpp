#pragma once

#include <cstddef>
#include <vector>

#include "rheobase/loops/matrix_loops.hpp"

namespace rheobase {

/// The matrix P = (Id/c + Σ r r^T)^{-1} of recursive least squares, which a rate vector r changes by
/// P ← P − k k^T / (1 + r·k), k = P r (Sherman–Morrison).
///
/// P is symmetric and as large as the caches are not, so half of it is kept, and what an update costs is how often that
/// half is read and written. A change is therefore only noted, as k and its factor: products with P add the changes
/// that are noted, and when `max_pending` have come together they are all applied in one pass. An update then reads P
/// once and writes it hardly at all.
class InverseCorrelation {
  public:
    static constexpr std::size_t max_pending = 16;

    /// P = c Id
    InverseCorrelation(std::size_t n, double c);

    std::size_t size() const noexcept { return n_; }

    /// Takes r in; gives the gain P_new r = P r / (1 + r·P r). False, and nothing is changed, where P is not positive
    /// definite any more or r is not finite.
    bool update(const double* r, double* gain);

    /// P, all of it, by rows.
    std::vector<double> values();

  private:
    void apply_pending();

    std::size_t n_, tile_rows_;
    std::vector<MatrixTile> tiles_;
    std::vector<double> r_, k_;              ///< padded
    std::vector<double> pending_, factors_;  ///< the vectors k, chunk by chunk, and 1 / (1 + r·k)
    std::size_t count_ = 0;
};

}  // namespace rheobase
