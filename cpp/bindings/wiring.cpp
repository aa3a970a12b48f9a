#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "polling.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace rheobase {

namespace {

ConnectionRule make_degrees(ConnectionRule::Kind kind, const Contiguous<std::uint32_t>& degrees, bool multapses,
                            bool autapses) {
    ConnectionRule rule;
    rule.kind = kind;
    rule.degrees = to_vector(degrees);
    rule.multapses = multapses;
    rule.autapses = autapses;
    return rule;
}

ConnectionRule make_listed(std::size_t n_pre, std::size_t n_post, const Contiguous<std::int32_t>& pre,
                           const Contiguous<std::int32_t>& post, const Contiguous<double>& weights,
                           const Contiguous<std::uint16_t>& delays, std::size_t threads, const Progress& progress) {
    return Polling(progress).complete([&](const Poll& poll) {
        SharedWork work(poll);
        ThreadPool pool(threads);
        ConnectionRule rule;
        rule.list =
            list_pairs(n_pre, n_post, {to_span(pre), to_span(post), to_span(weights), to_span(delays)}, pool, work);
        return rule;
    });
}

/// Every connection as four arrays.
py::tuple connection_arrays(Simulation& simulation, std::size_t projection) {
    std::vector<std::int32_t> pre, post;
    std::vector<float> weight;
    std::vector<std::uint16_t> delay;
    Polling polling(no_progress);
    polling.complete([&](const Poll& poll) {
        for (const Synapse& s : simulation.read_connections(projection, poll)) {
            pre.push_back(static_cast<std::int32_t>(s.pre));
            post.push_back(static_cast<std::int32_t>(s.post));
            weight.push_back(s.weight);
            delay.push_back(s.delay);
        }
    });
    return py::make_tuple(to_array(std::move(pre)), to_array(std::move(post)), to_array(std::move(weight)),
                          to_array(std::move(delay)));
}

std::size_t connect(Simulation& simulation, std::uint32_t pre, std::uint32_t post, std::size_t receptor,
                    const std::shared_ptr<ConnectionRule>& rule, const Distribution& weight, const Distribution& delay,
                    int weight_bits, const std::string& plasticity, const std::vector<double>& values,
                    const std::optional<std::shared_ptr<PlasticityProgram>>& program,
                    const Contiguous<std::uint32_t>& pre_neurons, const Contiguous<std::uint32_t>& post_neurons,
                    const PostDelays& post_delays) {
    return simulation.connect({pre, post, receptor, std::shared_ptr<const ConnectionRule>(rule), weight, delay,
                               weight_bits, plasticity.empty() ? nullptr : &plasticity_rule(plasticity), values,
                               program.value_or(nullptr), Selection(to_vector(pre_neurons)),
                               Selection(to_vector(post_neurons)), post_delays});
}

}  // namespace

void register_wiring(py::module_& m, SimulationClass& simulation) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    py::class_<Distribution>(m, "Distribution")
        .def(py::init(&make_distribution), py::arg("kind"), py::arg("a"), py::arg("b") = 0.0, py::kw_only(),
             py::arg("low") = -infinity, py::arg("high") = infinity)
        .def_property_readonly("max_value", &Distribution::max_value)
        .def("at_least", &Distribution::at_least, py::arg("low"));

    py::class_<PostDelays>(m, "PostDelays")
        .def(py::init([](const Distribution& draw, const std::optional<Contiguous<std::uint16_t>>& listed) {
                 PostDelays made{draw};
                 if (listed) made.listed = std::make_shared<const std::vector<std::uint16_t>>(to_vector(*listed));
                 return made;
             }),
             py::arg("draw"), py::arg("listed") = py::none());

    using Kind = ConnectionRule::Kind;
    py::class_<ConnectionRule, std::shared_ptr<ConnectionRule>>(m, "ConnectionRule")
        .def_static(
            "out_degrees",
            [](const Contiguous<std::uint32_t>& degrees, bool multapses, bool autapses) {
                return make_degrees(Kind::out_degrees, degrees, multapses, autapses);
            },
            py::arg("degrees"), py::arg("multapses"), py::arg("autapses"))
        .def_static(
            "in_degrees",
            [](const Contiguous<std::uint32_t>& degrees, bool multapses, bool autapses) {
                return make_degrees(Kind::in_degrees, degrees, multapses, autapses);
            },
            py::arg("degrees"), py::arg("multapses"), py::arg("autapses"))
        .def_static("listed", &make_listed, py::kw_only(), py::arg("n_pre"), py::arg("n_post"), py::arg("pre"),
                    py::arg("post"), py::arg("weights"), py::arg("delays"), py::arg("threads"),
                    py::arg("progress") = py::none())
        .def_property_readonly_static("listing_passes", [](const py::object&) { return listing_passes; });

    simulation
        .def("connect", &connect, py::kw_only(), py::arg("pre"), py::arg("post"), py::arg("receptor"), py::arg("rule"),
             py::arg("weight"), py::arg("delay"), py::arg("weight_bits") = 32, py::arg("plasticity") = "",
             py::arg("values") = std::vector<double>{}, py::arg("program") = py::none(),
             py::arg("pre_neurons") = Contiguous<std::uint32_t>(),
             py::arg("post_neurons") = Contiguous<std::uint32_t>(), py::arg_v("post_delays", PostDelays{}, "..."))
        .def("set_weight", &Simulation::set_weight, py::arg("projection"), py::arg("weight"))
        .def(
            "list_weights",
            [](Simulation& s, std::size_t p, const std::shared_ptr<ConnectionRule>& rule) {
                s.list_weights(p, std::shared_ptr<const ConnectionRule>(rule));
            },
            py::arg("projection"), py::arg("rule"))
        .def(
            "build",
            [](Simulation& s, const Progress& progress) {
                Polling(progress).complete([&](const Poll& poll) { s.build(poll); });
            },
            py::arg("progress") = py::none())
        .def("count_work", &Simulation::count_work)
        .def(
            "synapses", [](const Simulation& s, std::size_t p) { return s.projections().at(p)->synapses; },
            py::arg("projection"))
        .def(
            "wiring",
            [](const Simulation& s, std::size_t p) {
                const Projection& made = *s.projections().at(p);
                return py::make_tuple(std::const_pointer_cast<ConnectionRule>(made.rule.shared()), made.weight,
                                      made.delay, made.post_delays);
            },
            py::arg("projection"))
        .def(
            "share_connections",
            [](Simulation& s, Simulation& other, bool learned) {
                Polling(no_progress).complete([&](const Poll& poll) { s.share_connections(other, learned, poll); });
            },
            py::arg("other"), py::arg("learned"))
        .def("connections", &connection_arrays, py::arg("projection"))
        .def_property_readonly("synapse_count", &Simulation::synapse_count)
        .def_property_readonly("synapse_bytes", &Simulation::synapse_bytes);
}

}  // namespace rheobase
