#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "rheobase/loops/loops.hpp"
#include "rheobase/network/step_context.hpp"
#include "rheobase/wiring/selection.hpp"

namespace rheobase {

/// Poisson drive that reaches every neuron of a population by itself: the spikes that K sources of rate r send to one
/// neuron within a step, drawn as one number of mean K r dt.
class Drive {
  public:
    /// `mean`: expected spikes per neuron and step. A neuron's spikes do not depend on which others are selected.
    Drive(std::uint32_t id, std::uint32_t population, std::size_t receptor, bool delta, double mean, double weight,
          const Selection& neurons);

    std::uint32_t population() const noexcept { return population_; }
    std::size_t receptor() const noexcept { return receptor_; }
    bool delta() const noexcept { return delta_; }
    double mean() const noexcept { return mean_; }
    double weight() const noexcept { return weight_; }

    /// Adds the drive of one step to the slots of neurons [begin, begin + n).
    void add(const StepContext& step, std::size_t begin, std::size_t n, double* slots) const;

  private:
    void add_all(const StepContext& step, std::size_t begin, std::size_t n, double* slots) const;

    std::uint32_t id_, population_;
    std::size_t receptor_;
    bool delta_;
    double mean_, weight_;
    bool everywhere_;
    std::vector<std::pair<std::size_t, std::size_t>> runs_;  ///< [begin, end) of neurons, where not all are selected
    std::vector<std::uint32_t> thresholds_;
    std::vector<ThresholdGroup> groups_;
};

}  // namespace rheobase
