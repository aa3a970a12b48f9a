#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/base/errors.hpp"

namespace rheobase {

/// A quantity that changes in steps: row k holds from steps[k] until the next begins; zero before the first. A row has
/// one value for all neurons, or one per neuron.
class TimeSeries {
  public:
    TimeSeries() = default;
    TimeSeries(std::vector<std::int64_t> steps, std::vector<double> values, std::size_t width)
        : steps_(std::move(steps)), values_(std::move(values)), width_(width) {
        require(width_ >= 1 && values_.size() == steps_.size() * width_, "every step needs a row of values");
        require(std::is_sorted(steps_.begin(), steps_.end()), "steps must be ascending");
    }

    std::size_t width() const noexcept { return width_; }

    /// The same with its columns in another order, where it has one per neuron.
    template <class ColumnOf>
    TimeSeries arranged(ColumnOf column_of) const {
        TimeSeries arranged = *this;
        for (std::size_t k = 0; k < values_.size() && width_ > 1; ++k)
            arranged.values_[k] = values_[k - k % width_ + column_of(k % width_)];
        return arranged;
    }

    /// The row in force at `step`, or null before the first.
    const double* at(std::int64_t step) const noexcept {
        const auto next = std::upper_bound(steps_.begin(), steps_.end(), step);
        if (next == steps_.begin()) return nullptr;
        return values_.data() + static_cast<std::size_t>(next - steps_.begin() - 1) * width_;
    }

    /// Adds the values of neurons [begin, end) at `step` to those in `sum`.
    void add(std::int64_t step, std::size_t begin, std::size_t end, double* sum) const noexcept {
        const double* row = at(step);
        if (row == nullptr) return;
        const bool shared = width_ == 1;
        for (std::size_t i = begin; i < end; ++i) sum[i - begin] += row[shared ? 0 : i];
    }

  private:
    std::vector<std::int64_t> steps_;
    std::vector<double> values_;
    std::size_t width_ = 1;
};

}  // namespace rheobase
