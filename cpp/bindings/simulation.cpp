#include "rheobase/simulation/simulation.hpp"

#include <pybind11/functional.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <stdexcept>

#include "arrays.hpp"
#include "rheobase/network/currents/series_current.hpp"

namespace py = pybind11;

namespace rheobase {

namespace {

Draw make_draw(const std::string& kind, double a, double b, double low, double high) {
    Draw draw;
    if (kind == "uniform")
        draw.kind = Draw::Kind::uniform;
    else if (kind == "normal")
        draw.kind = Draw::Kind::normal;
    else if (kind == "lognormal")
        draw.kind = Draw::Kind::lognormal;
    else
        require(kind == "constant", "kind must be one of constant, uniform, normal, lognormal");
    draw.a = a;
    draw.b = b;
    draw.low = low;
    draw.high = high;
    return draw;
}

ConnectionRule degrees(ConnectionRule::Kind kind, const Contiguous<std::uint32_t>& degrees, bool multapses,
                       bool autapses) {
    ConnectionRule rule;
    rule.kind = kind;
    rule.degrees = to_vector(degrees);
    rule.multapses = multapses;
    rule.autapses = autapses;
    return rule;
}

ConnectionRule listed(const Contiguous<std::uint64_t>& row_start, const Contiguous<std::uint32_t>& targets,
                      const Contiguous<float>& weights, const Contiguous<std::uint16_t>& delays) {
    ConnectionRule rule;
    rule.row_start = to_vector(row_start);
    rule.targets = to_vector(targets);
    rule.weights = to_vector(weights);
    rule.delays = to_vector(delays);
    return rule;
}

/// Every connection as four arrays, by source, then by target.
py::tuple connection_arrays(Simulation& simulation, std::size_t projection) {
    std::vector<std::uint32_t> source, target;
    std::vector<float> weight;
    std::vector<std::uint16_t> delay;
    {
        const py::gil_scoped_release release;
        for (const Synapse& s : simulation.connections(projection)) {
            source.push_back(s.source);
            target.push_back(s.target);
            weight.push_back(s.weight);
            delay.push_back(s.delay);
        }
    }
    return py::make_tuple(to_array(std::move(source)), to_array(std::move(target)), to_array(std::move(weight)),
                          to_array(std::move(delay)));
}

py::dict run(Simulation& simulation, std::int64_t steps,
             const std::optional<std::function<void(std::int64_t)>>& progress, bool profile) {
    Profile phases;
    std::int64_t done = 0;
    bool interrupted = false;
    std::exception_ptr failure;
    const auto poll = [&](std::int64_t so_far) {
        const py::gil_scoped_acquire acquire;
        try {
            if (PyErr_CheckSignals() != 0) throw py::error_already_set();
            if (progress) (*progress)(so_far);
            return true;
        } catch (py::error_already_set& error) {
            interrupted = error.matches(PyExc_KeyboardInterrupt);
            if (!interrupted) failure = std::current_exception();
            return false;
        }
    };
    {
        const py::gil_scoped_release release;
        done = simulation.run(steps, poll, profile ? &phases : nullptr);
    }
    if (failure) std::rethrow_exception(failure);
    py::dict result;
    result["steps"] = done;
    result["interrupted"] = interrupted;
    if (profile)
        result["profile"] = py::dict(py::arg("deliver") = phases.deliver, py::arg("background") = phases.background,
                                     py::arg("update") = phases.update, py::arg("record") = phases.record,
                                     py::arg("wait") = phases.wait);
    return result;
}

py::tuple take_states(Simulation& simulation, std::size_t recorder) {
    StateRecorder r = simulation.take_states(recorder);
    const auto rows = static_cast<py::ssize_t>(r.steps.size());
    const auto columns = static_cast<py::ssize_t>(r.width());
    const py::object values = r.single ? py::object(to_array(std::move(r.single_values), {rows, columns}))
                                       : py::object(to_array(std::move(r.values), {rows, columns}));
    return py::make_tuple(to_array(std::move(r.steps)), values);
}

}  // namespace

void register_simulation(py::module_& m) {
    // the failing population, neuron and step, for the front to name
    static PyObject* non_finite =
        PyErr_NewException("rheobase._engine.NonFiniteState", PyExc_FloatingPointError, nullptr);
    m.attr("NonFiniteState") = py::handle(non_finite);
    py::register_exception_translator([](std::exception_ptr p) {
        try {
            if (p) std::rethrow_exception(p);
        } catch (const NonFiniteState& e) {
            PyErr_SetObject(non_finite, py::make_tuple(e.population, e.neuron, e.step).ptr());
        }
    });

    py::class_<Draw>(m, "Draw")
        .def(py::init(&make_draw), py::arg("kind"), py::arg("a"), py::arg("b") = 0.0,
             py::arg("low") = -std::numeric_limits<double>::infinity(),
             py::arg("high") = std::numeric_limits<double>::infinity())
        .def_property_readonly("largest", &Draw::largest)
        .def(
            "at_least",
            [](Draw draw, double low) {
                draw.low = std::max(draw.low, low);
                return draw;
            },
            py::arg("low"));

    py::class_<ConnectionRule>(m, "ConnectionRule")
        .def_static(
            "out_degrees",
            [](const Contiguous<std::uint32_t>& k, bool multapses, bool autapses) {
                return degrees(ConnectionRule::Kind::out_degrees, k, multapses, autapses);
            },
            py::arg("degrees"), py::arg("multapses"), py::arg("autapses"))
        .def_static(
            "in_degrees",
            [](const Contiguous<std::uint32_t>& k, bool multapses, bool autapses) {
                return degrees(ConnectionRule::Kind::in_degrees, k, multapses, autapses);
            },
            py::arg("degrees"), py::arg("multapses"), py::arg("autapses"))
        .def_static("listed", &listed, py::arg("row_start"), py::arg("targets"), py::arg("weights"), py::arg("delays"));

    py::class_<Simulation>(m, "Simulation")
        .def(py::init<double, std::uint64_t, std::size_t>(), py::arg("dt"), py::arg("seed"), py::arg("threads"))
        .def_property_readonly("now", &Simulation::now)
        .def_property_readonly("threads", &Simulation::threads)
        .def_property_readonly("synapse_count", &Simulation::synapse_count)
        .def_property_readonly("synapse_bytes", &Simulation::synapse_bytes)
        .def_property_readonly("events", &Simulation::events)
        .def(
            "add_neurons",
            [](Simulation& s, const std::string& model, std::size_t size, const std::string& method,
               const std::vector<Contiguous<double>>& values) {
                ParameterValues each;
                for (const auto& value : values) each.push_back(to_vector(value));
                return s.add_neurons(model, size, method, std::move(each)).id();
            },
            py::arg("model"), py::arg("size"), py::arg("method"), py::arg("values"))
        .def(
            "add_poisson",
            [](Simulation& s, std::size_t size, const Contiguous<double>& rates) {
                return s.add_poisson(size, to_vector(rates));
            },
            py::arg("size"), py::arg("rates"))
        .def(
            "add_spike_list",
            [](Simulation& s, std::size_t size, const Contiguous<std::int64_t>& steps,
               const Contiguous<std::uint32_t>& indices) {
                return s.add_spike_list(size, to_vector(steps), to_vector(indices));
            },
            py::arg("size"), py::arg("steps"), py::arg("indices"))
        .def(
            "add_channel",
            [](Simulation& s, std::size_t population, const std::string& kernel, const std::vector<double>& values,
               bool unit_area, bool conductance, double reversal, const std::string& label) {
                return s.add_channel(population,
                                     Channel{&synapse_kernel(kernel), values, unit_area, conductance, reversal, label});
            },
            py::arg("population"), py::arg("kernel"), py::arg("values"), py::arg("unit_area"), py::arg("conductance"),
            py::arg("reversal"), py::arg("label"))
        .def(
            "connect",
            [](Simulation& s, std::uint32_t source, std::uint32_t target, std::size_t channel,
               const ConnectionRule& rule, const Draw& weight, const Draw& delay, const std::string& plasticity,
               const std::vector<double>& values, bool short_weights) {
                std::shared_ptr<PlasticProjection> plastic;
                if (!plasticity.empty())
                    plastic =
                        std::make_shared<PlasticProjection>(PlasticProjection{&plasticity_rule(plasticity), values});
                return s.connect(source, target, channel, rule, weight, delay, plastic, short_weights);
            },
            py::arg("source"), py::arg("target"), py::arg("channel"), py::arg("rule"), py::arg("weight"),
            py::arg("delay"), py::arg("plasticity") = "", py::arg("values") = std::vector<double>{},
            py::arg("short_weights") = false)
        .def(
            "get_weights", [](Simulation& s, std::size_t p) { return to_array(s.plastic(p).weights()); },
            py::arg("projection"))
        .def(
            "set_weights",
            [](Simulation& s, std::size_t p, const Contiguous<double>& weights) {
                s.plastic(p).set_weights({weights.data(), static_cast<std::size_t>(weights.size())});
            },
            py::arg("projection"), py::arg("weights"))
        .def(
            "is_learning", [](Simulation& s, std::size_t p) { return s.plastic(p).learning; }, py::arg("projection"))
        .def(
            "set_learning", [](Simulation& s, std::size_t p, bool on) { s.plastic(p).learning = on; },
            py::arg("projection"), py::arg("on"))
        .def("add_background", &Simulation::add_background, py::arg("population"), py::arg("channel"), py::arg("mean"),
             py::arg("weight"))
        .def(
            "set_input",
            [](Simulation& s, std::size_t p, const Contiguous<double>& I_x) { s.neurons(p).set_input(to_vector(I_x)); },
            py::arg("population"), py::arg("I_x"))
        .def(
            "get_input",
            [](Simulation& s, std::size_t p) { return to_array(std::vector<double>(s.neurons(p).input())); },
            py::arg("population"))
        .def(
            "get_parameter",
            [](Simulation& s, std::size_t p, const std::string& name) {
                const NeuronPopulation& neurons = s.neurons(p);
                return to_array(std::vector<double>(neurons.values()[neurons.model().parameter(name)]));
            },
            py::arg("population"), py::arg("name"))
        .def(
            "set_parameter",
            [](Simulation& s, std::size_t p, const std::string& name, const Contiguous<double>& value) {
                s.neurons(p).set_parameter(s.neurons(p).model().parameter(name), to_vector(value));
            },
            py::arg("population"), py::arg("name"), py::arg("value"))
        .def(
            "variable_names", [](Simulation& s, std::size_t p) { return s.neurons(p).variable_names(); },
            py::arg("population"))
        .def(
            "get_variable",
            [](Simulation& s, std::size_t p, const std::string& name) {
                const auto [kept, unit] = s.neurons(p).variable(name);
                std::vector<double> values(kept.begin(), kept.end());
                for (double& value : values) value *= unit;
                return to_array(std::move(values));
            },
            py::arg("population"), py::arg("name"))
        .def(
            "set_variable",
            [](Simulation& s, std::size_t p, const std::string& name, const Contiguous<double>& values) {
                const auto [kept, unit] = s.neurons(p).variable(name);
                require(static_cast<std::size_t>(values.size()) == kept.size(), "one value per neuron is required");
                for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = values.data()[i] / unit;
            },
            py::arg("population"), py::arg("name"), py::arg("values"))
        .def(
            "inject_series",
            [](Simulation& s, std::size_t p, const Contiguous<std::int64_t>& steps, const Contiguous<double>& values,
               std::size_t width) {
                s.neurons(p).add_input(
                    std::make_unique<SeriesCurrent>(Series(to_vector(steps), to_vector(values), width)));
            },
            py::arg("population"), py::arg("steps"), py::arg("values"), py::arg("width"))
        .def(
            "drive_variable",
            [](Simulation& s, std::size_t p, const std::string& name, const Contiguous<std::int64_t>& steps,
               const Contiguous<double>& values,
               std::size_t width) { s.neurons(p).drive(name, Series(to_vector(steps), to_vector(values), width)); },
            py::arg("population"), py::arg("name"), py::arg("steps"), py::arg("values"), py::arg("width"))
        .def("inject_white_noise", &Simulation::inject_white_noise, py::arg("population"), py::arg("mean"),
             py::arg("sigma"))
        .def("inject_ornstein_uhlenbeck", &Simulation::inject_ornstein_uhlenbeck, py::arg("population"),
             py::arg("mean"), py::arg("std"), py::arg("tau"))
        .def(
            "set_rate_series",
            [](Simulation& s, std::size_t p, const Contiguous<std::int64_t>& steps, const Contiguous<double>& values,
               std::size_t width) { s.poisson(p).set_series(Series(to_vector(steps), to_vector(values), width)); },
            py::arg("population"), py::arg("steps"), py::arg("values"), py::arg("width"))
        .def("save",
             [](Simulation& s) {
                 Archive archive;
                 s.archive(archive);
                 py::dict entries;
                 for (const auto& [name, bytes] : archive.entries()) entries[py::str(name)] = py::bytes(bytes);
                 return entries;
             })
        .def(
            "restore",
            [](Simulation& s, const std::map<std::string, py::bytes>& entries) {
                Archive::Entries copied;
                for (const auto& [name, bytes] : entries) copied[name] = bytes;
                Archive archive(std::move(copied));
                s.archive(archive);
            },
            py::arg("entries"))
        .def("build", &Simulation::build, py::call_guard<py::gil_scoped_release>())
        .def(
            "synapses", [](const Simulation& s, std::size_t p) { return s.projection(p).synapses; },
            py::arg("projection"))
        .def("connections", &connection_arrays, py::arg("projection"))
        .def("record_spikes", &Simulation::record_spikes, py::arg("population"), py::arg("on"))
        .def(
            "record_state",
            [](Simulation& s, std::uint32_t population, const std::string& variable,
               const Contiguous<std::uint32_t>& neurons, std::int64_t every, bool mean,
               bool single) { return s.record_state({population, variable, to_vector(neurons), every, mean, single}); },
            py::arg("population"), py::arg("variable"), py::arg("neurons"), py::arg("every"), py::arg("mean"),
            py::arg("single"))
        .def(
            "take_spikes",
            [](Simulation& s, std::size_t p) {
                auto spikes = s.take_spikes(p);
                return py::make_tuple(to_array(std::move(spikes.steps)), to_array(std::move(spikes.indices)));
            },
            py::arg("population"))
        .def("take_states", &take_states, py::arg("recorder"))
        .def("run", &run, py::arg("steps"), py::arg("progress") = py::none(), py::arg("profile") = false);
}

}  // namespace rheobase
