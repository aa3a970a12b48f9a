#include <pybind11/stl.h>

#include <map>
#include <string>
#include <utility>

#include "polling.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace rheobase {

void register_saving(SimulationClass& simulation) {
    simulation
        .def("save",
             [](Simulation& s) {
                 py::dict entries;
                 for (const auto& [name, bytes] : s.save()) entries[py::str(name)] = py::bytes(bytes);
                 return entries;
             })
        .def(
            "restore",
            [](Simulation& s, const std::map<std::string, py::bytes>& entries, const Progress& progress) {
                Archive::Entries copied;
                for (const auto& [name, bytes] : entries) copied[name] = bytes;
                Polling(progress).complete([&](const Poll& poll) { s.restore(std::move(copied), poll); });
            },
            py::arg("entries"), py::arg("progress") = py::none());
}

}  // namespace rheobase
