#include "rheobase/base/errors.hpp"

#include "register.hpp"

namespace py = pybind11;

namespace rheobase {

void register_errors(py::module_& m) {
    py::register_exception<InvalidArgument>(m, "InvalidArgument", PyExc_ValueError);
    // its arguments are the population, neuron and step, for the front to name
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
}

}  // namespace rheobase
