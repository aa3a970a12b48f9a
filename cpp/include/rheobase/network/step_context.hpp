#pragma once

#include <cstdint>

#include "rheobase/random/random.hpp"

namespace rheobase {

/// Where a step starts and what randomness it may use. The step leads from n to n + 1.
struct StepContext {
    std::int64_t n;
    double dt;
    RandomSource random;

    std::uint32_t low() const noexcept { return static_cast<std::uint32_t>(n); }
    std::uint32_t high() const noexcept { return static_cast<std::uint32_t>(static_cast<std::uint64_t>(n) >> 32); }
};

}  // namespace rheobase
