#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/base/archive.hpp"
#include "rheobase/network/injected_current.hpp"
#include "rheobase/network/step_context.hpp"
#include "rheobase/network/time_series.hpp"

namespace rheobase {

/// What drives the neurons of a population beside synapses: a steady current, injected ones, and state variables whose
/// values come from outside.
class NeuronInputs {
  public:
    explicit NeuronInputs(std::size_t size) : size_(size) {}

    /// One value for all neurons, or one per neuron.
    void set_current(std::vector<double> I_x);
    const std::vector<double>& I_x() const noexcept { return I_x_; }
    bool same_I_x() const noexcept { return I_x_.size() == 1; }
    /// Adds a current, or puts it in the place of another one.
    void inject(std::unique_ptr<InjectedCurrent> current, std::size_t place = last);
    void remove_injected(std::size_t place);
    /// From now on the state variable is the sum of its time series, as the light on a neuron is. Adds a series, or
    /// puts it in the place of another one.
    void impose(std::size_t variable, TimeSeries series, std::size_t place = last);
    /// The variable keeps the value it has where that was the last one.
    void remove_imposed(std::size_t variable, std::size_t place);
    static constexpr std::size_t last = static_cast<std::size_t>(-1);

    /// Whether all of it is the same in each step.
    bool steady() const noexcept { return injected_.empty() && imposed_.empty(); }

    /// Called before a run that starts at `step`.
    void begin(std::int64_t step);
    /// During a run: the steady current of the neurons of a block, the first of which is given.
    const double* steady_current(std::size_t first) const noexcept {
        return same_I_x() ? same_I_x_.data() : I_x_.data() + first;
    }
    /// The same with what is injected in a step into n neurons, which is added up in `I`.
    const double* current(const StepContext& step, std::size_t first, std::size_t n, double* I) const;
    /// Gives imposed variables of n neurons the values that they have in a step.
    void impose(std::vector<Aligned<double>>& state, std::int64_t step, std::size_t first, std::size_t n) const;

    void archive(Archive& archive, const std::string& name);

  private:
    std::size_t size_;
    std::vector<double> I_x_{0.0};
    Aligned<double> same_I_x_;  ///< during a run: a block of it, where all neurons have the same
    std::vector<std::unique_ptr<InjectedCurrent>> injected_;
    std::map<std::size_t, std::vector<TimeSeries>> imposed_;  ///< by state variable
};

}  // namespace rheobase
