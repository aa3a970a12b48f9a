#pragma once

#include <cstddef>
#include <cstdint>

#include "rheobase/random/random.hpp"

namespace rheobase {

// A neuron draws a number of 32 bits: the upper eight from a counter that neighbours share, the others from a counter
// of its own, which is asked for only where the upper ones are those of a threshold.

constexpr std::uint32_t drives_per_counter = 16;

constexpr std::uint32_t own_drive_counter(std::uint32_t neuron) noexcept { return 0x80000000 | neuron; }

/// `own` is the first word of the neuron's counter.
constexpr std::uint32_t drive_number(std::uint8_t high, std::uint32_t own) noexcept {
    return static_cast<std::uint32_t>(high) << 24 | (own & 0xFFFFFF);
}

/// Poisson drive of neighbouring neurons, a number of spikes for each: `thresholds` is the cumulative distribution
/// scaled to 32 bits, ascending, `upper` their upper eight bits; of those that are 255 at most one is needed.
struct DriveBlock {
    std::size_t n;
    std::uint32_t first;  ///< id of the first neuron
    const std::uint32_t* thresholds;
    std::size_t threshold_count;
    const std::uint8_t* upper;
    std::size_t upper_count;
    double weight;
    double* slot;
    RandomSource random;
    std::uint32_t tag, step_low, step_high;
};

}  // namespace rheobase
