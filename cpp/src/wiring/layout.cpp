#include "rheobase/wiring/layout.hpp"

#include <algorithm>
#include <utility>

#include "rheobase/base/errors.hpp"

namespace rheobase {

namespace {

std::size_t rounded_up(std::size_t n, std::size_t grain) { return (n + grain - 1) / grain * grain; }

std::size_t count_tiles_per_thread(const std::vector<Extent>& populations, std::size_t threads) {
    // every tile has a share of every population; rounding adds some slots
    std::size_t slots = 0, slack = 0;
    for (const Extent& p : populations) {
        slots += p.size * p.receptors;
        slack += (2 * p.granularity - 1) * p.receptors + p.granularity - 1;
    }
    require(slack <= max_slots, "a network has room for at most 65536 synaptic kernels");
    std::size_t tiles = 1;
    while (slots / (threads * tiles) + slack > max_slots) ++tiles;
    return tiles;
}

}  // namespace

Layout lay_out(std::vector<Extent> populations, std::size_t threads) {
    Layout layout;
    layout.tiles_per_thread = count_tiles_per_thread(populations, threads);
    const std::size_t count = threads * layout.tiles_per_thread;
    layout.tiles.resize(count);
    for (std::size_t id = 0; id < populations.size(); ++id) {
        const Extent& p = populations[id];
        const std::size_t grain = p.granularity, grains = rounded_up(p.size, grain) / grain;
        for (std::size_t t = 0; t < count; ++t) {
            Tile& tile = layout.tiles[t];
            Part part;
            part.population = static_cast<std::uint32_t>(id);
            part.begin = std::min(p.size, grains * t / count * grain);
            part.end = std::min(p.size, grains * (t + 1) / count * grain);
            part.first_slot = rounded_up(tile.slots.size(), grain);
            part.slots_per_receptor = rounded_up(part.size(), grain);
            tile.slots.resize(part.slot(p.receptors), 0.0);
            tile.parts.push_back(part);
        }
    }
    layout.populations = std::move(populations);
    return layout;
}

std::size_t Layout::tile_of(std::size_t population, std::size_t neuron) const noexcept {
    const auto tile = std::upper_bound(tiles.begin(), tiles.end(), neuron,
                                       [&](std::size_t i, const Tile& t) { return i < t.parts[population].end; });
    return static_cast<std::size_t>(tile - tiles.begin());
}

}  // namespace rheobase
