#include "loops/instruction_set.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

/// Asks for a segment's memory, or for its first kilobyte; the machine fetches what follows by itself.
inline void prefetch(const Segment& s) noexcept {
    constexpr std::size_t line = 64, max_bytes = 1024;
    const std::size_t bytes = s.count * synapse_width(s.weights);
    for (std::size_t at = 0; at < bytes + line && at < max_bytes; at += line) __builtin_prefetch(s.data + at);
}

}  // namespace

RHEOBASE_FLATTEN void deliver(double* slots, const Segment* segments, std::size_t count) noexcept {
    constexpr std::size_t ahead = 12;
    for (std::size_t s = 0; s < ahead && s < count; ++s) prefetch(segments[s]);
    for (std::size_t s = 0; s < count; ++s) {
        if (s + ahead < count) prefetch(segments[s + ahead]);
        const Segment& segment = segments[s];
        const std::uint8_t* places = segment.data;
        const std::uint8_t* weights = weights_of(segment);
        const double w = static_cast<double>(segment.weight);
        if (segment.weights == Weights::bits_32) {
#pragma GCC unroll 4
            for (std::size_t k = 0; k < segment.count; ++k) slots[slot_at(places, k)] += single_at(weights, k);
        } else if (segment.weights == Weights::bits_16) {
#pragma GCC unroll 4
            for (std::size_t k = 0; k < segment.count; ++k) slots[slot_at(places, k)] += w * multiple_at(weights, k);
        } else {
#pragma GCC unroll 4
            for (std::size_t k = 0; k < segment.count; ++k) slots[slot_at(places, k)] += w;
        }
    }
}

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
