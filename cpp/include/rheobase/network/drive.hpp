#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "rheobase/loops/loops.hpp"
#include "rheobase/network/step_context.hpp"
#include "rheobase/network/time_series.hpp"
#include "rheobase/wiring/selection.hpp"

namespace rheobase {

/// How many spikes a Poisson process sends in a step, by what is drawn.
class PoissonTable {
  public:
    PoissonTable() = default;
    explicit PoissonTable(double mean);

    double mean() const noexcept { return mean_; }
    DriveTable view() const noexcept {
        return {fewest_, last_bytes_.data(), last_bytes_.size(), thresholds_.data(), thresholds_.size()};
    }

  private:
    double mean_ = 0.0;
    std::uint8_t fewest_ = 0;
    std::vector<std::uint8_t> last_bytes_{};
    std::vector<std::uint32_t> thresholds_{};
};

/// Poisson drive that reaches every neuron of a population by itself: the spikes that K sources of rate r send to one
/// neuron within a step, drawn as one number of mean K r dt.
class Drive {
  public:
    /// `id` decides what is drawn. `means`: expected spikes per step, one for all neurons or one for each of those
    /// selected. A neuron's spikes do not depend on which others are selected.
    Drive(std::uint32_t id, std::uint32_t population, std::size_t size, std::size_t receptor, bool delta,
          std::vector<double> means, double weight, Selection neurons);

    std::uint32_t population() const noexcept { return population_; }
    std::size_t receptor() const noexcept { return receptor_; }
    bool delta() const noexcept { return delta_; }
    double weight() const noexcept { return weight_; }

    void set_weight(double weight) noexcept { weight_ = weight; }
    void set_means(std::vector<double> means);
    /// Means that change: the series takes the place of the steady ones.
    void set_series(TimeSeries means);

    /// Adds the drive of one step to the slots of neurons [begin, begin + n). Threads may share the neurons out.
    void add(const StepContext& step, std::size_t begin, std::size_t n, double* slots);

  private:
    const PoissonTable& table_of(std::size_t member, double mean);
    void add_each(const StepContext& step, const double* means, std::size_t begin, std::size_t n, double* slots);
    void add_all(const StepContext& step, const PoissonTable& table, std::size_t begin, std::size_t n,
                 double* slots) const;

    std::uint32_t id_, population_;
    std::size_t reached_, receptor_;
    bool delta_;
    double weight_;
    Selection neurons_;
    std::vector<std::pair<std::size_t, std::size_t>> runs_;  ///< [begin, end) of neurons, where not all are selected
    TimeSeries means_;
    PoissonTable shared_;               ///< where all neurons have one mean that does not change
    std::vector<PoissonTable> tables_;  ///< where each of those selected has its own: made anew when it changes
};

}  // namespace rheobase
