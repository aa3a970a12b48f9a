#include "arrays.hpp"
#include "polling.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace rheobase {

namespace {

py::dict phases_of(const Profile& p) {
    py::dict phases;
    phases["send_off"] = p.send_off;
    phases["kick"] = p.kick;
    phases["update"] = p.update;
    phases["publish"] = p.publish;
    phases["deliver"] = p.deliver;
    phases["learn"] = p.learn;
    phases["couple"] = p.couple;
    phases["record"] = p.record;
    phases["wait"] = p.wait;
    return phases;
}

py::dict run_steps(Simulation& simulation, std::int64_t steps, const Progress& progress, bool profile) {
    Profile phases;
    Polling polling(progress);
    std::int64_t done = 0;
    {
        const py::gil_scoped_release release;
        done = simulation.run(steps, [&](std::int64_t so_far) { return polling(so_far); }, profile ? &phases : nullptr);
    }
    polling.raise();
    py::dict result;
    result["steps"] = done;
    result["interrupted"] = polling.interrupted();
    if (profile) result["profile"] = phases_of(phases);
    return result;
}

}  // namespace

void register_running(SimulationClass& simulation) {
    simulation.def_property_readonly("now", &Simulation::now)
        .def_property(
            "streams", [](const Simulation& s) { return s.streams().seed; }, &Simulation::set_streams)
        .def_property_readonly("threads", &Simulation::threads)
        .def_property_readonly("events", &Simulation::events)
        .def("run", &run_steps, py::arg("steps"), py::arg("progress") = py::none(), py::arg("profile") = false);
}

}  // namespace rheobase
