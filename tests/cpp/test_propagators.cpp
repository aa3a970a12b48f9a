#include <initializer_list>
#include <limits>

#include "check.hpp"
#include "rheobase/base/errors.hpp"
#include "rheobase/models/registry.hpp"
#include "rheobase/models/synapses/kernel.hpp"
#include "standard_values.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

/// The chain x0' = -a x0, x1' = b (x0 - x1), x2' = c (x1 - x2).
Matrix3 chain(double a, double b, double c) {
    Matrix3 A{};
    A[0][0] = -a;
    A[1][0] = b;
    A[1][1] = -b;
    A[2][1] = c;
    A[2][2] = -c;
    return A;
}

void exponential_of_zero_and_of_diagonals() {
    const Matrix3 one = matrix_exponential(Matrix3{});
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) near(one[i][j], i == j ? 1.0 : 0.0, 0.0, "exp(0) = 1");
    for (const double rate : {1e-12, 1e-3, 0.5, 3.0, 50.0, 700.0}) {
        const Matrix3 P = matrix_exponential(chain(rate, 0.0, 0.0));
        near(P[0][0], std::exp(-rate), 4e-16, "exp of one rate");
    }
}

void exponential_of_chains() {
    for (const double h : {1e-6, 1e-3, 0.02, 0.1, 1.0, 7.0}) {
        const double a = 2.0 * h, b = 0.25 * h, c = 0.1 * h;
        const Matrix3 P = matrix_exponential(chain(a, b, c));
        const double ea = std::exp(-a), eb = std::exp(-b), ec = std::exp(-c);
        near(P[1][0], b * (eb - ea) / (a - b), 1e-15, "two different rates");
        near(P[2][1], c * (ec - eb) / (b - c), 1e-15, "the next two");
        const double x2 = b * c * (ea / ((b - a) * (c - a)) + eb / ((a - b) * (c - b)) + ec / ((a - c) * (b - c)));
        near(P[2][0], x2, 1e-14, "three different rates");
        near(P[0][1] + P[0][2] + P[1][2], 0.0, 0.0, "the upper triangle is empty");

        const Matrix3 Q = matrix_exponential(chain(h, h, h));
        near(Q[1][0], h * std::exp(-h), 1e-15, "two equal rates: an alpha function");
        near(Q[2][0], 0.5 * h * h * std::exp(-h), 1e-15, "three equal rates");
    }
}

void two_half_steps_are_one_step() {
    const Matrix3 whole = matrix_exponential(chain(3.1, 0.7, 0.05)),
                  half = matrix_exponential(chain(1.55, 0.35, 0.025));
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) {
            double product = 0.0;
            for (std::size_t k = 0; k < 3; ++k) product += half[i][k] * half[k][j];
            near(whole[i][j], product, 1e-15, "exp(A / 2)^2 = exp(A)");
        }
}

/// 1 - exp(-h) of a slow rate keeps its digits.
void small_rates_lose_nothing() {
    const double h = 1e-9;
    const Matrix3 P = matrix_exponential(chain(0.5, h, 0.0));
    near(P[1][0] / (h * (std::exp(-h) - std::exp(-0.5)) / (0.5 - h)), 1.0, 1e-14, "a slow stage behind a fast one");
}

void endless_rates_are_refused() {
    for (const double rate : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
        throws<InvalidArgument>([&] { matrix_exponential(chain(rate, 1.0, 1.0)); }, "a rate that is not finite");
    near(matrix_exponential(chain(1e300, 1.0, 1.0))[0][0], 0.0, 0.0, "a huge rate ends at zero");
}

void propagators_have_closed_forms() {
    const double tau = 5.0, tau_m = 10.0, dt = 0.1;
    const Propagator left = propagate(1, 1 / tau, 0.0, 1 / tau, dt, Averaging::left, 0.0);
    near(left.keep0, 1 - dt / tau, 0.0, "Euler's decay");
    near(left.weigh0, 1.0, 0.0, "Euler's current");
    const Propagator mean = propagate(1, 1 / tau, 0.0, 1 / tau, dt, Averaging::mean, 0.0);
    near(mean.keep0, std::exp(-dt / tau), 1e-16, "decay");
    near(mean.weigh0, tau / dt * -std::expm1(-dt / tau), 1e-15, "mean of a decaying current");
    near(mean.gain, 0.2, 0.0, "the jump is 1 / tau");
    const Propagator membrane = propagate(1, 1 / tau, 0.0, 1 / tau, dt, Averaging::membrane, 1 / tau_m);
    const double seen = tau / (tau_m - tau) * std::exp(-dt / tau_m) * -std::expm1(dt / tau_m - dt / tau);
    near(membrane.weigh0, seen / -std::expm1(-dt / tau_m), 1e-15, "mean of the current as the membrane weighs it");
}

/// What is left of x0 tells as much as x0 did, also where that is nothing in numbers.
void what_is_left_tells_what_was() {
    for (const double tau : {5.0, 0.1, 1e-4}) {
        for (const Averaging averaging : {Averaging::left, Averaging::mean, Averaging::membrane}) {
            const Propagator of_x0 = propagate(1, 1 / tau, 0.0, 1.0, 0.1, averaging, 0.1);
            const Propagator of_rest = weighing_what_is_left(of_x0);
            near(of_rest.weigh0 * of_rest.keep0 / of_x0.weigh0, 1.0, 1e-15, "what a step gives");
            near(of_rest.keep0, of_x0.keep0, 1e-100, "what it leaves");
        }
    }
}

/// Unit area means that the current integrates to the weight, peak one that its max_value value is the weight.
void kernels_are_normalised() {
    for (const SynapseKernel& kernel : synapse_kernels()) {
        if (kernel.stages == 0) continue;
        const std::vector<double> values = standard_values(kernel);
        const double dt = 1e-3;
        for (const bool unit_area : {true, false}) {
            const Propagator p = kernel.prepare(values, unit_area, dt, Averaging::mean, 0.0);
            double x0 = p.gain, x1 = 0.0, area = 0.0, peak = 0.0;
            for (int n = 0; n < 300000; ++n) {
                peak = std::fmax(peak, kernel.stages == 1 ? x0 : x1);
                area += dt * (p.weigh0 * x0 + p.weigh1 * x1);
                x1 = p.keep1 * x1 + p.pass * x0;
                x0 = p.keep0 * x0;
            }
            if (unit_area)
                near(area, 1.0, 1e-9, (kernel.name + ": unit area").c_str());
            else
                near(peak, 1.0, 1e-6, (kernel.name + ": peak one").c_str());
        }
    }
}

}  // namespace

int main() {
    exponential_of_zero_and_of_diagonals();
    exponential_of_chains();
    two_half_steps_are_one_step();
    small_rates_lose_nothing();
    endless_rates_are_refused();
    propagators_have_closed_forms();
    what_is_left_tells_what_was();
    kernels_are_normalised();
    return failures;
}
