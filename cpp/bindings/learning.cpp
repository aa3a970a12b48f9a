#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>

#include "arrays.hpp"
#include "polling.hpp"
#include "rheobase/learning/lms.hpp"
#include "rheobase/learning/reservoir.hpp"
#include "rheobase/learning/rls.hpp"

namespace py = pybind11;

namespace rheobase {

namespace {

using Values = Contiguous<double>;
using SparseRows = std::tuple<Contiguous<std::int64_t>, Contiguous<std::int32_t>, Values>;

Activation activation(const std::string& name) {
    if (name == "tanh") return Activation::tanh;
    if (name == "relu") return Activation::relu;
    if (name == "logistic") return Activation::logistic;
    require(name == "linear", "f must be one of tanh, relu, logistic, linear");
    return Activation::linear;
}

void require_shape(const Values& array, std::initializer_list<std::size_t> shape, const char* message) {
    bool fits = static_cast<std::size_t>(array.ndim()) == shape.size();
    py::ssize_t axis = 0;
    for (const std::size_t length : shape) fits = fits && static_cast<std::size_t>(array.shape(axis++)) == length;
    require(fits, message);
}

/// Runs a loop without the GIL.
template <class Loop>
py::dict without_gil(const Progress& progress, Loop loop) {
    Polling polling(progress);
    LearningOutcome outcome;
    {
        const py::gil_scoped_release release;
        outcome = loop([&](std::int64_t done) { return polling(done); });
    }
    polling.raise();
    py::dict result;
    result["steps"] = outcome.steps;
    result["diverged"] = outcome.diverged;
    result["overshot"] = outcome.overshot;
    result["interrupted"] = outcome.interrupted;
    return result;
}

py::dict run(const Values& W, const std::optional<SparseRows>& sparse, const std::optional<Values>& Q, const Values& R,
             const std::optional<Values>& X, const Values& r, const Values& tau, double dt, const std::string& f,
             std::int64_t steps, LearningRule* rule, const std::optional<Values>& y,
             const std::tuple<std::int64_t, std::int64_t, std::int64_t>& window,
             const Contiguous<std::uint32_t>& neurons, const Progress& progress) {
    const auto n = static_cast<std::size_t>(r.size());
    const auto T = static_cast<std::size_t>(steps);
    require(steps >= 0 && R.ndim() == 2, "steps must not be negative, and R needs two axes");
    const auto outputs = static_cast<std::size_t>(R.shape(0));
    require_shape(R, {outputs, n}, "R must have shape (outputs, n)");
    require_shape(tau, {n}, "tau must have shape (n,)");
    if (Q) require_shape(*Q, {n, outputs}, "Q must have shape (n, outputs)");
    if (X && X->ndim() == 2) require_shape(*X, {T, n}, "X must have shape (steps, n)");
    if (X && X->ndim() != 2) require_shape(*X, {n}, "X must have shape (n,)");
    const auto [first, last, every] = window;
    if (rule != nullptr) {
        require(y.has_value() && every >= 1 && first >= 0, "a rule needs targets and a window");
        require_shape(*y, {T, outputs}, "y must have shape (steps, outputs)");
        require(rule->size() == 0 || rule->size() == n, "the rule must be made for n rates");
    }
    RecurrentWeights weights{W.data()};
    if (sparse) {
        const auto& [row_start, column, value] = *sparse;
        require(static_cast<std::size_t>(row_start.size()) == n + 1 && column.size() == value.size() &&
                    row_start.at(0) == 0 && row_start.at(row_start.size() - 1) == value.size(),
                "W must be given as sparse rows");
        for (std::size_t j = 0; j < n; ++j)
            require(row_start.data()[j] <= row_start.data()[j + 1], "rows of W must follow each other");
        for (py::ssize_t s = 0; s < column.size(); ++s)
            require(column.data()[s] >= 0 && static_cast<std::size_t>(column.data()[s]) < n,
                    "columns of W must lie within it");
        weights = {value.data(), row_start.data(), column.data()};
    } else {
        require_shape(W, {n, n}, "W must have shape (n, n)");
    }
    const std::vector<std::uint32_t> kept = to_vector(neurons);
    for (const std::uint32_t k : kept) require(k < n, "neurons must lie within the network");

    std::vector<double> state = to_vector(r), readout = to_vector(R);
    std::vector<double> z(T * outputs), rates(T * kept.size());
    const Reservoir network{n,
                            outputs,
                            dt,
                            tau.data(),
                            activation(f),
                            weights,
                            Q ? Q->data() : nullptr,
                            X ? X->data() : nullptr,
                            X && X->ndim() == 2,
                            state.data(),
                            readout.data()};
    const Lesson lesson{rule, rule != nullptr ? y->data() : nullptr, first, last, every};
    const ReservoirRecord record{z.data(), kept, rates.data()};
    py::dict result =
        without_gil(progress, [&](const Poll& poll) { return run_reservoir(network, lesson, record, steps, poll); });
    const auto rows = static_cast<py::ssize_t>(T), M = static_cast<py::ssize_t>(outputs);
    const auto columns = static_cast<py::ssize_t>(kept.size()), N = static_cast<py::ssize_t>(n);
    result["z"] = to_array(std::move(z), {rows, M});
    result["rates"] = to_array(std::move(rates), {rows, columns});
    result["r"] = to_array(std::move(state));
    result["R"] = to_array(std::move(readout), {M, N});
    return result;
}

py::dict learn(LearningRule& rule, const Values& R, const Values& r, const Values& y, const Progress& progress) {
    require(R.ndim() == 2 && r.ndim() == 2, "R and r need two axes");
    const auto outputs = static_cast<std::size_t>(R.shape(0)), n = static_cast<std::size_t>(R.shape(1));
    const auto T = static_cast<std::size_t>(r.shape(0));
    require_shape(r, {T, n}, "r must have shape (steps, n)");
    require_shape(y, {T, outputs}, "y must have shape (steps, outputs)");
    require(rule.size() == 0 || rule.size() == n, "the rule must be made for n rates");
    std::vector<double> readout = to_vector(R), z(T * outputs);
    py::dict result = without_gil(progress, [&](const Poll& poll) {
        return learn_series(rule, n, outputs, r.data(), y.data(), readout.data(), z.data(),
                            static_cast<std::int64_t>(T), poll);
    });
    result["z"] = to_array(std::move(z), {r.shape(0), R.shape(0)});
    result["R"] = to_array(std::move(readout), {R.shape(0), R.shape(1)});
    return result;
}

py::array_t<double> inverse_correlation(Rls& rule) {
    std::vector<double> P;
    {
        const py::gil_scoped_release release;
        P = rule.P.values();
    }
    const auto n = static_cast<py::ssize_t>(rule.size());
    return to_array(std::move(P), {n, n});
}

}  // namespace

void register_learning(py::module_& m) {
    py::class_<LearningRule>(m, "LearningRule")
        .def("learn", &learn, py::arg("R"), py::arg("r"), py::arg("y"), py::arg("progress") = py::none());
    py::class_<Lms, LearningRule>(m, "Lms").def(py::init<double>(), py::arg("eps"));
    py::class_<Rls, LearningRule>(m, "Rls")
        .def(py::init<std::size_t, double>(), py::arg("n"), py::arg("c"))
        .def_property_readonly("P", &inverse_correlation);
    m.def("run_reservoir", &run, py::kw_only(), py::arg("W"), py::arg("sparse"), py::arg("Q"), py::arg("R"),
          py::arg("X"), py::arg("r"), py::arg("tau"), py::arg("dt"), py::arg("f"), py::arg("steps"),
          py::arg("rule").none(true), py::arg("y"), py::arg("window"), py::arg("neurons"),
          py::arg("progress") = py::none());
}

}  // namespace rheobase
