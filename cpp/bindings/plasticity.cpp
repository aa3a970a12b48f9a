#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <utility>
#include <vector>

#include "arrays.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace rheobase {

void register_plasticity(SimulationClass& simulation) {
    simulation
        .def(
            "get_weights", [](Simulation& s, std::size_t p) { return to_array(s.built_plastic(p).weights()); },
            py::arg("projection"))
        .def(
            "get_post_delays", [](Simulation& s, std::size_t p) { return to_array(s.built_plastic(p).post_delays()); },
            py::arg("projection"))
        .def(
            "set_weights",
            [](Simulation& s, std::size_t p, const Contiguous<double>& weights) {
                s.built_plastic(p).set_weights(to_span(weights));
            },
            py::arg("projection"), py::arg("weights"))
        .def(
            "set_plasticity_values",
            [](Simulation& s, std::size_t p, std::vector<double> values) {
                s.built_plastic(p).set_values(std::move(values), s.now());
            },
            py::arg("projection"), py::arg("values"))
        .def(
            "get_synapse_variable",
            [](Simulation& s, std::size_t p, std::size_t k) {
                return to_array(s.built_plastic(p).variable(k, s.now()));
            },
            py::arg("projection"), py::arg("variable"))
        .def(
            "set_synapse_variable",
            [](Simulation& s, std::size_t p, std::size_t k, const Contiguous<double>& values) {
                s.built_plastic(p).set_variable(k, s.now(), to_span(values));
            },
            py::arg("projection"), py::arg("variable"), py::arg("values"))
        .def(
            "is_learning", [](Simulation& s, std::size_t p) { return s.built_plastic(p).learns(); },
            py::arg("projection"))
        .def(
            "set_learning", [](Simulation& s, std::size_t p, bool on) { s.built_plastic(p).set_learning(on); },
            py::arg("projection"), py::arg("on"));
}

}  // namespace rheobase
