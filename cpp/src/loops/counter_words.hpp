#pragma once

#include "loops/instruction_set.hpp"
#include "rheobase/random/philox_lanes.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

constexpr std::size_t max_counters = 80;  // of a block of neurons: block_size / 4 + 2, and whole lanes

/// The words at consecutive counters, four of each counter, two per number.
struct CounterWords {
    std::uint64_t pairs[2 * max_counters];
};

/// The words at counters [begin, begin + n) of a step. n <= block_size / 4 + 2.
inline CounterWords draw_words(RandomSource random, std::uint32_t tag, std::uint32_t begin, std::size_t n,
                               std::uint32_t step_low, std::uint32_t step_high) noexcept {
    std::uint64_t first[max_counters], second[max_counters];
    consecutive_words(random, tag, begin, step_low, step_high, n, first, second);
    CounterWords words;
    for (std::size_t q = 0; q < n; ++q) {
        words.pairs[2 * q] = first[q];
        words.pairs[2 * q + 1] = second[q];
    }
    return words;
}

/// Counters that neurons [first, first + n) share, `each` of them one.
inline std::size_t count_counters(std::uint32_t first, std::size_t n, std::uint32_t each) noexcept {
    return (first + static_cast<std::uint32_t>(n) + each - 1) / each - first / each;
}

}  // namespace

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
