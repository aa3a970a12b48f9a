#pragma once

#include <cstddef>
#include <vector>

#include "rheobase/wiring/tile.hpp"

namespace rheobase {

/// What the layout needs to know of a population.
struct Extent {
    std::size_t size, receptors;
    std::size_t granularity;  ///< ranges given to threads begin at multiples of this

    bool operator==(const Extent& other) const noexcept {
        return size == other.size && receptors == other.receptors && granularity == other.granularity;
    }
};

/// Populations shared out among the tiles of all threads: tile t belongs to thread t / tiles_per_thread.
struct Layout {
    std::vector<Extent> populations;
    std::vector<Tile> tiles;
    std::size_t tiles_per_thread = 1;

    /// Whether it was made for these populations.
    bool fits(const std::vector<Extent>& wanted) const noexcept { return !tiles.empty() && populations == wanted; }
    std::size_t tile_of(std::size_t population, std::size_t neuron) const noexcept;
};

/// Tiles without connections, as few for each thread as their slots allow.
Layout lay_out(std::vector<Extent> populations, std::size_t threads);

}  // namespace rheobase
