#include "rheobase/models/synapses/kernel.hpp"

#include <algorithm>
#include <cmath>

#include "rheobase/base/errors.hpp"

namespace rheobase {

namespace {

Matrix3 product(const Matrix3& A, const Matrix3& B) {
    Matrix3 C{};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t k = 0; k <= i; ++k)
            for (std::size_t j = 0; j <= k; ++j) C[i][j] += A[i][k] * B[k][j];
    return C;
}

}  // namespace

Matrix3 matrix_exponential(Matrix3 A) {
    double norm = 0.0;
    for (const auto& row : A)
        for (double a : row) {
            require(std::isfinite(a), "rates times dt must be finite");
            norm = std::max(norm, std::fabs(a));
        }
    int halvings = 0;
    while (norm > 0.125) {
        norm *= 0.5;
        ++halvings;
    }
    for (auto& row : A)
        for (double& a : row) a = std::ldexp(a, -halvings);

    // exp(A) - 1 is what is summed and squared, (1 + B)^2 - 1 = 2 B + B^2, so that small rates lose no digits
    Matrix3 B = A, term = A;
    for (int k = 2; k <= 14; ++k) {
        term = product(term, A);
        for (std::size_t i = 0; i < 3; ++i)
            for (std::size_t j = 0; j < 3; ++j) {
                term[i][j] /= k;
                B[i][j] += term[i][j];
            }
    }
    for (; halvings > 0; --halvings) {
        const Matrix3 square = product(B, B);
        for (std::size_t i = 0; i < 3; ++i)
            for (std::size_t j = 0; j < 3; ++j) B[i][j] = 2.0 * B[i][j] + square[i][j];
    }
    for (std::size_t i = 0; i < 3; ++i) B[i][i] += 1.0;
    return B;
}

Propagator propagate(std::size_t stages, double a0, double a1, double gain, double dt, Averaging averaging,
                     double leak) {
    Propagator p;
    p.stages = stages;
    p.gain = gain;
    if (averaging == Averaging::left) {
        p.keep0 = 1.0 - a0 * dt;
        p.keep1 = 1.0 - a1 * dt;
        p.pass = a1 * dt;
        (stages == 1 ? p.weigh0 : p.weigh1) = 1.0;
        return p;
    }

    // rows: x0, x1, and the membrane (or the running mean) that the last stage drives
    const double rate = averaging == Averaging::membrane ? leak : 1.0 / dt;
    Matrix3 A{};
    A[0][0] = -a0 * dt;
    A[1][0] = a1 * dt;
    A[1][1] = -a1 * dt;
    A[2][stages - 1] = rate * dt;
    if (averaging == Averaging::membrane) A[2][2] = -rate * dt;
    const Matrix3 P = matrix_exponential(A);
    p.keep0 = P[0][0];
    p.pass = P[1][0];
    p.keep1 = P[1][1];
    const double full = averaging == Averaging::membrane ? -std::expm1(-rate * dt) : 1.0;
    p.weigh0 = P[2][0] / full;
    p.weigh1 = stages == 2 ? P[2][1] / full : 0.0;
    return p;
}

}  // namespace rheobase
