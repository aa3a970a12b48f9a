#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/network/population.hpp"
#include "rheobase/wiring/fan_out.hpp"

namespace rheobase {

/// A range of one population within a tile, and where its input slots begin.
struct Part {
    std::uint32_t population;
    std::size_t begin, end;
    std::size_t first_slot;         ///< of its first neuron and channel
    std::size_t slots_per_channel;  ///< at least as many as it has neurons

    std::size_t size() const noexcept { return end - begin; }
    /// Where the input slots of a channel begin, one per neuron.
    std::size_t slot(std::size_t channel) const noexcept { return first_slot + channel * slots_per_channel; }
};

/// A spike on its way through a row of a tile: what it still has to reach, and the step at which the next segment is
/// due.
struct Travelling {
    Place place;  ///< until the row has been read: its beginning
    std::uint32_t fan_out;
    const std::uint8_t* end;
    std::int64_t due;  ///< until the row has been read: the step at which the spike was found
};

/// Spikes on their way through a tile.
struct Traffic {
    std::vector<Travelling> spikes;  ///< by the step of the spike, then fan-out, then neuron
    std::size_t known = 0;           ///< so many have had their row read
    std::vector<Segment> due;        ///< workspace of delivery
};

/// The unit of ownership: an equal share of every population, small enough that 16 bits name an input slot and that
/// the slots stay in the L2 cache while spikes are delivered. One thread owns a tile and alone writes to it.
struct alignas(64) Tile {
    std::vector<Part> parts;
    Aligned<double> slots;
    std::vector<FanOut> fan_outs;
    Traffic kicks, arrivals;  ///< to what moves V within the step, and to all else

    Traffic& traffic(bool to_kicks) noexcept { return to_kicks ? kicks : arrivals; }
};

constexpr std::size_t most_slots = 65536;

}  // namespace rheobase
