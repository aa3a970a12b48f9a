#include "rheobase/learning/reservoir.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "rheobase/loops/matrix_loops.hpp"

namespace rheobase {

void RecurrentWeights::multiply(std::size_t n, const double* r, double* out) const noexcept {
    if (row_start != nullptr)
        matrix_loops().multiply_sparse(row_start, column, value, n, r, out);
    else
        matrix_loops().multiply(value, n, n, r, out);
}

namespace {

/// Asks the caller now and then whether to go on.
class Patience {
  public:
    explicit Patience(const Poll& poll) : poll_(poll) {}

    bool ends(std::int64_t done) {
        if (!poll_ || Clock::now() - asked_ < between_polls) return false;
        const bool stop = !poll_(done);
        asked_ = Clock::now();
        return stop;
    }

  private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds between_polls{50};

    const Poll& poll_;
    Clock::time_point asked_ = Clock::now();
};

template <class F>
void euler_step(const Reservoir& network, const double* input, F f) {
    for (std::size_t j = 0; j < network.n; ++j)
        network.r[j] += network.dt / network.tau[j] * (f(input[j]) - network.r[j]);
}

void move(const Reservoir& network, const double* input) {
    switch (network.f) {
        case Activation::tanh:
            return euler_step(network, input, [](double x) { return std::tanh(x); });
        case Activation::relu:
            return euler_step(network, input, [](double x) { return x > 0.0 ? x : (x - x); });  // keeps NaN
        case Activation::logistic:
            return euler_step(network, input, [](double x) { return 1.0 / (1.0 + std::exp(-x)); });
        case Activation::linear:
            return euler_step(network, input, [](double x) { return x; });
    }
}

void add_input(const Reservoir& network, std::int64_t step, const double* z, double* input) {
    if (network.X != nullptr) {
        const double* X = network.X + (network.X_varies ? static_cast<std::size_t>(step) * network.n : 0);
        for (std::size_t j = 0; j < network.n; ++j) input[j] += X[j];
    }
    if (network.Q != nullptr)
        for (std::size_t j = 0; j < network.n; ++j)
            for (std::size_t m = 0; m < network.outputs; ++m) input[j] += network.Q[j * network.outputs + m] * z[m];
}

bool finite(const double* values, std::size_t count) {
    return std::all_of(values, values + count, [](double v) { return std::isfinite(v); });
}

/// One look at the error z − y; false where the rule broke down.
bool learn(LearningRule& rule, const double* r, std::size_t n, const double* z, const double* y, std::size_t outputs,
           double* R, std::int64_t step, std::vector<double>& error, LearningOutcome& outcome) {
    for (std::size_t m = 0; m < outputs; ++m) error[m] = z[m] - y[m];
    if (outcome.overshot < 0 && rule.overshoots(r, n)) outcome.overshot = step;
    return rule.update(r, n, error.data(), outputs, R);
}

}  // namespace

// One step, from r(t) to r(t + dt):
//   1. read out z = R r
//   2. record z and the rates
//   3. learn from z − y where an update is due; this changes R, not z
//   4. feed back: input = W r + X + Q z, with the z of this very step
//   5. move: r += dt/τ (−r + f(input))
LearningOutcome run_reservoir(const Reservoir& network, const Lesson& lesson, const ReservoirRecord& record,
                              std::int64_t steps, const Poll& poll) {
    const std::size_t n = network.n, outputs = network.outputs, kept = record.neurons.size();
    std::vector<double> input(n), error(outputs);
    Patience patience(poll);
    LearningOutcome outcome;
    for (std::int64_t step = 0; step < steps; ++step) {
        const auto row = static_cast<std::size_t>(step);
        double* z = record.z + row * outputs;
        matrix_loops().multiply(network.R, outputs, n, network.r, z);
        if (!finite(z, outputs)) {
            outcome.diverged = step;
            return outcome;
        }
        for (std::size_t k = 0; k < kept; ++k) record.r[row * kept + k] = network.r[record.neurons[k]];
        if (lesson.rule != nullptr && step >= lesson.first && step < lesson.last &&
            (step - lesson.first) % lesson.every == 0 &&
            !learn(*lesson.rule, network.r, n, z, lesson.y + row * outputs, outputs, network.R, step, error, outcome)) {
            outcome.diverged = step;
            return outcome;
        }
        network.W.multiply(n, network.r, input.data());
        add_input(network, step, z, input.data());
        move(network, input.data());
        outcome.steps = step + 1;
        if (patience.ends(outcome.steps)) {
            outcome.interrupted = outcome.steps < steps;
            break;
        }
    }
    return outcome;
}

LearningOutcome learn_series(LearningRule& rule, std::size_t n, std::size_t outputs, const double* r, const double* y,
                             double* R, double* z, std::int64_t steps, const Poll& poll) {
    std::vector<double> error(outputs);
    Patience patience(poll);
    LearningOutcome outcome;
    for (std::int64_t step = 0; step < steps; ++step) {
        const auto row = static_cast<std::size_t>(step);
        matrix_loops().multiply(R, outputs, n, r + row * n, z + row * outputs);
        if (!finite(z + row * outputs, outputs) ||
            !learn(rule, r + row * n, n, z + row * outputs, y + row * outputs, outputs, R, step, error, outcome)) {
            outcome.diverged = step;
            return outcome;
        }
        outcome.steps = step + 1;
        if (patience.ends(outcome.steps)) {
            outcome.interrupted = outcome.steps < steps;
            break;
        }
    }
    return outcome;
}

}  // namespace rheobase
