#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/network/network.hpp"
#include "rheobase/simulation/gathered_lists.hpp"
#include "rheobase/simulation/window.hpp"
#include "rheobase/wiring/layout.hpp"

namespace rheobase {

/// Spikes whose rows fall due as a whole, gathered by tile: each row is read once for all tiles of a thread, and a tile
/// finds what arrives in a step side by side.
class Gathering {
  public:
    Gathering(const Network& network, const Layout& layout) : network_(network), layout_(layout) {}

    /// Whether all rows can be gathered to the same bits, and it pays. What a slot adds up keeps its order, or is the
    /// same number, where the synapses from a population have one delay and no two of its projections reach the same
    /// receptor. It pays where a thread has several tiles and rows hold few synapses of each.
    static bool fits(const Network& network, const Layout& layout);

    /// Makes room for what the tiles have.
    void restart();
    /// Gathers what arrives at the tiles of a share within a window.
    void gather(std::size_t share, Window window);
    /// Calls visit(segments, count) for all that arrives at a tile at `step`, by the step of the spike, then by
    /// fan-out; of what moves V within the step, or of all else. Returns how many synapses there are.
    template <class Visit>
    std::uint64_t visit(std::size_t tile, bool delta, std::int64_t step, Visit visit) const {
        const Share& share = shares_[tile / layout_.tiles_per_thread];
        const std::vector<FanOut>& fan_outs = layout_.tiles[tile].fan_outs;
        std::uint64_t events = 0;
        for (const std::uint32_t k : order_) {
            const FanOut& f = fan_outs[k];
            if (f.delta != delta) continue;
            const std::size_t first = list(k, static_cast<std::size_t>(step - share.window.begin - 1), f.tile);
            for (std::size_t b = 0; b < f.bins.size(); ++b) {
                const GatheredSynapses& g = share.lists[first + b];
                if (g.events == 0) continue;
                events += g.events;
                const Segment short_ones{reinterpret_cast<const std::uint8_t*>(g.slots), g.slot_count, f.bins[b].weight,
                                         Weights::same};
                if (g.slot_count > 0) visit(&short_ones, 1);
                if (g.segment_count > 0) visit(g.segments, g.segment_count);
            }
        }
        return events;
    }

  private:
    /// Of the tiles of one thread. Cache lines apart, since every thread writes its own.
    struct alignas(64) Share {
        Window window{0, 0};
        GatheredLists lists;  ///< by step of the window, fan-out, tile, and bin
    };
    std::size_t list(std::size_t fan_out, std::size_t step, std::size_t tile) const noexcept {
        return step * lists_per_step_ + first_list_[fan_out] + tile * layout_.tiles[0].fan_outs[fan_out].bins.size();
    }
    void gather(const FanOut& f, std::int64_t found, GatheredSynapses* out) const;

    const Network& network_;
    const Layout& layout_;
    std::vector<std::uint32_t> order_;     ///< fan-outs, those of long delays first
    std::vector<std::size_t> first_list_;  ///< of each fan-out, within a step
    std::size_t lists_per_step_ = 0;
    std::vector<Share> shares_;
};

}  // namespace rheobase
