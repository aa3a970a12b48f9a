#include <pybind11/numpy.h>

#include <string>

#include "arrays.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace rheobase {

namespace {

TimeSeries to_series(const Contiguous<std::int64_t>& steps, const Contiguous<double>& values, std::size_t width) {
    return TimeSeries(to_vector(steps), to_vector(values), width);
}

}  // namespace

void register_currents(SimulationClass& simulation) {
    using Steps = Contiguous<std::int64_t>;
    using Values = Contiguous<double>;
    using Indices = Contiguous<std::uint32_t>;
    simulation
        .def(
            "inject_series",
            [](Simulation& s, std::size_t p, std::size_t place, const Steps& steps, const Values& values,
               std::size_t width, const Indices& neurons) {
                s.inject(p, place, to_series(steps, values, width), Selection(to_vector(neurons)));
            },
            py::kw_only(), py::arg("population"), py::arg("place"), py::arg("steps"), py::arg("values"),
            py::arg("width"), py::arg("neurons") = Indices())
        .def(
            "inject_white_noise",
            [](Simulation& s, std::size_t p, std::size_t place, std::uint32_t id, const Values& mean,
               const Values& sigma, const Indices& neurons) {
                s.inject_white_noise(p, place, id, to_vector(mean), to_vector(sigma), Selection(to_vector(neurons)));
            },
            py::kw_only(), py::arg("population"), py::arg("place"), py::arg("id"), py::arg("mean"), py::arg("sigma"),
            py::arg("neurons") = Indices())
        .def(
            "inject_ornstein_uhlenbeck",
            [](Simulation& s, std::size_t p, std::size_t place, std::uint32_t id, const Values& mean,
               const Values& std_dev, double tau, const Indices& neurons) {
                s.inject_ornstein_uhlenbeck(p, place, id, to_vector(mean), to_vector(std_dev), tau,
                                            Selection(to_vector(neurons)));
            },
            py::kw_only(), py::arg("population"), py::arg("place"), py::arg("id"), py::arg("mean"), py::arg("std"),
            py::arg("tau"), py::arg("neurons") = Indices())
        .def(
            "remove_injected",
            [](Simulation& s, std::size_t p, std::size_t place) { s.neurons(p).inputs().remove_injected(place); },
            py::arg("population"), py::arg("place"))
        .def(
            "impose_series",
            [](Simulation& s, std::size_t p, const std::string& variable, std::size_t place, const Steps& steps,
               const Values& values, std::size_t width) {
                NeuronPopulation& neurons = s.neurons(p);
                neurons.inputs().impose(neurons.model().variable(variable), to_series(steps, values, width), place);
            },
            py::kw_only(), py::arg("population"), py::arg("variable"), py::arg("place"), py::arg("steps"),
            py::arg("values"), py::arg("width"))
        .def(
            "remove_imposed",
            [](Simulation& s, std::size_t p, const std::string& variable, std::size_t place) {
                NeuronPopulation& neurons = s.neurons(p);
                neurons.inputs().remove_imposed(neurons.model().variable(variable), place);
            },
            py::arg("population"), py::arg("variable"), py::arg("place"))
        .def(
            "add_drive",
            [](Simulation& s, std::uint32_t id, std::uint32_t population, std::size_t receptor, const Values& means,
               double weight, const Indices& neurons) {
                s.add_drive(id, population, receptor, to_vector(means), weight, Selection(to_vector(neurons)));
            },
            py::kw_only(), py::arg("id"), py::arg("population"), py::arg("receptor"), py::arg("means"),
            py::arg("weight"), py::arg("neurons") = Indices())
        .def(
            "set_drive_means",
            [](Simulation& s, std::size_t place, const Values& means) {
                s.drives().at(place)->set_means(to_vector(means));
            },
            py::arg("place"), py::arg("means"))
        .def(
            "set_drive_series",
            [](Simulation& s, std::size_t place, const Steps& steps, const Values& values, std::size_t width) {
                s.drives().at(place)->set_series(to_series(steps, values, width));
            },
            py::arg("place"), py::arg("steps"), py::arg("values"), py::arg("width"))
        .def(
            "set_drive_weight",
            [](Simulation& s, std::size_t place, double weight) { s.drives().at(place)->set_weight(weight); },
            py::arg("place"), py::arg("weight"))
        .def("remove_drive", &Simulation::remove_drive, py::arg("place"))
        .def(
            "set_rate_series",
            [](Simulation& s, std::size_t p, const Steps& steps, const Values& values, std::size_t width) {
                s.poisson(p).set_series(to_series(steps, values, width));
            },
            py::arg("population"), py::arg("steps"), py::arg("values"), py::arg("width"));
}

}  // namespace rheobase
