#pragma once

#include <cstddef>
#include <cstdint>

#include "rheobase/random/random.hpp"

namespace rheobase {

/// Thresholds that have their upper half in common.
struct ThresholdGroup {
    std::uint16_t high, count;  ///< the half, and how many thresholds share it
};

/// Poisson drive of a block of neurons, a number of spikes for each: `thresholds` is the cumulative distribution scaled
/// to 32 bits, `groups` its upper halves.
struct DriveBlock {
    std::size_t n;
    std::uint32_t first;  ///< id of the first neuron
    const std::uint32_t* thresholds;
    std::size_t threshold_count;
    const ThresholdGroup* groups;
    std::size_t group_count;
    double weight;
    double* slot;
    RandomSource random;
    std::uint32_t tag, step_low, step_high;
};

}  // namespace rheobase
