#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "rheobase/models/registry.hpp"
#include "rheobase/network/plastic_projection.hpp"

namespace py = pybind11;

namespace rheobase {

void register_models(py::module_& m) {
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

    py::class_<NeuronModel>(m, "NeuronModel")
        .def_readonly("name", &NeuronModel::name)
        .def_readonly("summary", &NeuronModel::summary)
        .def_readonly("equation", &NeuronModel::equation)
        .def_readonly("source", &NeuronModel::source)
        .def_readonly("parameters", &NeuronModel::parameters)
        .def_readonly("variables", &NeuronModel::variables)
        .def_readonly("orders", &NeuronModel::orders)
        .def_property_readonly("methods", [](const NeuronModel& model) {
            std::vector<std::string> names;
            for (Method method : model.methods) names.emplace_back(method_names[static_cast<int>(method)]);
            return names;
        });

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
        .def_readonly("source", &PlasticityRule::source)
        .def_readonly("parameters", &PlasticityRule::parameters);

    m.def("plasticity_rules", &plasticity_rules, py::return_value_policy::copy, "Every plasticity rule.");
    m.def("neuron_models", &neuron_models, py::return_value_policy::copy, "Every neuron model.");
    m.def("synapse_kernels", &synapse_kernels, py::return_value_policy::copy, "Every synaptic kernel.");
}

}  // namespace rheobase
