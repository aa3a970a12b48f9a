#include <pybind11/pybind11.h>

#include "register.hpp"
#include "rheobase/loops/loops.hpp"

namespace py = pybind11;

PYBIND11_MODULE(_engine, m) {
    using namespace rheobase;
    m.doc() = "The compiled engine of rheobase. Its public face is the package around it.";
    m.def("isa", [] { return loops().isa; }, "Instruction set of the loops in use.");
    m.def("fused", [] { return loops().fused; }, "Whether these loops round a product and its sum once.");
    m.attr("compiler") = RHEOBASE_COMPILER;
    register_errors(m);
    register_learning(m);
    register_linear_systems(m);
    register_models(m);
    SimulationClass simulation(m, "Simulation");
    register_programs(m, simulation);
    register_wiring(m, simulation);
    register_populations(simulation);
    register_currents(simulation);
    register_plasticity(simulation);
    register_state(simulation);
    register_recording(m, simulation);
    register_running(simulation);
    register_saving(simulation);
}
