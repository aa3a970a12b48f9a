#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <map>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "rheobase/base/errors.hpp"
#include "rheobase/models/registry.hpp"
#include "rheobase/network/rule_plasticity.hpp"

namespace py = pybind11;

namespace rheobase {

namespace {

/// A parameter's or an input's values for n states: one, or one per state.
std::vector<double> values_for(const std::string& name, const Contiguous<double>& values, std::size_t n) {
    const auto size = static_cast<std::size_t>(values.size());
    if (size == 0 || (size != 1 && size != n))
        throw InvalidArgument(name + " must have 1 value or one per state (" + std::to_string(n) + "), got " +
                              std::to_string(size));
    return to_vector(values);
}

py::array_t<double> derivative(const NeuronModel& model, const std::vector<Contiguous<double>>& parameters,
                               const Contiguous<double>& I, const Contiguous<double>& states) {
    if (model.derivative == nullptr)
        throw InvalidArgument(model.name + " is updated from step to step and has no differential equation");
    const std::size_t count = model.variables.size();
    if (states.ndim() != 2 || states.shape(0) != static_cast<py::ssize_t>(count))
        throw InvalidArgument("states must have shape (" + std::to_string(count) + ", n), one row per variable of " +
                              model.name);
    if (parameters.size() != model.parameters.size())
        throw InvalidArgument("parameters must hold the " + std::to_string(model.parameters.size()) +
                              " parameters of " + model.name + ", got " + std::to_string(parameters.size()));
    const auto n = static_cast<std::size_t>(states.shape(1));
    ParameterValues values;
    for (std::size_t k = 0; k < parameters.size(); ++k)
        values.push_back(values_for(model.parameters[k].name, parameters[k], n));
    std::vector<double> current = values_for("I", I, n);
    current.resize(n, current[0]);
    std::vector<double> rates(count * n);
    model.derivative(values, current.data(), states.data(), n, rates.data());
    return to_array(std::move(rates), {states.shape(0), states.shape(1)});
}

/// What all models are described by.
void define_descriptions(py::module_& m) {
    py::class_<ParameterInfo>(m, "ParameterInfo")
        .def_readonly("name", &ParameterInfo::name)
        .def_readonly("unit", &ParameterInfo::unit)
        .def_readonly("standard", &ParameterInfo::standard)
        .def_readonly("doc", &ParameterInfo::doc)
        .def_property_readonly("low", [](const ParameterInfo& p) { return p.bounds.low; })
        .def_property_readonly("high", [](const ParameterInfo& p) { return p.bounds.high; })
        .def_property_readonly("open", [](const ParameterInfo& p) { return p.bounds.open; });

    py::class_<VariableInfo>(m, "VariableInfo")
        .def_readonly("name", &VariableInfo::name)
        .def_readonly("unit", &VariableInfo::unit)
        .def_readonly("doc", &VariableInfo::doc);

    py::class_<SmoothStretch>(m, "SmoothStretch")
        .def_readonly("dt", &SmoothStretch::dt)
        .def_readonly("I", &SmoothStretch::I)
        .def_readonly("G", &SmoothStretch::G)
        .def_readonly("reversal", &SmoothStretch::reversal)
        .def_property_readonly("settings", [](const SmoothStretch& stretch) {
            std::map<std::string, double> settings;
            for (const Setting& s : stretch.settings)
                if (s.name != nullptr) settings[s.name] = s.value;
            return settings;
        });

    py::class_<Example>(m, "Example")
        .def_readonly("strong_I", &Example::strong_I)
        .def_readonly("kicks", &Example::kicks)
        .def_readonly("reset", &Example::reset)
        .def_readonly("silent", &Example::silent)
        .def_readonly("smooth", &Example::smooth);
}

void define_neuron_model(py::module_& m) {
    py::class_<NeuronModel>(m, "NeuronModel")
        .def_readonly("name", &NeuronModel::name)
        .def_readonly("summary", &NeuronModel::summary)
        .def_readonly("equation", &NeuronModel::equation)
        .def_readonly("reference", &NeuronModel::reference)
        .def_readonly("parameters", &NeuronModel::parameters)
        .def_readonly("variables", &NeuronModel::variables)
        .def_readonly("orders", &NeuronModel::orders)
        .def_readonly("example", &NeuronModel::example)
        .def_property_readonly("methods",
                               [](const NeuronModel& model) {
                                   std::vector<std::string> names;
                                   for (Method method : model.methods)
                                       names.emplace_back(method_names[static_cast<int>(method)]);
                                   return names;
                               })
        .def_property_readonly("has_derivative", [](const NeuronModel& model) { return model.derivative != nullptr; })
        .def("derivative", &derivative, py::arg("parameters"), py::arg("I"), py::arg("states"),
             "The right-hand side of the model's differential equation at states of shape (variables, n).");
}

void define_connection_models(py::module_& m) {
    py::class_<SynapseKernel>(m, "SynapseKernel")
        .def_readonly("name", &SynapseKernel::name)
        .def_readonly("summary", &SynapseKernel::summary)
        .def_readonly("equation", &SynapseKernel::equation)
        .def_readonly("stages", &SynapseKernel::stages)
        .def_readonly("parameters", &SynapseKernel::parameters)
        .def(
            "area_of_peak_one",
            [](const SynapseKernel& kernel, const std::vector<double>& values) {
                const auto gain = [&](bool unit_area) {
                    return kernel.prepare(values, unit_area, 1.0, Averaging::mean, 0.0).gain;
                };
                return gain(false) / gain(true);
            },
            py::arg("values"));

    py::class_<PlasticityRule>(m, "PlasticityRule")
        .def_readonly("name", &PlasticityRule::name)
        .def_readonly("summary", &PlasticityRule::summary)
        .def_readonly("equation", &PlasticityRule::equation)
        .def_readonly("reference", &PlasticityRule::reference)
        .def_readonly("parameters", &PlasticityRule::parameters)
        .def_readonly("variables", &PlasticityRule::variables);
}

}  // namespace

void register_models(py::module_& m) {
    define_descriptions(m);
    define_neuron_model(m);
    define_connection_models(m);
    m.def("plasticity_rules", &plasticity_rules, py::return_value_policy::copy, "Every plasticity rule.");
    m.def("neuron_models", &neuron_models, py::return_value_policy::copy, "Every neuron model.");
    m.def("synapse_kernels", &synapse_kernels, py::return_value_policy::copy, "Every synaptic kernel.");
}

}  // namespace rheobase
