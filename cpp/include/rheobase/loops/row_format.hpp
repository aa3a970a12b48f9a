#pragma once

#include <cstddef>
#include <cstdint>

namespace rheobase {

/// How synapses that are stored together have their weights: all the same, each in single precision, or each in 16 bits
/// as a multiple of what they share.
enum class Weights : std::uint8_t { same, single, multiples };

/// Bytes per synapse: 16 bits for where it leads, then its weight.
constexpr std::size_t synapse_width(Weights weights) noexcept {
    return weights == Weights::same ? 2 : weights == Weights::single ? 6 : 4;
}

/// Part of a row of synapses: where `count` of them lead, followed by their weights where each has its own.
struct Segment {
    const std::uint8_t* data;
    std::uint32_t count;
    float weight;  ///< of all, or what multiples are of
    Weights weights;
};

}  // namespace rheobase
