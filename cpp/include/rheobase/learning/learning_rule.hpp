#pragma once

#include <cstddef>
#include <cstdint>

namespace rheobase {

/// A rule that changes the readout R of z = R r after each look at the error z − y.
class LearningRule {
  public:
    virtual ~LearningRule() = default;

    /// Number of rates it learns from; 0 where any will do.
    virtual std::size_t size() const noexcept = 0;

    /// Changes R, of shape (outputs, n), by rows. False where the rule broke down; R is then as it was.
    virtual bool update(const double* r, std::size_t n, const double* error, std::size_t outputs, double* R) = 0;

    /// Whether that update would make the error for the same rates larger.
    virtual bool overshoots(const double* r, std::size_t n) const noexcept = 0;
};

}  // namespace rheobase
