#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/base/archive.hpp"
#include "rheobase/base/span.hpp"
#include "rheobase/loops/loops.hpp"
#include "rheobase/models/registry.hpp"
#include "rheobase/network/series.hpp"
#include "rheobase/random/random.hpp"

namespace rheobase {

/// Where a step starts and what randomness it may use. The step leads from n to n + 1.
struct StepContext {
    std::int64_t n;
    double dt;
    RandomSource random;

    std::uint32_t low() const noexcept { return static_cast<std::uint32_t>(n); }
    std::uint32_t high() const noexcept { return static_cast<std::uint32_t>(static_cast<std::uint64_t>(n) >> 32); }
};

/// Cells that spike: neurons, or sources that nothing reaches. Ranges [begin, end) of it are advanced by one thread
/// each.
class Population {
  public:
    Population(std::uint32_t id, std::size_t size) : id_(id), size_(size) {}
    virtual ~Population() = default;
    Population(const Population&) = delete;
    Population& operator=(const Population&) = delete;

    std::uint32_t id() const noexcept { return id_; }
    std::size_t size() const noexcept { return size_; }

    /// Ranges given to threads begin at multiples of this: of a cache line where the population is not small.
    virtual std::size_t granularity() const noexcept { return size_ < 1024 ? 1 : 8; }

    /// Synaptic kernels, each with one input slot per neuron.
    virtual std::size_t channel_count() const noexcept { return 0; }

    /// Moves [begin, end) from n to n + 1 and appends the spikes found there, ascending. `slots` holds, so
    /// many per channel, the first stage of a kernel or the arrivals that move V. Returns the first neuron whose state
    /// is not finite, or -1.
    virtual std::int64_t advance(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                                 std::size_t slots_per_channel, std::vector<std::uint32_t>& spikes) = 0;

    /// Called before a run that starts at `step`.
    virtual void begin(std::int64_t) {}
    /// Its state, in either direction.
    virtual void archive(Archive&, const std::string&) {}

  private:
    std::uint32_t id_;
    std::size_t size_;
};

/// A current that does not come from synapses, added over a block [begin, end) before its neurons advance.
class InputCurrent {
  public:
    virtual ~InputCurrent() = default;
    virtual void add(const StepContext& step, std::size_t begin, std::size_t end, double* I) = 0;
    /// Called before a run that starts at `step`.
    virtual void begin(std::int64_t) {}
    virtual void archive(Archive&, const std::string&) {}
};

/// One kernel of a population, shared by all projections that use it.
struct Channel {
    const SynapseKernel* kernel;
    std::vector<double> values;
    bool unit_area;
    bool conductance;
    double reversal;
    std::string label;
    std::vector<Propagator> propagators{};  ///< one, or one per neuron
    Aligned<double> stage[max_stages]{};    ///< the first in units of weight; a run keeps it in the slots of the tiles

    /// Whether what arrives moves V within the step itself, and is not taken in by a kernel.
    bool kicks() const noexcept { return kernel->stages == 0; }
    double gain() const noexcept { return propagators[0].gain; }
    /// The name that the synaptic current or conductance is recorded under.
    std::string name() const { return (conductance ? "g_" : "I_") + label; }
};

/// Values that neurons have of a variable, and the unit they are kept in.
struct VariableValues {
    Aligned<double>& values;
    double unit;
};

/// Neurons of one model.
class NeuronPopulation final : public Population {
  public:
    NeuronPopulation(std::uint32_t id, std::size_t size, const NeuronModel& model, Method method,
                     ParameterValues values, double dt);

    const NeuronModel& model() const noexcept { return model_; }
    Method method() const noexcept { return method_; }
    const ParameterValues& values() const noexcept { return values_; }
    void set_parameter(std::size_t parameter, std::vector<double> value);
    void set_input(std::vector<double> I_x);
    const std::vector<double>& input() const noexcept { return I_x_; }
    void add_input(std::unique_ptr<InputCurrent> input) { inputs_.push_back(std::move(input)); }
    /// From now on the state variable is the sum of its series, as the light on a neuron is.
    void drive(const std::string& variable, Series series);

    /// Returns the channel's number.
    std::size_t add_channel(Channel channel);
    std::size_t channel_count() const noexcept override { return channels_.size(); }
    const Channel& channel(std::size_t c) const { return channels_[c]; }
    Channel& channel(std::size_t c) { return channels_[c]; }

    /// A state variable, or the current "I_<label>" or conductance "g_<label>" of a channel.
    VariableValues variable(const std::string& name);
    /// The channel of this current or conductance, if it is a first stage that a run keeps in the slots of the tiles.
    std::optional<std::size_t> channel_in_slots(const std::string& name) const;
    std::vector<std::string> variable_names() const;

    std::int64_t advance(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                         std::size_t slots_per_channel, std::vector<std::uint32_t>& spikes) override;
    void begin(std::int64_t step) override;
    void archive(Archive& archive, const std::string& name) override;

  private:
    void prepare();
    void prepare_channel(Channel& channel) const;

    const NeuronModel& model_;
    Method method_;
    ParameterValues values_;
    double dt_;
    PreparedNeurons prepared_;
    std::vector<double> I_x_{0.0};
    Aligned<double> same_I_x_;  ///< during a run: a block of it, where all neurons have the same
    std::vector<Aligned<double>> state_;
    Aligned<std::int64_t> free_from_;  ///< the step from which a neuron is no longer refractory
    std::vector<Channel> channels_;
    std::vector<std::unique_ptr<InputCurrent>> inputs_;
    std::map<std::size_t, std::vector<Series>> driven_;  ///< by state variable
    bool conductances_ = false;                          ///< some channel opens a conductance
    AdvanceBlock advance_block_ = nullptr;
};

}  // namespace rheobase
