#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "rheobase/random/random.hpp"

namespace rheobase {

/// How a weight or a delay is drawn: a constant, or a distribution that is drawn again until it falls in [low, high].
struct Draw {
    enum class Kind { constant, uniform, normal, lognormal };
    Kind kind = Kind::constant;
    double a = 0.0, b = 0.0;  ///< value; bounds; mean and s.d.; mean and s.d. of the logarithm
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();

    bool constant() const noexcept { return kind == Kind::constant; }

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
    double smallest() const noexcept {
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
    double largest() const noexcept {
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

}  // namespace rheobase
