#pragma once

#include <cstddef>
#include <cstdint>

#include "rheobase/random/random.hpp"

namespace rheobase {

// A neuron draws a byte from a counter that neighbours share. Of the 256 bytes, as many stand for a number of spikes as
// go whole into 256 times its probability. The others stand for what is left of all probabilities: where one is drawn,
// a word from a counter of the neuron's own decides.

constexpr std::uint32_t drives_per_counter = 16;

/// Its first word decides.
constexpr std::uint32_t own_drive_counter(std::uint32_t neuron) noexcept { return 0x80000000 | neuron; }

/// How many spikes a neuron gets, by what it draws.
struct DriveTable {
    std::uint8_t fewest;              ///< what the lowest bytes stand for
    const std::uint8_t* last_bytes;   ///< ascending: the k-th is the last byte that stands for fewest + k spikes
    std::size_t byte_count;           ///< of last_bytes; bytes beyond the last one leave it to the word
    const std::uint32_t* thresholds;  ///< ascending: a word stands for the number of those at or below it
    std::size_t threshold_count;
};

/// Poisson drive of neighbouring neurons, a number of spikes for each.
struct DriveBlock {
    std::size_t n;
    std::uint32_t first;  ///< id of the first neuron
    DriveTable table;
    double weight;
    double* slot;
    RandomSource random;
    std::uint32_t tag, step_low, step_high;
};

}  // namespace rheobase
