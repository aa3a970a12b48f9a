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

/// A copy of a length that is known is one or two instructions, and nothing has to be foreseen.
RHEOBASE_FLATTEN void gather(const RowsToGather& rows) {
    constexpr std::ptrdiff_t line = 64;
    const std::uint8_t* next = rows.next;
    GatheredSynapses* out = rows.out;
    for (std::size_t t = 0; t < rows.tiles; ++t, out += rows.bin_count) {
        for (int k = 0; k < 2 && next < rows.next_end; ++k, next += line) __builtin_prefetch(next);
        const Row row{rows.chunk + rows.starts[t], rows.chunk + rows.starts[t + 1]};
        if (row.begin == row.end) continue;
        for (Place place = first_place(row); place.at != row.end;) {
            GatheredSynapses& g = out[place.bin];
            if (g.slot_count + short_segment > g.slot_room || g.segment_count == g.segment_room) rows.make_room(g);
            const Segment segment = take_segment(place, rows.bins);
            g.events += segment.count;
            if (segment.weights == Weights::same && segment.count <= short_segment) {
                std::memcpy(g.slots + g.slot_count, segment.data, short_segment * sizeof *g.slots);
                g.slot_count += segment.count;
                __builtin_prefetch(g.slots + g.slot_count + short_segment, 1);  // to be written next
            } else {
                g.segments[g.segment_count++] = segment;
            }
        }
    }
}

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
