#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "check.hpp"
#include "rheobase/dynamics/linear_systems.hpp"
#include "rheobase/random/random.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

template <class Real>
std::vector<Real> random_numbers(std::size_t count) {
    Stream random(RandomSource{1}, 0, 0, 0);
    std::vector<Real> values(count);
    for (Real& value : values) value = static_cast<Real>(2 * random.uniform() - 1);
    return values;
}

/// Of elimination with partial pivots: a few roundings per unknown, next to the largest products.
template <class Real>
void solutions_solve(std::size_t n) {
    constexpr std::size_t count = 3, sides = 2;
    LinearSystems<Real> systems(count, n);
    const std::vector<Real> A = random_numbers<Real>(count * n * n), b = random_numbers<Real>(count * sides * n);
    for (std::size_t k = 0; k < count; ++k)
        for (std::size_t i = 0; i < n; ++i)
            std::copy_n(A.data() + (k * n + i) * n, n, systems.matrix(k) + i * systems.stride());
    systems.decompose(count);
    std::vector<Real> x = b;
    for (std::size_t k = 0; k < count; ++k) {
        check(systems.outcome(k) == Decomposition::regular, "a random matrix is regular");
        systems.solve(k, sides, x.data() + k * sides * n);
        for (std::size_t m = 0; m < sides; ++m) {
            const Real* solution = x.data() + (k * sides + m) * n;
            double largest = 0;
            for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, std::fabs(double{solution[i]}));
            const double rounding = std::numeric_limits<Real>::epsilon() * static_cast<double>(n);
            for (std::size_t i = 0; i < n; ++i) {
                double left = 0;
                for (std::size_t j = 0; j < n; ++j) left += double{A[(k * n + i) * n + j]} * double{solution[j]};
                near(left, double{b[(k * sides + m) * n + i]}, rounding * (1 + static_cast<double>(n) * largest),
                     "A x = b");
            }
        }
    }
}

template <class Real>
void singular_and_endless_matrices_are_named() {
    constexpr std::size_t n = 9;
    LinearSystems<Real> systems(3, n);
    for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t i = 0; i < n; ++i) systems.matrix(k)[i * systems.stride() + i] = static_cast<Real>(i + 1);
    systems.matrix(1)[8 * systems.stride() + 8] = 0;
    systems.matrix(2)[3 * systems.stride() + 5] = std::numeric_limits<Real>::infinity();
    systems.decompose(3);
    check(systems.outcome(0) == Decomposition::regular && systems.outcome(1) == Decomposition::singular &&
              systems.outcome(2) == Decomposition::not_finite,
          "outcomes are told");
    std::vector<Real> x(n, 1);
    systems.solve(1, 1, x.data());
    check(std::fabs(x[8]) > 1e12 && x[7] == static_cast<Real>(1) / 8, "a singular system is solved far out");
    systems.solve(2, 1, x.data());
    check(std::all_of(x.begin(), x.end(), [](Real v) { return std::isnan(v); }), "there is no solution");
}

/// Powers of two by which rows differ leave exact numbers, whichever rows change places.
template <class Real>
void rows_change_places() {
    constexpr std::size_t n = 140;
    LinearSystems<Real> systems(1, n);
    for (std::size_t i = 0; i < n; ++i) systems.matrix(0)[i * systems.stride() + (i * 37 + 5) % n] = 2;
    systems.decompose(1);
    std::vector<Real> x(n);
    for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<Real>(i);
    systems.solve(0, 1, x.data());
    for (std::size_t i = 0; i < n; ++i)
        check(x[(i * 37 + 5) % n] == static_cast<Real>(i) / 2, "a permutation is undone");
}

template <class Real>
void run() {
    for (const std::size_t n : {1u, 2u, 3u, 7u, 8u, 9u, 15u, 16u, 17u, 31u, 33u, 101u, 128u, 137u})
        solutions_solve<Real>(n);
    singular_and_endless_matrices_are_named<Real>();
    rows_change_places<Real>();
}

}  // namespace

int main() {
    run<float>();
    run<double>();
    return failures;
}
