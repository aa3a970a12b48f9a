#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "rheobase/base/errors.hpp"
#include "rheobase/random/random.hpp"

namespace rheobase {

/// How a weight or a delay is drawn: a constant, or a distribution that is drawn again until it falls in [low, high].
struct Distribution {
    enum class Kind { constant, uniform, normal, lognormal };
    Kind kind = Kind::constant;
    double a = 0.0, b = 0.0;  ///< value; bounds; mean and s.d.; mean and s.d. of the logarithm
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();

    bool constant() const noexcept { return kind == Kind::constant; }

    /// The same, but no draw lies below `bound`.
    Distribution at_least(double bound) const noexcept {
        Distribution bounded = *this;
        bounded.low = std::max(low, bound);
        return bounded;
    }

    /// The value that one word gives.
    double at(std::uint32_t word) const noexcept {
        switch (kind) {
            case Kind::uniform:
                return a + (b - a) * uniform(word);
            case Kind::normal:
                return a + b * standard_normal(word);
            case Kind::lognormal:
                return std::exp(a + b * standard_normal(word));
            default:
                return a;
        }
    }
    bool accepts(double value) const noexcept { return value >= low && value <= high; }

    /// No draw can lie below this.
    double min_value() const noexcept {
        switch (kind) {
            case Kind::uniform:
                return std::max(low, std::min(a, b));
            case Kind::normal:
                return std::max(low, a - b * largest_normal);
            case Kind::lognormal:
                return std::max(low, std::exp(a - b * largest_normal));
            default:
                return a;
        }
    }

    /// No draw can lie above this.
    double max_value() const noexcept {
        switch (kind) {
            case Kind::uniform:
                return std::min(high, std::max(a, b));
            case Kind::normal:
                return std::min(high, a + b * largest_normal);
            case Kind::lognormal:
                return std::min(high, std::exp(a + b * largest_normal));
            default:
                return a;
        }
    }
};

/// By the name of its kind.
inline Distribution make_distribution(const std::string& kind, double a, double b, double low, double high) {
    using Kind = Distribution::Kind;
    if (kind == "constant") return {Kind::constant, a, b, low, high};
    if (kind == "uniform") return {Kind::uniform, a, b, low, high};
    if (kind == "normal") return {Kind::normal, a, b, low, high};
    require(kind == "lognormal", "kind must be one of constant, uniform, normal, lognormal");
    return {Kind::lognormal, a, b, low, high};
}

}  // namespace rheobase
