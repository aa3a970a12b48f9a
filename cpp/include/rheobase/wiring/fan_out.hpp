#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "rheobase/loops/loops.hpp"
#include "rheobase/wiring/row_memory.hpp"

namespace rheobase {

/// Synapses of one source that share a delay and, where it is constant, a weight.
struct Bin {
    std::uint16_t delay;
    std::uint32_t projection;  ///< the projection of a constant weight
    Weights weights;
    float weight;  ///< of all, or what multiples are of

    std::size_t width() const noexcept { return synapse_width(weights); }
};

/// What precedes each segment of a row. That the next one's bin is known early tells when it is due before its memory
/// has come.
struct SegmentHeader {
    std::uint16_t count, next_bin;
};

/// Segments one after another, ascending in delay; memory of a fan-out.
struct Row {
    const std::uint8_t* begin;
    const std::uint8_t* end;
};

/// Where a spike stands in a row: before a segment of this bin.
struct Place {
    const std::uint8_t* at;
    std::uint16_t bin;
};

/// All synapses from one population to the neurons of one tile, one row per source. A row is the bin of its first
/// segment and a sequence of segments: a header, the targets (input slots of the tile, 16 bits each) and, where the bin
/// says so, as many weights.
struct FanOut {
    static constexpr std::size_t rows_per_chunk = 64;
    static constexpr std::size_t longest_segment = 65535;

    std::uint32_t source = 0;
    std::int64_t since = 0;                   ///< spikes found before this step do not enter
    bool kicks = false;                       ///< arrivals move V within the step itself
    std::vector<Bin> bins;                    ///< ascending in delay
    std::vector<const std::uint8_t*> chunks;  ///< the rows, so many in one piece
    std::vector<std::uint32_t> start;         ///< where in its chunk a row begins; rows_per_chunk + 1 a chunk
    std::vector<RowMemory> memory;            ///< where the chunks lie, of each thread that made some

    std::uint32_t* starts(std::size_t chunk) noexcept { return start.data() + chunk * (rows_per_chunk + 1); }

    Row row(std::size_t r) const noexcept {
        const std::size_t chunk = r / rows_per_chunk;
        const std::uint32_t* first = start.data() + chunk * (rows_per_chunk + 1) + r % rows_per_chunk;
        return {chunks[chunk] + first[0], chunks[chunk] + first[1]};
    }

    std::uint16_t delay(const Place& place) const noexcept { return bins[place.bin].delay; }

    /// Where a row that is not empty begins.
    static Place first_place(const Row& row) noexcept {
        Place first{row.begin + sizeof first.bin, 0};
        std::memcpy(&first.bin, row.begin, sizeof first.bin);
        return first;
    }

    /// The segment that begins here; moves on to the next.
    Segment take(Place& place) const noexcept {
        SegmentHeader header;
        std::memcpy(&header, place.at, sizeof header);
        const Bin& bin = bins[place.bin];
        const std::uint8_t* data = place.at + sizeof header;
        place = {data + header.count * bin.width(), header.next_bin};
        return {data, header.count, bin.weight, bin.weights};
    }

    std::size_t longest_delay() const noexcept { return bins.empty() ? 1 : bins.back().delay; }

    std::size_t bytes() const noexcept {
        std::size_t total = start.size() * sizeof(std::uint32_t);
        for (std::size_t end = rows_per_chunk; end < start.size(); end += rows_per_chunk + 1) total += start[end];
        return total;
    }
};

inline std::uint16_t target_at(const Segment& s, std::size_t k) noexcept {
    std::uint16_t target;
    std::memcpy(&target, s.data + k * sizeof target, sizeof target);
    return target;
}

inline float weight_at(const Segment& s, std::size_t k) noexcept {
    const std::uint8_t* weights = s.data + s.count * sizeof(std::uint16_t);
    if (s.weights == Weights::same) return s.weight;
    if (s.weights == Weights::multiples) {
        std::int16_t multiple;
        std::memcpy(&multiple, weights + k * sizeof multiple, sizeof multiple);
        return s.weight * static_cast<float>(multiple);
    }
    float weight;
    std::memcpy(&weight, weights + k * sizeof weight, sizeof weight);
    return weight;
}

}  // namespace rheobase
