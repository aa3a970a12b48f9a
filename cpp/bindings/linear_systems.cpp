#include "rheobase/dynamics/linear_systems.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <vector>

#include "arrays.hpp"
#include "rheobase/base/errors.hpp"

namespace py = pybind11;

namespace rheobase {

namespace {

template <class Real>
py::array_t<Real> matrices(const py::object& self) {
    auto& systems = self.cast<LinearSystems<Real>&>();
    const auto count = static_cast<py::ssize_t>(systems.count()), n = static_cast<py::ssize_t>(systems.size());
    const auto row = static_cast<py::ssize_t>(systems.stride() * sizeof(Real));
    return py::array_t<Real>({count, n, n}, {n * row, row, static_cast<py::ssize_t>(sizeof(Real))},
                             systems.count() == 0 ? nullptr : systems.matrix(0), self);
}

template <class Real>
void decompose(LinearSystems<Real>& systems, std::size_t count) {
    require(count <= systems.count(), "count must not be more than there are systems");
    const py::gil_scoped_release release;
    systems.decompose(count);
}

template <class Real>
std::vector<bool> singular(const LinearSystems<Real>& systems) {
    std::vector<bool> result(systems.count());
    for (std::size_t k = 0; k < result.size(); ++k) result[k] = systems.outcome(k) == Decomposition::singular;
    return result;
}

template <class Real>
void solve(LinearSystems<Real>& systems, const Contiguous<std::int64_t>& which,
           py::array_t<Real, py::array::c_style>& sides) {
    const py::ssize_t n = static_cast<py::ssize_t>(systems.size());
    require(which.ndim() == 1 && sides.ndim() == 3 && sides.shape(0) == which.size() && sides.shape(2) == n,
            "sides must have shape (which, m, n)");
    const std::int64_t* k = which.data();
    for (py::ssize_t s = 0; s < which.size(); ++s)
        require(k[s] >= 0 && static_cast<std::size_t>(k[s]) < systems.count(),
                "which must name systems that there are");
    const auto rows = static_cast<std::size_t>(sides.shape(1));
    Real* values = sides.mutable_data();
    const py::gil_scoped_release release;
    for (py::ssize_t s = 0; s < which.size(); ++s)
        systems.solve(static_cast<std::size_t>(k[s]), rows, values + static_cast<std::size_t>(s * n) * rows);
}

template <class Real>
void bind_systems(py::module_& m, const char* name) {
    py::class_<LinearSystems<Real>>(m, name)
        .def(py::init<std::size_t, std::size_t>(), py::arg("count"), py::arg("n"))
        .def_property_readonly("matrices", &matrices<Real>)
        .def_property_readonly("singular", &singular<Real>)
        .def("decompose", &decompose<Real>, py::arg("count"))
        .def("solve", &solve<Real>, py::arg("which"), py::arg("sides").noconvert());
}

}  // namespace

void register_linear_systems(py::module_& m) {
    bind_systems<float>(m, "SingleLinearSystems");
    bind_systems<double>(m, "LinearSystems");
}

}  // namespace rheobase
