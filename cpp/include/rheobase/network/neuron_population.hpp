#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rheobase/base/archive.hpp"
#include "rheobase/models/registry.hpp"
#include "rheobase/network/block_update.hpp"
#include "rheobase/network/coast_update.hpp"
#include "rheobase/network/neuron_inputs.hpp"
#include "rheobase/network/neuron_variables.hpp"
#include "rheobase/network/neurons.hpp"
#include "rheobase/network/population.hpp"
#include "rheobase/network/receptor.hpp"

namespace rheobase {

/// Neurons of one model. What they have is in `Neurons`; what is asked of them by name in `NeuronVariables`; how they
/// move in `BlockUpdate` and `CoastUpdate`.
class NeuronPopulation final : public Population {
  public:
    NeuronPopulation(std::uint32_t id, std::size_t size, NeuronModel model, Method method, ParameterValues values,
                     double dt, RandomSource random);

    const NeuronModel& model() const noexcept { return neurons_.model; }
    Method method() const noexcept { return neurons_.method; }
    /// What a model of equations runs; null of a built-in one.
    const ProgramNeurons* program() const noexcept { return neurons_.program.get(); }
    const std::vector<double>& parameter(const std::string& name) const;
    void set_parameter(const std::string& name, std::vector<double> value);
    NeuronInputs& inputs() noexcept { return neurons_.inputs; }
    NeuronVariables variables() noexcept { return NeuronVariables(neurons_); }

    /// Returns the receptor's id within the population.
    std::size_t add_receptor(Receptor receptor);
    ProgramReceptor* program_receptor(std::size_t r) const { return neurons_.receptors.at(r).program.get(); }
    std::size_t receptor_count() const noexcept override { return neurons_.receptors.size(); }
    const Receptor& receptor(std::size_t r) const { return neurons_.receptors.at(r); }
    double* first_stage(std::size_t r) noexcept override;

    /// The recorder of a model's event beside the spike, by its position among them.
    EventRecorder& event_recorder(std::size_t event);
    /// Where neurons are marked for which it happens.
    EventMarks& mark_event(std::size_t event);

    void begin(std::int64_t step) override;
    std::int64_t advance(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                         std::size_t slots_per_receptor, bool reached, std::vector<std::uint32_t>& spikes) override;
    bool coasts() const noexcept override { return coast_.possible(); }
    std::size_t coast(const Stretch& stretch) override { return coast_.coast(stretch); }
    bool stays_finite() const override { return neurons_.stays_finite(); }
    void take_in(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                 std::size_t slots_per_receptor) override;
    void archive(Archive& archive, const std::string& name) override;

  private:
    void prepare(Receptor& receptor);
    void prepare_program(Receptor& receptor, bool left, std::vector<double> leak);

    Neurons neurons_;
    BlockUpdate blocks_;
    CoastUpdate coast_;
};

}  // namespace rheobase
