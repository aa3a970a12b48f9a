#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <string>
#include <vector>

#include "arrays.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace rheobase {

void register_state(SimulationClass& simulation) {
    simulation
        .def(
            "get_current",
            [](Simulation& s, std::size_t p) { return to_array(std::vector<double>(s.neurons(p).inputs().I_x())); },
            py::arg("population"))
        .def(
            "set_current",
            [](Simulation& s, std::size_t p, const Contiguous<double>& I_x) {
                s.neurons(p).inputs().set_current(to_vector(I_x));
            },
            py::arg("population"), py::arg("I_x"))
        .def(
            "get_parameter",
            [](Simulation& s, std::size_t p, const std::string& name) {
                return to_array(std::vector<double>(s.neurons(p).parameter(name)));
            },
            py::arg("population"), py::arg("name"))
        .def(
            "set_parameter",
            [](Simulation& s, std::size_t p, const std::string& name, const Contiguous<double>& value) {
                s.neurons(p).set_parameter(name, to_vector(value));
            },
            py::arg("population"), py::arg("name"), py::arg("value"))
        .def(
            "variable_names", [](Simulation& s, std::size_t p) { return s.neurons(p).variables().names(); },
            py::arg("population"))
        .def(
            "get_variable",
            [](Simulation& s, std::size_t p, const std::string& name) {
                const NeuronVariables variables = s.neurons(p).variables();
                const auto found = variables.find(name);
                variables.refresh(s.now());
                return to_array(found.read());
            },
            py::arg("population"), py::arg("name"))
        .def(
            "set_variable",
            [](Simulation& s, std::size_t p, const std::string& name, const Contiguous<double>& values) {
                s.neurons(p).variables().settable(name).write(to_span(values));
            },
            py::arg("population"), py::arg("name"), py::arg("values"));
}

}  // namespace rheobase
