// Elimination with partial pivots, eight columns at a time: first these columns, row by row, then what they change
// to their right, where eight products meet an entry while it is in a register. A product and its sum stay two
// operations, so that the bits do not depend on the instruction set.

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "rheobase/loops/factor_loops.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

template <class Real>
struct Vectors;
template <>
struct Vectors<float> {
    typedef float Line __attribute__((vector_size(64), may_alias));
    typedef float Panel __attribute__((vector_size(32), may_alias));
};
template <>
struct Vectors<double> {
    typedef double Line __attribute__((vector_size(64), may_alias));
    typedef double Panel __attribute__((vector_size(64), may_alias));
};

/// A cache line of numbers.
template <class Real>
using Line = typename Vectors<Real>::Line;
/// A row of a panel.
template <class Real>
using Panel = typename Vectors<Real>::Panel;

template <class Real>
constexpr std::size_t line_size = 64 / sizeof(Real);

template <class Real>
Line<Real>& line_at(Real* address) noexcept {
    return *reinterpret_cast<Line<Real>*>(address);
}
template <class Real>
const Line<Real>& line_at(const Real* address) noexcept {
    return *reinterpret_cast<const Line<Real>*>(address);
}
template <class Real>
Panel<Real>& panel_at(Real* address) noexcept {
    return *reinterpret_cast<Panel<Real>*>(address);
}
template <class Real>
const Panel<Real>& panel_at(const Real* address) noexcept {
    return *reinterpret_cast<const Panel<Real>*>(address);
}

/// The size of the largest entry, NaN where one is not finite.
template <class Real>
Real largest_entry(const Real* A, std::size_t n, std::size_t stride) noexcept {
    Line<Real> largest = {}, gone = {};
    for (const Real* at = A; at != A + n * stride; at += line_size<Real>) {
        const Line<Real> values = line_at(at), sizes = values < 0 ? -values : values;
        largest = sizes > largest ? sizes : largest;
        gone += values - values;
    }
    Real size = 0;
    for (std::size_t l = 0; l < line_size<Real>; ++l) size = std::max(size, largest[l]) + gone[l];
    return size;
}

/// The first row, from j on, with the largest entry in column j. Sizes are put side by side before they are compared.
template <class Real>
std::size_t largest_below(const Real* A, std::size_t n, std::size_t stride, std::size_t j) noexcept {
    constexpr std::size_t chunk = 128;
    std::size_t best = j;
    Real size = std::fabs(A[j * stride + j]);
    for (std::size_t from = j; from < n; from += chunk) {
        alignas(64) Real sizes[chunk];
        const std::size_t rows = std::min(chunk, n - from);
        for (std::size_t i = 0; i < rows; ++i) sizes[i] = std::fabs(A[(from + i) * stride + j]);
        for (std::size_t i = rows; i % line_size<Real> != 0; ++i) sizes[i] = 0;
        Line<Real> largest = {};
        for (std::size_t i = 0; i < rows; i += line_size<Real>)
            largest = line_at(sizes + i) > largest ? line_at(sizes + i) : largest;
        Real here = 0;
        for (std::size_t l = 0; l < line_size<Real>; ++l) here = std::max(here, largest[l]);
        if (!(here > size)) continue;  // nor where numbers have overflown
        size = here;
        best = from + static_cast<std::size_t>(std::find(sizes, sizes + rows, size) - sizes);
    }
    return best;
}

template <class Real>
void exchange_rows(Real* a, Real* b, std::size_t stride) noexcept {
    for (std::size_t c = 0; c < stride; c += line_size<Real>) std::swap(line_at(a + c), line_at(b + c));
}

/// Eliminates in columns `begin` to `end` alone; false if a pivot was zero.
template <class Real>
bool decompose_panel(Real* A, std::size_t n, std::size_t stride, std::size_t begin, std::size_t end, Real least,
                     std::int32_t* pivots) noexcept {
    bool regular = true;
    for (std::size_t j = begin; j < end; ++j) {
        const std::size_t best = largest_below(A, n, stride, j);
        pivots[j] = static_cast<std::int32_t>(best);
        if (best != j) exchange_rows(A + j * stride, A + best * stride, stride);
        Real& pivot = A[j * stride + j];
        if (pivot == 0) pivot = least, regular = false;
        const Real inverse = 1 / pivot;
        Panel<Real> row = panel_at(A + j * stride + begin);
        for (std::size_t c = 0; c <= j - begin; ++c) row[c] = 0;
        for (std::size_t i = j + 1; i < n; ++i) {
            Real* at = A + i * stride;
            const Real factor = at[j] * inverse;
            panel_at(at + begin) -= row * factor;
            at[j] = factor;
        }
    }
    return regular;
}

/// Takes the columns of the panel that begins at `begin` out of a line of columns at `c`, from row and column `end` on.
template <class Real>
void update_line(Real* A, std::size_t n, std::size_t stride, std::size_t begin, std::size_t end,
                 std::size_t c) noexcept {
    Line<Real> rows[panel_size];
    for (std::size_t m = 0; m < panel_size; ++m) {
        Real* at = A + (begin + m) * stride;
        Line<Real> row = line_at(at + c);
        for (std::size_t p = 0; p < m; ++p) row -= rows[p] * at[begin + p];
        if (c >= end) {
            line_at(at + c) = row;
        } else {
            for (std::size_t l = 0; l < end - c; ++l) row[l] = 0;
            for (std::size_t l = end - c; l < line_size<Real>; ++l) at[c + l] = row[l];
        }
        rows[m] = row;
    }
    for (std::size_t i = end; i < n; ++i) {
        Real* at = A + i * stride;
        Line<Real> even = rows[0] * at[begin], odd = rows[1] * at[begin + 1];
#pragma GCC unroll 8
        for (std::size_t m = 2; m < panel_size; m += 2) {
            even += rows[m] * at[begin + m];
            odd += rows[m + 1] * at[begin + m + 1];
        }
        line_at(at + c) -= even + odd;
    }
}

template <class Real>
Decomposition decompose(Real* A, std::size_t n, std::size_t stride, std::int32_t* pivots) noexcept {
    const Real largest = largest_entry(A, n, stride);
    if (!(largest - largest == 0)) return Decomposition::not_finite;
    bool regular = true;
    const auto least = static_cast<Real>(std::numeric_limits<double>::epsilon() * static_cast<double>(largest));
    for (std::size_t begin = 0; begin < n; begin += panel_size) {
        const std::size_t end = std::min(begin + panel_size, n);
        regular = decompose_panel(A, n, stride, begin, end, least, pivots) && regular;
        if (end == n) break;
        for (std::size_t c = end / line_size<Real> * line_size<Real>; c < stride; c += line_size<Real>)
            update_line(A, n, stride, begin, end, c);
    }
    return regular ? Decomposition::regular : Decomposition::singular;
}

/// The products of up to eight rows with x, over columns `from` to `to`, both multiples of the panel.
template <class Real>
void products(const Real* A, std::size_t rows, std::size_t stride, std::size_t from, std::size_t to, const Real* x,
              Real* out) noexcept {
    Panel<Real> total[panel_size] = {};
    for (std::size_t c = from; c < to; c += panel_size) {
        const Panel<Real> v = panel_at(x + c);
        for (std::size_t r = 0; r < rows; ++r) total[r] += panel_at(A + r * stride + c) * v;
    }
    for (std::size_t r = 0; r < rows; ++r) {
        const Panel<Real>& t = total[r];
        out[r] = ((t[0] + t[4]) + (t[2] + t[6])) + ((t[1] + t[5]) + (t[3] + t[7]));
    }
}

template <class Real>
void solve(const Real* A, std::size_t n, std::size_t stride, const std::int32_t* pivots, Real* x) noexcept {
    for (std::size_t j = 0; j < n; ++j) std::swap(x[j], x[pivots[j]]);
    const std::size_t padded = (n + panel_size - 1) / panel_size * panel_size;
    Real known[panel_size];
    for (std::size_t begin = 0; begin < n; begin += panel_size) {
        const std::size_t rows = std::min(panel_size, n - begin);
        const Real* at = A + begin * stride;
        products(at, rows, stride, 0, begin, x, known);
        for (std::size_t r = 0; r < rows; ++r) {
            Real value = x[begin + r] - known[r];
            for (std::size_t p = 0; p < r; ++p) value -= at[r * stride + begin + p] * x[begin + p];
            x[begin + r] = value;
        }
    }
    for (std::size_t begin = padded; begin > 0;) {
        begin -= panel_size;
        const std::size_t rows = std::min(panel_size, n - begin);
        const Real* at = A + begin * stride;
        products(at, rows, stride, begin + panel_size, padded, x, known);
        for (std::size_t r = rows; r-- > 0;) {
            Real value = x[begin + r] - known[r];
            for (std::size_t p = r + 1; p < rows; ++p) value -= at[r * stride + begin + p] * x[begin + p];
            x[begin + r] = value / at[r * stride + begin + r];
        }
    }
}

}  // namespace

extern const FactorLoops<float> single_factor_loops;
extern const FactorLoops<double> double_factor_loops;
const FactorLoops<float> single_factor_loops = {decompose<float>, solve<float>};
const FactorLoops<double> double_factor_loops = {decompose<double>, solve<double>};

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
