#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/base/poll.hpp"
#include "rheobase/learning/learning_rule.hpp"

namespace rheobase {

/// Recurrent weights, post × pre, owned by somebody else: dense by rows, or, where `row_start` is given, sparse rows.
struct RecurrentWeights {
    const double* value;
    const std::int64_t* row_start = nullptr;
    const std::int32_t* column = nullptr;

    void multiply(std::size_t n, const double* r, double* out) const noexcept;
};

enum class Activation { tanh, relu, logistic, linear };

/// How far a loop came and what happened on the way; steps count from the loop's first, −1 stands for never.
struct LearningOutcome {
    std::int64_t steps = 0;      ///< done
    std::int64_t diverged = -1;  ///< where an output was not finite, or the rule broke down
    std::int64_t overshot = -1;  ///< the first update that made its own error larger
    bool interrupted = false;
};

/// The rate network τ r' = −r + f(W r + X + Q z), z = R r, eq. (4.4), with what a run of it reads and writes.
struct Reservoir {
    std::size_t n, outputs;
    double dt;
    const double* tau;  ///< one per neuron
    Activation f;
    RecurrentWeights W;
    const double* Q;  ///< (n, outputs), or null for no feedback
    const double* X;  ///< (steps, n), or one row for all steps, or null
    bool X_varies;
    double* r;  ///< (n), moved on
    double* R;  ///< (outputs, n), learned
};

/// When to learn what: at steps first, first + every, … before last.
struct Lesson {
    LearningRule* rule = nullptr;
    const double* y = nullptr;  ///< (steps, outputs)
    std::int64_t first = 0, last = 0, every = 1;
};

/// Where to put what is recorded.
struct ReservoirRecord {
    double* z;                                  ///< (steps, outputs)
    const std::vector<std::uint32_t>& neurons;  ///< whose rates are kept
    double* r;                                  ///< (steps, neurons)
};

/// Runs the network for a number of steps by Euler's method.
LearningOutcome run_reservoir(const Reservoir& network, const Lesson& lesson, const ReservoirRecord& record,
                              std::int64_t steps, const Poll& poll);

/// Learns from rates that are given, (steps, n), one update a row; z (steps, outputs) is what was read out before each.
LearningOutcome learn_series(LearningRule& rule, std::size_t n, std::size_t outputs, const double* r, const double* y,
                             double* R, double* z, std::int64_t steps, const Poll& poll);

}  // namespace rheobase
