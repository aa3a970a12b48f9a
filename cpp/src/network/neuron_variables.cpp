#include "rheobase/network/neuron_variables.hpp"

#include <algorithm>

#include "rheobase/base/errors.hpp"

namespace rheobase {

std::vector<double> VariableValues::read() const {
    std::vector<double> read(values.begin(), values.end());
    for (double& value : read) value *= unit;
    return read;
}

void VariableValues::write(Span<const double> given) {
    require(given.size() == values.size(), "one value per neuron is required");
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = given[i] / unit;
}

VariableValues NeuronVariables::find(const std::string& name) const {
    if (const auto r = find_receptor(name)) {
        Receptor& receptor = neurons_.receptors[*r];
        const bool has_two = receptor.kernel->stages == 2;
        return {receptor.stage[has_two ? 1 : 0], has_two ? 1.0 : receptor.gain()};
    }
    if (ProgramNeurons* const program = neurons_.program.get())
        if (const auto observed = program->find_observed(name)) return {program->observe(*observed), 1.0};
    for (Receptor& receptor : neurons_.receptors) {
        if (receptor.program == nullptr) continue;
        if (receptor.name() == name) return {receptor.program->post().driving(), 1.0};
        const std::string end = "_" + receptor.label;
        if (name.size() <= end.size() || name.compare(name.size() - end.size(), end.size(), end) != 0) continue;
        if (const auto v = receptor.program->find(name.substr(0, name.size() - end.size())))
            return {receptor.program->post().state()[*v], 1.0};
    }
    return {neurons_.state[neurons_.model.variable(name)], 1.0};
}

VariableValues NeuronVariables::settable(const std::string& name) const {
    for (Receptor& receptor : neurons_.receptors) {
        if (receptor.program == nullptr || receptor.name() != name) continue;
        const auto v = receptor.program->find(receptor.conductance ? "g" : "I");
        if (!v) throw InvalidArgument(name + " must not be set: it is made of other variables");
        return {receptor.program->post().state()[*v], 1.0};
    }
    return find(name);
}

std::vector<std::string> NeuronVariables::names() const {
    std::vector<std::string> names;
    for (const VariableInfo& v : neurons_.model.variables) names.push_back(v.name);
    if (neurons_.program != nullptr) {
        const std::vector<std::string>& observed = neurons_.model.program->observed;
        names.insert(names.end(), observed.begin(), observed.end());
    }
    for (const Receptor& receptor : neurons_.receptors) {
        if (!receptor.delta()) names.push_back(receptor.name());
        if (receptor.program == nullptr) continue;
        for (const std::string& variable : receptor.program->program().variables)
            if (variable + "_" + receptor.label != receptor.name()) names.push_back(variable + "_" + receptor.label);
    }
    return names;
}

void NeuronVariables::keep(const std::string& name) const {
    for (Receptor& receptor : neurons_.receptors)
        if (receptor.program != nullptr && receptor.name() == name) receptor.program->post().record();
}

void NeuronVariables::refresh(std::int64_t now) const {
    if (neurons_.program != nullptr) neurons_.program->refresh();
    for (Receptor& receptor : neurons_.receptors)
        if (receptor.program != nullptr) {
            receptor.program->collect(now, 0, neurons_.size);
            receptor.program->post().observe();
        }
}

std::vector<double*> NeuronVariables::locate(const std::vector<std::string>& names) const {
    const auto& variables = neurons_.model.variables;
    std::vector<double*> found;
    for (const std::string& name : names) {
        const bool in_model =
            std::any_of(variables.begin(), variables.end(), [&](const VariableInfo& v) { return v.name == name; });
        if (!in_model) keep(name);  // what is read is computed in each step, recorded or not
        found.push_back(in_model ? neurons_.state[neurons_.model.variable(name)].data() : find(name).values.data());
    }
    return found;
}

std::optional<std::size_t> NeuronVariables::find_receptor(const std::string& name) const {
    const std::vector<Receptor>& receptors = neurons_.receptors;
    for (std::size_t r = 0; r < receptors.size(); ++r)
        if (receptors[r].has_stages() && receptors[r].name() == name) return r;
    return std::nullopt;
}

}  // namespace rheobase
