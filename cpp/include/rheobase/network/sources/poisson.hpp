#pragma once

#include <utility>

#include "rheobase/network/population.hpp"
#include "rheobase/network/time_series.hpp"

namespace rheobase {

/// Independent Poisson processes. Each block of sources draws how many spikes it has in a step, then whose they are; a
/// rate that differs between sources is reached by thinning. A source may spike more than once in a step.
class PoissonSource final : public Population {
  public:
    /// `rates` in Hz: one, or one per source.
    PoissonSource(std::uint32_t id, std::size_t size, std::vector<double> rates);

    void set_rates(std::vector<double> rates);
    /// Rates that change: the series takes the place of the steady ones.
    void set_series(TimeSeries series);

    bool is_source() const noexcept override { return true; }
    std::int64_t advance(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                         std::size_t slots_per_receptor, bool reached, std::vector<std::uint32_t>& spikes) override;

    /// In Hz: ten thousand spikes a millisecond are no neuron's, and a step must come to its end.
    static constexpr double max_rate = 1e7;

    /// Sources that share one draw; threads share no block.
    static constexpr std::size_t block = 1024;
    std::size_t granularity() const noexcept override { return block; }

  private:
    std::vector<double> rates_;
    TimeSeries series_;
};

/// A Poisson number of mean `mean` by inversion (or, for large means, as a sum of smaller ones).
std::uint32_t poisson_number(Stream& stream, double mean);

}  // namespace rheobase
