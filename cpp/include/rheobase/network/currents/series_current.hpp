#pragma once

#include <utility>

#include "rheobase/network/population.hpp"
#include "rheobase/network/series.hpp"

namespace rheobase {

/// A given current: pulses, steps or samples.
class SeriesCurrent final : public InputCurrent {
  public:
    explicit SeriesCurrent(Series series) : series_(std::move(series)) {}

    void add(const StepContext& step, std::size_t begin, std::size_t end, double* I) override {
        series_.add(step.n, begin, end, I);
    }

  private:
    Series series_;
};

}  // namespace rheobase
