#include "rheobase/network/neuron_population.hpp"

#include <algorithm>
#include <utility>

#include "rheobase/base/errors.hpp"

namespace rheobase {

NeuronPopulation::NeuronPopulation(std::uint32_t id, std::size_t size, NeuronModel model, Method method,
                                   ParameterValues values, double dt, RandomSource random)
    : Population(id, size),
      neurons_(id, size, std::move(model), method, std::move(values), dt, random),
      blocks_(neurons_),
      coast_(neurons_, blocks_) {}

const std::vector<double>& NeuronPopulation::parameter(const std::string& name) const {
    return neurons_.values[model().parameter(name)];
}

void NeuronPopulation::set_parameter(const std::string& name, std::vector<double> value) {
    require(value.size() == 1 || value.size() == size(), "a parameter must have one value or one per neuron");
    neurons_.values[model().parameter(name)] = std::move(value);
    neurons_.prepare();
    for (Receptor& receptor : neurons_.receptors) prepare(receptor);
}

std::size_t NeuronPopulation::add_receptor(Receptor receptor) {
    prepare(receptor);
    for (std::size_t s = 0; receptor.has_stages() && s < receptor.kernel->stages; ++s)
        receptor.stage[s].assign(size(), 0.0);
    neurons_.receptors.push_back(std::move(receptor));
    neurons_.prepare();
    return receptor_count() - 1;
}

/// How a receptor's current acts over a step: as the membrane averages it, where the method knows how that forgets.
void NeuronPopulation::prepare(Receptor& receptor) {
    Averaging averaging = Averaging::mean;
    std::vector<double> leak;
    if (method() == Method::euler) averaging = Averaging::left;
    if (method() == Method::exact || method() == Method::etd2)
        leak = neurons_.program ? neurons_.program->leak_rates() : model().leak_rates(neurons_.values);
    if (!leak.empty())
        averaging = Averaging::membrane;
    else
        leak = {0.0};
    if (receptor.program != nullptr) {
        prepare_program(receptor, averaging == Averaging::left, std::move(leak));
        return;
    }
    const auto prepared = [&](Averaging how, double rate) {
        return in_units_of_weight(
            receptor.kernel->prepare(receptor.values, receptor.unit_area, neurons_.dt, how, rate));
    };
    receptor.mean = prepared(averaging == Averaging::left ? averaging : Averaging::mean, 0.0);
    const auto own = [&](std::size_t i) {
        const Propagator p = prepared(averaging, leak[i]);
        return receptor.conductance ? weighing_what_is_left(p) : p;
    };
    receptor.propagator = own(0);
    receptor.propagators = leak.size() == 1 ? NeuronWords(receptor.propagator) : NeuronWords(size(), own);
}

void NeuronPopulation::prepare_program(Receptor& receptor, bool left, std::vector<double> leak) {
    ProgramReceptor& program = *receptor.program;
    EndVariables::Surroundings around{std::move(leak), variables().locate(program.program().post.of_neuron), left,
                                      program.post().is_recorded(), program.sums()};
    program.post().bind(std::move(around));
}

double* NeuronPopulation::first_stage(std::size_t r) noexcept {
    Receptor& receptor = neurons_.receptors[r];
    return receptor.has_stages() ? receptor.stage[0].data() : nullptr;
}

EventRecorder& NeuronPopulation::event_recorder(std::size_t event) {
    require(neurons_.program && event + 1 < model().program->events.size(), "the model must have this event");
    return neurons_.program->recorder(event + 1);
}

EventMarks& NeuronPopulation::mark_event(std::size_t event) {
    require(neurons_.program && event + 1 < model().program->events.size(), "the model must have this event");
    return neurons_.program->mark(event + 1);
}

void NeuronPopulation::begin(std::int64_t step) {
    inputs().begin(step);
    blocks_.begin(step);
    coast_.begin();
    variables().refresh(step);
}

std::int64_t NeuronPopulation::advance(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                                       std::size_t slots_per_receptor, bool reached,
                                       std::vector<std::uint32_t>& spikes) {
    return blocks_.advance(step, {begin, end, slots, slots_per_receptor}, reached, spikes);
}

void NeuronPopulation::take_in(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                               std::size_t slots_per_receptor) {
    for (std::size_t c = 0; c < receptor_count(); ++c) {
        ProgramReceptor* const program = program_receptor(c);
        if (program == nullptr) continue;
        double* const arrivals = slots + c * slots_per_receptor;
        for (std::size_t first = begin; first < end; first += block_size)
            program->post().arrive(step, first, std::min(block_size, end - first), arrivals + (first - begin));
        std::fill_n(arrivals, end - begin, 0.0);
    }
}

void NeuronPopulation::archive(Archive& archive, const std::string& name) {
    for (std::size_t v = 0; v < neurons_.state.size(); ++v)
        archive.state(name + "." + model().variables[v].name, neurons_.state[v]);
    archive.state(name + ".free_from", neurons_.free_from);
    inputs().archive(archive, name);
    for (std::size_t c = 0; c < receptor_count(); ++c) {
        Receptor& receptor = neurons_.receptors[c];
        const std::string own = name + ".receptor" + std::to_string(c);
        for (std::size_t s = 0; receptor.has_stages() && s < receptor.kernel->stages; ++s)
            archive.state(own + "." + std::to_string(s), receptor.stage[s]);
        if (receptor.program != nullptr) receptor.program->post().archive(archive, own);
    }
}

}  // namespace rheobase
