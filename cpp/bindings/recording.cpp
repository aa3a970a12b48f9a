#include "rheobase/simulation/recording.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace rheobase {

namespace {

py::tuple take_spikes(Simulation& simulation, std::size_t population) {
    auto spikes = simulation.recording().take_spikes(population);
    const auto steps = to_array(std::move(spikes.steps));
    const auto counts = to_array(std::move(spikes.counts));
    return py::make_tuple(steps, counts, std::make_unique<SpikeRecorder::Spikes>(std::move(spikes)));
}

py::tuple take_samples(Simulation& simulation, std::size_t recorder) {
    Samples samples = simulation.recording().take_samples(recorder);
    const auto rows = static_cast<py::ssize_t>(samples.steps.size());
    const auto columns = static_cast<py::ssize_t>(samples.width());
    const py::object values = samples.single ? py::object(to_array(std::move(samples.single_values), {rows, columns}))
                                             : py::object(to_array(std::move(samples.values), {rows, columns}));
    return py::make_tuple(to_array(std::move(samples.steps)), values);
}

py::tuple take_events(Simulation& simulation, std::size_t population, std::size_t event) {
    std::vector<std::int64_t> steps, neurons;
    for (const auto& [step, neuron] : simulation.neurons(population).event_recorder(event).take()) {
        steps.push_back(step);
        neurons.push_back(neuron);
    }
    return py::make_tuple(to_array(std::move(steps)), to_array(std::move(neurons)));
}

}  // namespace

void register_recording(py::module_& m, SimulationClass& simulation) {
    py::class_<SpikeRecorder::Spikes>(m, "RecordedSpikes")
        .def("__len__", [](const SpikeRecorder::Spikes& spikes) { return spikes.size; })
        .def("indices", [](const SpikeRecorder::Spikes& spikes) {
            py::array_t<std::int32_t> indices(static_cast<py::ssize_t>(spikes.size));
            spikes.unpack(indices.mutable_data());
            return indices;
        });
    simulation
        .def(
            "record_spikes",
            [](Simulation& s, std::size_t population, const std::optional<Contiguous<std::uint32_t>>& neurons) {
                s.recording().record_spikes(population, neurons ? std::optional(to_vector(*neurons)) : std::nullopt);
            },
            py::arg("population"), py::arg("neurons"))
        .def(
            "record_state",
            [](Simulation& s, std::size_t population, const std::string& variable,
               const Contiguous<std::uint32_t>& neurons, std::int64_t every, bool mean, bool single) {
                return s.recording().record_state(population, variable, {to_vector(neurons), every, mean, single});
            },
            py::kw_only(), py::arg("population"), py::arg("variable"), py::arg("neurons"), py::arg("every"),
            py::arg("mean"), py::arg("single"))
        .def(
            "record_weights",
            [](Simulation& s, std::size_t projection, std::optional<std::size_t> variable,
               const Contiguous<std::uint32_t>& connections, std::int64_t every, bool mean) {
                return s.recording().record_weights(projection, variable, {to_vector(connections), every, mean});
            },
            py::kw_only(), py::arg("projection"), py::arg("variable"), py::arg("connections"), py::arg("every"),
            py::arg("mean"))
        .def(
            "record_event",
            [](Simulation& s, std::size_t population, std::size_t event) {
                s.neurons(population).event_recorder(event);
            },
            py::arg("population"), py::arg("event"))
        .def(
            "look_back",
            [](Simulation& s, std::size_t steps) {
                for (std::size_t p = 0; p < s.size(); ++p) s.history(p).reach(steps, s.now());
            },
            py::arg("steps"))
        .def(
            "spikes_after",
            [](const Simulation& s, std::size_t population, std::int64_t step) {
                std::vector<std::int64_t> neurons;
                const SpikeHistory& history = s.history(population);
                const std::int64_t oldest = s.now() - static_cast<std::int64_t>(history.max_delay());
                for (std::int64_t n = std::max(step + 1, oldest); n <= s.now(); ++n)
                    for (const auto& spikes : history.at(n))
                        neurons.insert(neurons.end(), spikes.begin(), spikes.end());
                return to_array(std::move(neurons));
            },
            py::arg("population"), py::arg("step"))
        .def("take_events", &take_events, py::arg("population"), py::arg("event"))
        .def("take_spikes", &take_spikes, py::arg("population"))
        .def("take_samples", &take_samples, py::arg("recorder"));
}

}  // namespace rheobase
