#pragma once

#include <cstddef>
#include <cstdint>

namespace rheobase {

/// Rows and columns of a tile; vectors that meet tiles are padded with zeros to a multiple of it.
constexpr std::size_t tile_size = 8;

/// A square piece of a symmetric matrix, by rows.
struct alignas(64) MatrixTile {
    double value[tile_size * tile_size];
};

/// Products of matrices and vectors, compiled once per instruction set. Sums run in one order, in eight lanes, whatever
/// the instruction set, so results are the same with all of them.
struct MatrixLoops {
    /// y = A x, with A of shape (rows, columns), by rows
    void (*multiply)(const double* A, std::size_t rows, std::size_t columns, const double* x, double* y) noexcept;
    /// y = A x, with A in compressed sparse rows
    void (*multiply_sparse)(const std::int64_t* row_start, const std::int32_t* column, const double* value,
                            std::size_t rows, const double* x, double* y) noexcept;
    /// y = P x, where only the tiles on and below the diagonal are kept: (0, 0), (1, 0), (1, 1), (2, 0) …
    void (*multiply_symmetric)(const MatrixTile* P, std::size_t tile_rows, const double* x, double* y) noexcept;
    /// y -= Σ_b g_b k_b (k_b·x), with chunk t of vector b at K[(t capacity + b) tile_size]
    void (*multiply_pending)(const double* K, const double* g, std::size_t count, std::size_t capacity,
                             std::size_t tile_rows, const double* x, double* y) noexcept;
    /// P -= Σ_b g_b k_b k_b^T
    void (*subtract_products)(MatrixTile* P, const double* K, const double* g, std::size_t count, std::size_t capacity,
                              std::size_t tile_rows) noexcept;
};

/// The loops in use, of the instruction set that `loops()` has.
const MatrixLoops& matrix_loops();

}  // namespace rheobase
