#pragma once

#include <vector>

#include "rheobase/learning/inverse_correlation.hpp"
#include "rheobase/learning/learning_rule.hpp"

namespace rheobase {

/// Recursive least squares, eq. (4.8) put right: k = P r / (1 + r·P r), R ← R − (z − y) k^T, P ← P − k (P r)^T. With
/// the gain 1 / (1 + r·P r) the error for the same r always shrinks; without it, it grows where r·P r > 2.
class Rls final : public LearningRule {
  public:
    Rls(std::size_t n, double c) : P(n, c), gain_(n) {}

    std::size_t size() const noexcept override { return P.size(); }

    bool update(const double* r, std::size_t n, const double* error, std::size_t outputs, double* R) override {
        if (!P.update(r, gain_.data())) return false;
        for (std::size_t m = 0; m < outputs; ++m)
            for (std::size_t j = 0; j < n; ++j) R[m * n + j] -= error[m] * gain_[j];
        return true;
    }

    bool overshoots(const double*, std::size_t) const noexcept override { return false; }

    InverseCorrelation P;

  private:
    std::vector<double> gain_;
};

}  // namespace rheobase
