#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

// The bytes of a row: all synapses of one pre neuron in one tile.
//
//   row      the bin of its first segment (16 bits), then segments, ascending in bin; an empty row has no byte
//   segment  a header (how many synapses; the bin of the next segment), the input slots of the tile that they lead to
//            (16 bits each) and, where the bin says so, as many weights
//   weight   none where the bin has one for all; 32 bits, single precision; or 16 bits, a multiple of the bin's weight
//
// Nothing is aligned. What a bin says of its synapses stands beside the rows, once per fan-out. This file is the only
// one that knows the bytes. It lies with the loops since delivery, the lowest layer that reads rows, is one of them;
// wiring, which writes rows and reads them back, lies above.

namespace rheobase {

/// How synapses that are stored together have their weights: all the same, each in single precision, or each in 16 bits
/// as a multiple of what they share.
enum class Weights : std::uint8_t { same, bits_32, bits_16 };

/// The largest multiple that 16 bits hold.
constexpr double max_multiple = 32767.0;

/// Bytes of one synapse's own weight.
constexpr std::size_t weight_width(Weights weights) noexcept {
    return weights == Weights::same ? 0 : weights == Weights::bits_32 ? sizeof(float) : sizeof(std::int16_t);
}

/// Bytes of one synapse: its slot, then its weight.
constexpr std::size_t synapse_width(Weights weights) noexcept { return sizeof(std::uint16_t) + weight_width(weights); }

/// Synapses of one pre neuron that share a delay and, where it is constant, a weight.
struct Bin {
    std::uint16_t delay;
    std::uint32_t projection;  ///< the projection of a constant weight
    Weights weights;
    float weight;  ///< of all, or what multiples are of
};

/// What precedes the synapses of a segment. The bin of the next segment is known early, which tells when that one is
/// due before its memory has come.
struct SegmentHeader {
    std::uint16_t count, next_bin;
};

constexpr std::size_t max_segment = 65535;

/// A segment that has been found in a row: `count` slots, followed by their weights where each has its own.
struct Segment {
    const std::uint8_t* data;
    std::uint32_t count;
    float weight;  ///< of all, or what multiples are of
    Weights weights;
};

/// Where a row lies.
struct Row {
    const std::uint8_t* begin;
    const std::uint8_t* end;
};

/// Where a reader stands in a row: before a segment of this bin.
struct Place {
    const std::uint8_t* at;
    std::uint16_t bin;
};

// ---- decode ----

/// Where a row that is not empty begins.
inline Place first_place(const Row& row) noexcept {
    Place first{row.begin + sizeof first.bin, 0};
    std::memcpy(&first.bin, row.begin, sizeof first.bin);
    return first;
}

/// The segment that begins here; moves on to the next.
inline Segment take_segment(Place& place, const Bin* bins) noexcept {
    SegmentHeader header;
    std::memcpy(&header, place.at, sizeof header);
    const Bin& bin = bins[place.bin];
    const std::uint8_t* data = place.at + sizeof header;
    place = {data + header.count * synapse_width(bin.weights), header.next_bin};
    return {data, header.count, bin.weight, bin.weights};
}

/// Where the weights of a segment begin.
inline const std::uint8_t* weights_of(const Segment& s) noexcept { return s.data + s.count * sizeof(std::uint16_t); }

inline std::uint32_t slot_at(const std::uint8_t* slots, std::size_t k) noexcept {
    std::uint16_t slot;
    std::memcpy(&slot, slots + k * sizeof slot, sizeof slot);
    return slot;
}

inline double single_at(const std::uint8_t* weights, std::size_t k) noexcept {
    float weight;
    std::memcpy(&weight, weights + k * sizeof weight, sizeof weight);
    return static_cast<double>(weight);
}

inline double multiple_at(const std::uint8_t* weights, std::size_t k) noexcept {
    std::int16_t multiple;
    std::memcpy(&multiple, weights + k * sizeof multiple, sizeof multiple);
    return static_cast<double>(multiple);
}

/// The weight of a segment's k-th synapse.
inline float weight_at(const Segment& s, std::size_t k) noexcept {
    if (s.weights == Weights::same) return s.weight;
    if (s.weights == Weights::bits_32) return static_cast<float>(single_at(weights_of(s), k));
    return s.weight * static_cast<float>(multiple_at(weights_of(s), k));
}

// ---- encode ----

/// Bytes of a segment with its header.
constexpr std::size_t segment_size(Weights weights, std::size_t count) noexcept {
    return sizeof(SegmentHeader) + count * synapse_width(weights);
}

/// Where a row's first bin is written, counted from its beginning; the first segment follows it.
constexpr std::size_t first_bin_offset = 0, first_segment_offset = sizeof(std::uint16_t);
/// Where the bin of the next segment is written, counted from the beginning of a segment.
constexpr std::size_t next_bin_offset = offsetof(SegmentHeader, next_bin);

inline void put_bin(std::uint8_t* out, std::size_t bin) noexcept {
    const auto number = static_cast<std::uint16_t>(bin);
    std::memcpy(out, &number, sizeof number);
}

/// Writes a segment of `count` synapses, at most max_segment, that nothing follows yet.
inline void put_segment(std::uint8_t* out, const Bin& bin, std::size_t count, const std::uint16_t* slots,
                        const float* weights) noexcept {
    const SegmentHeader header{static_cast<std::uint16_t>(count), 0};
    std::memcpy(out, &header, sizeof header);
    std::memcpy(out + sizeof header, slots, count * sizeof *slots);
    out += sizeof header + count * sizeof *slots;
    if (bin.weights == Weights::bits_32) std::memcpy(out, weights, count * sizeof *weights);
    for (std::size_t k = 0; bin.weights == Weights::bits_16 && k < count; ++k) {
        const auto multiple = static_cast<std::int16_t>(std::lround(weights[k] / bin.weight));
        std::memcpy(out + k * sizeof multiple, &multiple, sizeof multiple);
    }
}

}  // namespace rheobase
