#pragma once

#include <cstddef>
#include <cstdint>

#include "rheobase/loops/row_format.hpp"

namespace rheobase {

/// What the rows of many pre neurons have of one bin onto one tile.
struct GatheredSynapses {
    std::uint16_t* slots = nullptr;  ///< of short segments whose bin has one weight, side by side
    Segment* segments = nullptr;     ///< all others, as they come
    std::uint32_t slot_count = 0, slot_room = 0;
    std::uint32_t segment_count = 0, segment_room = 0;
    std::uint64_t events = 0;  ///< synapses of both
};

/// A segment is short if one copy of this many slots takes all of it; so many are read and written, however many it
/// has.
constexpr std::uint32_t short_segment = 32;

/// The rows of one pre neuron onto a few tiles, which lie side by side, and where their synapses go.
struct RowsToGather {
    const std::uint8_t* chunk;
    const std::uint32_t* starts;  ///< of each row within the chunk, and where the last ends
    std::size_t tiles;
    const Bin* bins;
    std::size_t bin_count;
    GatheredSynapses* out;                ///< by tile, then bin
    const std::uint8_t *next, *next_end;  ///< what is gathered next
    /// Makes room for a segment more, of either kind, in one of `out`.
    void (*make_room)(GatheredSynapses&);
};

}  // namespace rheobase
