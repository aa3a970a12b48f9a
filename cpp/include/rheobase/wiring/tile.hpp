#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/wiring/fan_out.hpp"

namespace rheobase {

/// A range of one population within a tile, and where its input slots begin.
struct Part {
    std::uint32_t population;
    std::size_t begin, end;
    std::size_t first_slot;          ///< of its first neuron and receptor
    std::size_t slots_per_receptor;  ///< at least as many as it has neurons

    std::size_t size() const noexcept { return end - begin; }
    /// Where the input slots of a receptor begin, one per neuron.
    std::size_t slot(std::size_t receptor) const noexcept { return first_slot + receptor * slots_per_receptor; }
};

/// The unit of ownership: an equal share of every population, small enough that 16 bits name an input slot and that
/// the slots stay in the L2 cache while spikes are delivered. One thread owns a tile and alone writes to it.
struct alignas(64) Tile {
    std::vector<Part> parts;  ///< one per population
    Aligned<double> slots;
    std::vector<FanOut> fan_outs;
};

constexpr std::size_t max_slots = 65536;

}  // namespace rheobase
