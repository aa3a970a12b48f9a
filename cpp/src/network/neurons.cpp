#include "rheobase/network/neurons.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rheobase/base/errors.hpp"

namespace rheobase {

Neurons::Neurons(std::uint32_t population, std::size_t n, NeuronModel of_all, Method by, ParameterValues of_parameters,
                 double step, RandomSource random)
    : size(n),
      model(std::move(of_all)),
      method(by),
      dt(step),
      values(std::move(of_parameters)),
      inputs(n),
      free_from(n, 0) {
    require(values.size() == model.parameters.size(), "every parameter needs a value");
    for (std::size_t k = 0; k < values.size(); ++k)
        if (values[k].size() != 1 && values[k].size() != size)
            throw InvalidArgument(model.parameters[k].name + " must have one value or one per neuron");
    require(std::find(model.methods.begin(), model.methods.end(), method) != model.methods.end(),
            "the model does not have this method");
    if (model.program == nullptr) {
        for (const auto& first : model.start(values, size)) state.emplace_back(first.begin(), first.end());
        prepare();
        return;
    }
    for (std::size_t v = 0; v < model.variables.size(); ++v) state.emplace_back(size, 0.0);
    program = std::make_unique<ProgramNeurons>(*model.program, population, size, dt);
    prepare();
    program->start(random);
}

void Neurons::prepare() {
    const auto is_any = [this](const auto& holds) { return std::any_of(receptors.begin(), receptors.end(), holds); };
    for (Receptor& r : receptors) r.read_as = program && !r.delta() ? program->find_receptor(r.name()) : std::nullopt;
    conductances = is_any([](const Receptor& r) { return r.conductance && !r.read_as; });
    if (program == nullptr) {
        prepared = model.prepare(values, size, dt);
        return;
    }
    ProgramNeurons::Inputs kinds{conductances, is_any([](const Receptor& r) { return r.delta(); }), {}};
    for (std::size_t k = 0; k < model.program->receptors.size(); ++k)
        kinds.receptors.push_back(is_any([k](const Receptor& r) { return r.read_as == k; }));
    program->prepare(values, state, kinds);
}

bool Neurons::same_in_each_step() const {
    return program == nullptr && inputs.steady() &&
           std::none_of(receptors.begin(), receptors.end(), [](const Receptor& r) { return r.program != nullptr; });
}

bool Neurons::is_linear() const {
    return same_in_each_step() && !conductances && method == Method::exact && !model.leak_rates(values).empty();
}

/// Then V goes a part of its way to where currents would bring it, and kernels decay. Numbers below these limits cannot
/// overflow: weights in single precision, and as many arrivals per step as there may be, add less than 1e60 to a stage.
bool Neurons::stays_finite() const {
    constexpr double moderate = 1e50, far_from_largest = 1e100;
    const auto all_below = [](const auto& numbers, double limit) {
        return std::all_of(numbers.begin(), numbers.end(), [&](double x) { return std::fabs(x) < limit; });
    };
    if (!is_linear() || !prepared.all_below(moderate) || !all_below(inputs.I_x(), far_from_largest)) return false;
    for (const auto& of_variable : state)
        if (!all_below(of_variable, far_from_largest)) return false;
    return std::all_of(receptors.begin(), receptors.end(), [&](const Receptor& receptor) {
        if (receptor.delta()) return true;
        for (std::size_t s = 0; s < receptor.kernel->stages; ++s)
            if (!all_below(receptor.stage[s], far_from_largest)) return false;
        return receptor.propagators.all_below(moderate);
    });
}

bool Neurons::may_be_refractory() const {
    for (std::size_t k = 0; k < values.size(); ++k)
        if (model.parameters[k].name == "t_ref")
            return std::any_of(values[k].begin(), values[k].end(), [](double period) { return period > 0.0; });
    return true;
}

}  // namespace rheobase
