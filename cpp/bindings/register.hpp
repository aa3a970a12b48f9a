#pragma once

#include <pybind11/pybind11.h>

#include "rheobase/simulation/simulation.hpp"

// One function per concept registers what Python sees of it, each in a file of its own.

namespace rheobase {

using SimulationClass = pybind11::class_<Simulation>;

void register_errors(pybind11::module_& m);
void register_models(pybind11::module_& m);
void register_learning(pybind11::module_& m);
void register_linear_systems(pybind11::module_& m);
void register_wiring(pybind11::module_& m, SimulationClass& simulation);
void register_populations(SimulationClass& simulation);
void register_programs(pybind11::module_& m, SimulationClass& simulation);
void register_currents(SimulationClass& simulation);
void register_plasticity(SimulationClass& simulation);
void register_state(SimulationClass& simulation);
void register_recording(pybind11::module_& m, SimulationClass& simulation);
void register_running(SimulationClass& simulation);
void register_saving(SimulationClass& simulation);

}  // namespace rheobase
