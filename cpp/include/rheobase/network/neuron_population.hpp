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
#include "rheobase/network/injected_current.hpp"
#include "rheobase/network/population.hpp"
#include "rheobase/network/program_neurons.hpp"
#include "rheobase/network/quiet_blocks.hpp"
#include "rheobase/network/receptor.hpp"
#include "rheobase/network/time_series.hpp"

namespace rheobase {

/// Values that neurons have of a variable, and the unit they are kept in.
struct VariableValues {
    Aligned<double>& values;
    double unit;

    std::vector<double> read() const;
    /// One value per neuron.
    void write(Span<const double> given);
};

/// Neurons of one model.
class NeuronPopulation final : public Population {
  public:
    NeuronPopulation(std::uint32_t id, std::size_t size, NeuronModel model, Method method, ParameterValues values,
                     double dt, RandomSource random);

    const NeuronModel& model() const noexcept { return model_; }
    Method method() const noexcept { return method_; }
    /// What a model of equations runs; null of a built-in one.
    const ProgramNeurons* program() const noexcept { return program_.get(); }
    const std::vector<double>& parameter(const std::string& name) const { return values_[model_.parameter(name)]; }
    void set_parameter(const std::string& name, std::vector<double> value);
    void set_current(std::vector<double> I_x);
    const std::vector<double>& input() const noexcept { return I_x_; }
    /// Adds a current, or puts it in the place of another one.
    void inject(std::unique_ptr<InjectedCurrent> current, std::size_t place = last);
    void remove_injected(std::size_t place);
    /// From now on the state variable is the sum of its time series, as the light on a neuron is. Adds a series, or
    /// puts it in the place of another one.
    void impose(const std::string& variable, TimeSeries series, std::size_t place = last);
    /// The variable keeps the value it has where that was the last one.
    void remove_imposed(const std::string& variable, std::size_t place);
    static constexpr std::size_t last = static_cast<std::size_t>(-1);

    /// Returns the receptor's id within the population.
    std::size_t add_receptor(Receptor receptor);
    ProgramReceptor* program_receptor(std::size_t r) const { return receptors_.at(r).program.get(); }
    /// Where the state variables of these names lie.
    std::vector<double*> state(const std::vector<std::string>& names);
    std::size_t receptor_count() const noexcept override { return receptors_.size(); }
    const Receptor& receptor(std::size_t r) const { return receptors_.at(r); }
    double* first_stage(std::size_t r) noexcept override {
        return receptors_[r].has_stages() ? receptors_[r].stage[0].data() : nullptr;
    }

    /// A state variable, the current "I_<label>" or conductance "g_<label>" of a receptor, or what a model of equations
    /// names beside its state, which is kept up to date from the first time it is asked for.
    VariableValues variable(const std::string& name);
    /// Keeps a variable up to date in runs from now on.
    void keep(const std::string& name);
    /// The same of what can be set: no current or conductance that a program makes of variables.
    VariableValues settable(const std::string& name);
    /// The recorder of a model's event beside the spike, by its position among them.
    EventRecorder& event_recorder(std::size_t event);
    /// Where neurons are marked for which it happens.
    EventMarks& mark_event(std::size_t event);
    /// The kernel whose current or conductance has this name, if there is one.
    std::optional<std::size_t> find_receptor(const std::string& name) const;
    std::vector<std::string> variable_names() const;
    /// Brings what is named beside the state up to date after the state was changed.
    void refresh(std::int64_t now);

    std::int64_t advance(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                         std::size_t slots_per_receptor, bool reached, std::vector<std::uint32_t>& spikes) override;
    bool coasts() const noexcept override { return coast_ != nullptr; }
    std::size_t coast(const Stretch& stretch) override;
    bool stays_finite() const override;
    void take_in(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                 std::size_t slots_per_receptor) override;
    void begin(std::int64_t step) override;
    void archive(Archive& archive, const std::string& name) override;

  private:
    void prepare();
    void prepare_receptor(Receptor& receptor);
    void prepare_program(Receptor& receptor, bool left, std::vector<double> leak);
    void join_program(Receptor& receptor, const StepContext& step, std::size_t first, std::size_t n,
                      const double*& current, double* I, double* G, bool& conducting, double* named,
                      std::int64_t& non_finite);
    void start(RandomSource random);
    std::int64_t advance_blocks(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                                std::size_t slots_per_receptor, bool reached, bool may_rest,
                                std::vector<std::uint32_t>& spikes);
    bool is_linear() const;
    AdvanceBlock find_advance_joined() const;
    bool may_be_refractory() const;
    bool lies_in_memory() const noexcept;
    void prefetch(std::size_t first, std::size_t n, const double* slots, std::size_t slots_per_receptor) const noexcept;
    void view(const StepContext& step, std::size_t first, std::size_t n, std::uint32_t* spiking,
              NeuronBlock& block) noexcept;
    void join_receptors(double* slots, std::size_t slots_per_receptor, NeuronBlock& block) noexcept;
    Coast find_coast() const;
    CoastBlock coast_block(const Stretch& stretch);
    std::vector<std::uint32_t> stage_numbers() const;
    StateAtHome home_state(const Stretch& stretch);
    void advance_alone(const Stretch& stretch, const CoastGroup& group, std::uint32_t k);
    std::vector<double> changing(const BlockSlots& block) const;
    bool rests(const BlockSlots& block, const std::vector<double>& before, std::int64_t step) const;
    std::size_t advance_block(NeuronBlock& block, const StepContext& step, std::size_t first, double* const* receptors,
                              ProgramMemory* memory);

    const NeuronModel model_;
    Method method_;
    ParameterValues values_;
    double dt_;
    NeuronWords prepared_;  ///< models of a header
    std::vector<double> I_x_{0.0};
    Aligned<double> same_I_x_;  ///< during a run: a block of it, where all neurons have the same
    std::vector<Aligned<double>> state_;
    Aligned<std::int64_t> free_from_;  ///< the step from which a neuron is no longer refractory
    std::int64_t all_free_from_ = 0;   ///< the same of all, as it was when the run began
    std::vector<Receptor> receptors_;
    std::vector<std::unique_ptr<InjectedCurrent>> injected_;
    std::map<std::size_t, std::vector<TimeSeries>> imposed_;  ///< by state variable
    std::vector<std::optional<std::size_t>> read_by_name_;    ///< per receptor: its number in the program
    bool conductances_ = false;                               ///< some receptor opens a conductance
    QuietBlocks quiet_;
    AdvanceBlock advance_block_ = nullptr;
    AdvanceBlock advance_joined_ = nullptr;    ///< during a run; null where receptors have loops of their own
    Coast coast_ = nullptr;                    ///< during a run; null where neurons do not coast
    bool asks_who_is_free_ = true;             ///< during a run: steps read from when on neurons are free
    bool same_in_each_step_ = false;           ///< during a run: what drives neurons beside synapses
    std::unique_ptr<ProgramNeurons> program_;  ///< of a model that is no header
};

}  // namespace rheobase
