#include <pybind11/pybind11.h>

#include "rheobase/base/errors.hpp"
#include "rheobase/loops/loops.hpp"

namespace py = pybind11;

namespace rheobase {
void register_learning(py::module_& m);
void register_models(py::module_& m);
void register_simulation(py::module_& m);
}  // namespace rheobase

PYBIND11_MODULE(_engine, m) {
    m.doc() = "The compiled engine of rheobase. Its public face is the package around it.";
    py::register_exception<rheobase::InvalidArgument>(m, "InvalidArgument", PyExc_ValueError);
    m.def("isa", [] { return rheobase::loops().isa; }, "Instruction set of the loops in use.");
    m.attr("compiler") = RHEOBASE_COMPILER;
    rheobase::register_learning(m);
    rheobase::register_models(m);
    rheobase::register_simulation(m);
}
