#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace rheobase {

void register_populations(SimulationClass& simulation) {
    simulation.def(py::init<double, std::uint64_t, std::size_t>(), py::arg("dt"), py::arg("seed"), py::arg("threads"))
        .def(
            "add_neurons",
            [](Simulation& s, const std::string& model, std::size_t size, const std::string& method,
               const std::vector<Contiguous<double>>& values) {
                ParameterValues each;
                for (const auto& value : values) each.push_back(to_vector(value));
                return s.add_neurons(model, size, method, std::move(each));
            },
            py::arg("model"), py::arg("size"), py::arg("method"), py::arg("values"))
        .def(
            "add_poisson",
            [](Simulation& s, std::size_t size, const Contiguous<double>& rates) {
                return s.add_poisson(size, to_vector(rates));
            },
            py::arg("size"), py::arg("rates"))
        .def(
            "add_trains",
            [](Simulation& s, std::size_t size, const Contiguous<std::int64_t>& steps,
               const Contiguous<std::uint32_t>& indices) {
                return s.add_trains(size, to_vector(steps), to_vector(indices));
            },
            py::arg("size"), py::arg("steps"), py::arg("indices"))
        .def("add_events", &Simulation::add_events, py::arg("population"), py::arg("event"))
        .def(
            "add_receptor",
            [](Simulation& s, std::size_t population, const std::string& kernel, const std::vector<double>& values,
               bool unit_area, bool conductance, double reversal, const std::string& label) {
                return s.add_receptor(
                    population, Receptor{&synapse_kernel(kernel), values, unit_area, conductance, reversal, label});
            },
            py::kw_only(), py::arg("population"), py::arg("kernel"), py::arg("values"), py::arg("unit_area"),
            py::arg("conductance"), py::arg("reversal"), py::arg("label"))
        .def(
            "set_trains",
            [](Simulation& s, std::size_t p, const Contiguous<std::int64_t>& steps,
               const Contiguous<std::uint32_t>& indices) {
                s.trains(p).set_spikes(to_vector(steps), to_vector(indices));
            },
            py::arg("population"), py::arg("steps"), py::arg("indices"))
        .def(
            "set_rates",
            [](Simulation& s, std::size_t p, const Contiguous<double>& rates) {
                s.poisson(p).set_rates(to_vector(rates));
            },
            py::arg("population"), py::arg("rates"));
}

}  // namespace rheobase
