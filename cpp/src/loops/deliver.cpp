#include <cstring>

#include "loops/instruction_set.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

inline std::uint32_t slot_at(const std::uint8_t* data, std::size_t k) noexcept {
    std::uint16_t t;
    std::memcpy(&t, data + 2 * k, sizeof t);
    return t;
}

inline double weight_at(const std::uint8_t* data, std::size_t k) noexcept {
    float w;
    std::memcpy(&w, data + 4 * k, sizeof w);
    return static_cast<double>(w);
}

inline double multiple_at(const std::uint8_t* data, std::size_t k) noexcept {
    std::int16_t m;
    std::memcpy(&m, data + 2 * k, sizeof m);
    return static_cast<double>(m);
}

/// Asks for a segment's memory, or for its first kilobyte; the machine fetches what follows by itself.
inline void prefetch(const Segment& s) noexcept {
    constexpr std::size_t line = 64, max_bytes = 1024;
    const std::size_t bytes = s.count * synapse_width(s.weights);
    for (std::size_t at = 0; at < bytes + line && at < max_bytes; at += line) __builtin_prefetch(s.data + at);
}

}  // namespace

void deliver(double* slots, const Segment* segments, std::size_t count) noexcept {
    constexpr std::size_t ahead = 12;
    for (std::size_t s = 0; s < ahead && s < count; ++s) prefetch(segments[s]);
    for (std::size_t s = 0; s < count; ++s) {
        if (s + ahead < count) prefetch(segments[s + ahead]);
        const Segment& segment = segments[s];
        const std::uint8_t* places = segment.data;
        const std::uint8_t* weights = places + 2 * static_cast<std::size_t>(segment.count);
        const double w = static_cast<double>(segment.weight);
        if (segment.weights == Weights::single) {
#pragma GCC unroll 4
            for (std::size_t k = 0; k < segment.count; ++k) slots[slot_at(places, k)] += weight_at(weights, k);
        } else if (segment.weights == Weights::multiples) {
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
