// Products of matrices and vectors. All of them move more memory than they compute, so a product and its sum stay two
// operations: fused ones would gain nothing and make results depend on the instruction set.

#include "rheobase/loops/matrix_loops.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

/// Eight numbers side by side: one register, or as many as the machine needs.
typedef double Lanes __attribute__((vector_size(64)));
typedef double Unaligned __attribute__((vector_size(64), aligned(8), may_alias));

#define RHEOBASE_LANES(address) (*reinterpret_cast<const Unaligned*>(address))
#define RHEOBASE_STORE(address, lanes) (*reinterpret_cast<Unaligned*>(address) = (lanes))

inline double sum(const Lanes& v) noexcept { return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])); }

template <std::size_t rows>
void multiply_rows(const double* A, std::size_t columns, const double* x, double* y) noexcept {
    Lanes total[rows] = {};
    std::size_t k = 0;
    for (; k + tile_size <= columns; k += tile_size) {
        const Lanes v = RHEOBASE_LANES(x + k);
#pragma GCC unroll 4
        for (std::size_t j = 0; j < rows; ++j) total[j] += RHEOBASE_LANES(A + j * columns + k) * v;
    }
    for (std::size_t j = 0; j < rows; ++j) {
        y[j] = sum(total[j]);
        for (std::size_t l = k; l < columns; ++l) y[j] += A[j * columns + l] * x[l];
    }
}

void multiply(const double* A, std::size_t rows, std::size_t columns, const double* x, double* y) noexcept {
    std::size_t j = 0;
    for (; j + 4 <= rows; j += 4) multiply_rows<4>(A + j * columns, columns, x, y + j);
    for (; j < rows; ++j) multiply_rows<1>(A + j * columns, columns, x, y + j);
}

void multiply_sparse(const std::int64_t* row_start, const std::int32_t* column, const double* value, std::size_t rows,
                     const double* x, double* y) noexcept {
    for (std::size_t j = 0; j < rows; ++j) {
        double total[tile_size] = {};
        std::int64_t s = row_start[j];
        const std::int64_t end = row_start[j + 1];
        for (; s + static_cast<std::int64_t>(tile_size) <= end; s += tile_size)
            for (std::size_t l = 0; l < tile_size; ++l)
                total[l] += value[s + static_cast<std::int64_t>(l)] * x[column[s + static_cast<std::int64_t>(l)]];
        for (std::size_t l = 0; s < end; ++s, ++l) total[l] += value[s] * x[column[s]];
        y[j] = ((total[0] + total[4]) + (total[2] + total[6])) + ((total[1] + total[5]) + (total[3] + total[7]));
    }
}

/// A tile below the diagonal serves its rows and, transposed, its columns, while it is in registers.
void multiply_symmetric(const MatrixTile* P, std::size_t tile_rows, const double* x, double* y) noexcept {
    constexpr std::size_t ahead = 8, line = 64;
    for (std::size_t t = 0; t < tile_rows; ++t) {
        const double* mine = x + t * tile_size;
        Lanes total[tile_size] = {};
        for (std::size_t u = 0; u < t; ++u, ++P) {
            const Lanes v = RHEOBASE_LANES(x + u * tile_size);
            Lanes even = RHEOBASE_LANES(y + u * tile_size), odd = {};
            const char* next = reinterpret_cast<const char*>(P + ahead);
#pragma GCC unroll 8
            for (std::size_t j = 0; j < tile_size; j += 2) {
                __builtin_prefetch(next + j * line);
                __builtin_prefetch(next + (j + 1) * line);
                const Lanes p = RHEOBASE_LANES(P->value + j * tile_size);
                const Lanes q = RHEOBASE_LANES(P->value + (j + 1) * tile_size);
                total[j] += p * v;
                total[j + 1] += q * v;
                even += p * mine[j];
                odd += q * mine[j + 1];
            }
            RHEOBASE_STORE(y + u * tile_size, even + odd);
        }
        const Lanes v = RHEOBASE_LANES(mine);
        for (std::size_t j = 0; j < tile_size; ++j) {
            total[j] += RHEOBASE_LANES(P->value + j * tile_size) * v;
            y[t * tile_size + j] = sum(total[j]);
        }
        ++P;
    }
}

void multiply_pending(const double* K, const double* g, std::size_t count, std::size_t capacity, std::size_t tile_rows,
                      const double* x, double* y) noexcept {
    const std::size_t chunk = capacity * tile_size;
    for (std::size_t b = 0; b < count; ++b) {
        const double* k = K + b * tile_size;
        Lanes product = {};
        for (std::size_t t = 0; t < tile_rows; ++t)
            product += RHEOBASE_LANES(k + t * chunk) * RHEOBASE_LANES(x + t * tile_size);
        const double factor = g[b] * sum(product);
        for (std::size_t t = 0; t < tile_rows; ++t)
            RHEOBASE_STORE(y + t * tile_size,
                           RHEOBASE_LANES(y + t * tile_size) - RHEOBASE_LANES(k + t * chunk) * factor);
    }
}

void subtract_products(MatrixTile* P, const double* K, const double* g, std::size_t count, std::size_t capacity,
                       std::size_t tile_rows) noexcept {
    const std::size_t chunk = capacity * tile_size;
    for (std::size_t t = 0; t < tile_rows; ++t)
        for (std::size_t u = 0; u <= t; ++u, ++P) {
            Lanes p[tile_size];
#pragma GCC unroll 8
            for (std::size_t j = 0; j < tile_size; ++j) p[j] = RHEOBASE_LANES(P->value + j * tile_size);
            const double* rows = K + t * chunk;
            const double* columns = K + u * chunk;
            for (std::size_t b = 0; b < count; ++b, rows += tile_size, columns += tile_size) {
                const Lanes k = RHEOBASE_LANES(columns) * g[b];
#pragma GCC unroll 8
                for (std::size_t j = 0; j < tile_size; ++j) p[j] -= k * rows[j];
            }
#pragma GCC unroll 8
            for (std::size_t j = 0; j < tile_size; ++j) RHEOBASE_STORE(P->value + j * tile_size, p[j]);
        }
}

}  // namespace

extern const MatrixLoops matrix_loops_table;
const MatrixLoops matrix_loops_table = {multiply, multiply_sparse, multiply_symmetric, multiply_pending,
                                        subtract_products};

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
