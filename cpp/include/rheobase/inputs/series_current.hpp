#pragma once

#include <utility>

#include "rheobase/population.hpp"
#include "rheobase/series.hpp"

namespace rheobase {

/// A given current: pulses, steps or samples.
class SeriesCurrent final : public InputCurrent {
  public:
    explicit SeriesCurrent(Series series) : series_(std::move(series)) {}

    void add(const StepContext& step, std::size_t begin, std::size_t end, double* I) override {
        const double* row = series_.at(step.n);
        if (row == nullptr) return;
        const bool shared = series_.width() == 1;
        for (std::size_t i = begin; i < end; ++i) I[i - begin] += row[shared ? 0 : i];
    }

  private:
    Series series_;
};

}  // namespace rheobase
