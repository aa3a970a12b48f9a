#include <cstring>

#include "loops/counter_words.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {

/// Each neuron draws a number of 32 bits, but the upper half decides unless a threshold has the same. Therefore
/// eight neurons share a counter, and the few that need it are given their lower half from a counter of their own.
RHEOBASE_FLATTEN void drive(const DriveBlock& b) noexcept {
    constexpr std::uint32_t each = 8, own_counter = 0x80000000;
    std::uint16_t halves[block_size + 16];
    const auto words =
        draw_words(b.random, b.tag, b.first / each, count_counters(b.first, b.n, each), b.step_low, b.step_high);
    std::memcpy(halves, words.pairs, sizeof halves);
    const std::uint16_t* high = halves + b.first % each;
    std::uint16_t counts[block_size], undecided[block_size];
    for (std::size_t i = 0; i < b.n; ++i) counts[i] = undecided[i] = 0;
    for (std::size_t t = 0; t < b.group_count; ++t) {
        const ThresholdGroup group = b.groups[t];
        for (std::size_t i = 0; i < b.n; ++i) {
            const auto above = static_cast<std::uint16_t>(-static_cast<std::uint16_t>(high[i] > group.high));
            const auto equal = static_cast<std::uint16_t>(high[i] == group.high);
            counts[i] = static_cast<std::uint16_t>(counts[i] + (above & group.count));
            undecided[i] = static_cast<std::uint16_t>(undecided[i] | equal);
        }
    }
    std::uint16_t any = 0;
    for (std::size_t i = 0; i < b.n; ++i) any = static_cast<std::uint16_t>(any | undecided[i]);
    for (std::size_t i = 0; any != 0 && i < b.n; ++i) {
        if (undecided[i] == 0) continue;
        const std::uint32_t neuron = b.first + static_cast<std::uint32_t>(i);
        const std::uint32_t low = b.random.words(b.tag, own_counter | neuron, b.step_low, b.step_high).w[0] & 0xFFFF;
        const std::uint32_t number = (static_cast<std::uint32_t>(high[i]) << 16) | low;
        counts[i] = 0;
        for (std::size_t t = 0; t < b.threshold_count && number >= b.thresholds[t]; ++t) ++counts[i];
    }
    for (std::size_t i = 0; i < b.n; ++i) b.slot[i] += b.weight * static_cast<double>(static_cast<int>(counts[i]));
}

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
