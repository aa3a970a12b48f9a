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
    using Neurons = Contiguous<std::uint32_t>;
    simulation
        .def(
            "inject_series",
            [](Simulation& s, std::size_t p, const Steps& steps, const Values& values, std::size_t width,
               const Neurons& neurons) { s.inject(p, to_series(steps, values, width), Selection(to_vector(neurons))); },
            py::kw_only(), py::arg("population"), py::arg("steps"), py::arg("values"), py::arg("width"),
            py::arg("neurons") = Neurons())
        .def(
            "inject_white_noise",
            [](Simulation& s, std::size_t p, double mean, double sigma, const Neurons& neurons) {
                s.inject_white_noise(p, mean, sigma, Selection(to_vector(neurons)));
            },
            py::kw_only(), py::arg("population"), py::arg("mean"), py::arg("sigma"), py::arg("neurons") = Neurons())
        .def(
            "inject_ornstein_uhlenbeck",
            [](Simulation& s, std::size_t p, double mean, double std, double tau, const Neurons& neurons) {
                s.inject_ornstein_uhlenbeck(p, mean, std, tau, Selection(to_vector(neurons)));
            },
            py::kw_only(), py::arg("population"), py::arg("mean"), py::arg("std"), py::arg("tau"),
            py::arg("neurons") = Neurons())
        .def(
            "impose_series",
            [](Simulation& s, std::size_t p, const std::string& variable, const Steps& steps, const Values& values,
               std::size_t width) { s.neurons(p).impose(variable, to_series(steps, values, width)); },
            py::kw_only(), py::arg("population"), py::arg("variable"), py::arg("steps"), py::arg("values"),
            py::arg("width"))
        .def(
            "set_rate_series",
            [](Simulation& s, std::size_t p, const Steps& steps, const Values& values, std::size_t width) {
                s.poisson(p).set_series(to_series(steps, values, width));
            },
            py::arg("population"), py::arg("steps"), py::arg("values"), py::arg("width"));
}

}  // namespace rheobase
