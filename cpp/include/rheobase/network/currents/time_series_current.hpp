#pragma once

#include <utility>

#include "rheobase/network/injected_current.hpp"
#include "rheobase/network/time_series.hpp"

namespace rheobase {

/// A given current: pulses, steps or samples.
class TimeSeriesCurrent final : public InjectedCurrent {
  public:
    explicit TimeSeriesCurrent(TimeSeries series) : series_(std::move(series)) {}

    void add(const StepContext& step, std::size_t begin, std::size_t end, double* I) override {
        series_.add(step.n, begin, end, I);
    }

  private:
    TimeSeries series_;
};

}  // namespace rheobase
