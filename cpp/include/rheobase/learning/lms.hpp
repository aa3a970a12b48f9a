#pragma once

#include "rheobase/base/errors.hpp"
#include "rheobase/learning/learning_rule.hpp"

namespace rheobase {

/// Least mean squares, eq. (4.7): R ← R − ε (z − y) r^T, after which the squared error for the same r is
/// (1 − ε‖r‖²)² times what it was: it shrinks while ε‖r‖² < 2.
class Lms final : public LearningRule {
  public:
    explicit Lms(double eps_) : eps(eps_) { require(eps_ > 0, "eps must be positive"); }

    std::size_t size() const noexcept override { return 0; }

    bool update(const double* r, std::size_t n, const double* error, std::size_t outputs, double* R) override {
        for (std::size_t m = 0; m < outputs; ++m) {
            const double step = eps * error[m];
            for (std::size_t j = 0; j < n; ++j) R[m * n + j] -= step * r[j];
        }
        return true;
    }

    bool overshoots(const double* r, std::size_t n) const noexcept override {
        double square = 0;
        for (std::size_t j = 0; j < n; ++j) square += r[j] * r[j];
        return !(eps * square < 2.0);
    }

    const double eps;
};

}  // namespace rheobase
