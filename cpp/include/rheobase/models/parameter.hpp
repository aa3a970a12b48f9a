#pragma once

#include <cmath>
#include <limits>

namespace rheobase {

/// The values a parameter may take. Bounds are inclusive unless `open`.
struct Bounds {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    bool open = false;

    bool hold(double value) const noexcept {
        return std::isfinite(value) && (open ? value > low && value < high : value >= low && value <= high);
    }
};

constexpr Bounds any{};
constexpr Bounds positive{0.0, std::numeric_limits<double>::infinity(), true};
constexpr Bounds non_negative{0.0, std::numeric_limits<double>::infinity(), false};

/// One parameter of a model: the single place of its name, unit, default, bounds and meaning.
template <class Parameters>
struct Parameter {
    double Parameters::* member;
    const char* name;
    const char* unit;
    double standard;
    Bounds bounds;
    const char* doc;
};

/// One state variable of a model.
template <class State>
struct Variable {
    double State::* member;
    const char* name;
    const char* unit;
    const char* doc;
};

/// A relation between parameters, `lesser` < `greater`, that must hold for every neuron.
template <class Parameters>
struct Ordered {
    double Parameters::* lesser;
    double Parameters::* greater;
};

}  // namespace rheobase
