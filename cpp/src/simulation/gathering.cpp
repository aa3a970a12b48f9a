#include "rheobase/simulation/gathering.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "rheobase/loops/loops.hpp"

namespace rheobase {

namespace {

bool has_one_delay(const FanOut& f) { return f.bins.empty() || f.bins.front().delay == f.bins.back().delay; }

}  // namespace

bool Gathering::fits(const Network& network, const Layout& layout) {
    constexpr std::size_t max_lists = std::size_t{1} << 12;    // per step of a window
    constexpr std::uint64_t mean_segment = short_segment / 2;  // longer ones are as fast where they lie
    if (layout.tiles_per_thread < 2) return false;
    std::size_t lists = 0;
    std::uint64_t synapses = 0, segments = 0;
    for (const FanOut& f : layout.tiles[0].fan_outs) {
        if (!has_one_delay(f)) return false;
        // a copy on other threads shares rows that lie side by side for as many tiles as the threads had then
        if (f.rows != nullptr && f.rows->tiles != layout.tiles_per_thread) return false;
        lists += f.bins.size() * layout.tiles_per_thread;
        segments += f.bins.size() * layout.tiles.size() * layout.populations[f.pre].size;
    }
    std::set<std::tuple<std::size_t, std::uint32_t, std::size_t>> reached;
    for (const auto& p : network.projections()) {
        if (p->group == Projection::nowhere) continue;
        if (!reached.emplace(p->group, p->post, p->receptor).second) return false;
        synapses += p->synapses;
    }
    return lists <= max_lists && synapses <= mean_segment * segments;
}

void Gathering::restart() {
    const std::vector<FanOut>& fan_outs = layout_.tiles[0].fan_outs;
    order_.clear();
    first_list_.clear();
    lists_per_step_ = 0;
    for (std::uint32_t k = 0; k < fan_outs.size(); ++k) {
        order_.push_back(k);
        first_list_.push_back(lists_per_step_);
        lists_per_step_ += fan_outs[k].bins.size() * layout_.tiles_per_thread;
    }
    std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
        return fan_outs[a].max_delay() > fan_outs[b].max_delay();
    });
    shares_ = std::vector<Share>(layout_.tiles.size() / layout_.tiles_per_thread);
}

void Gathering::gather(std::size_t s, Window window) {
    Share& share = shares_[s];
    share.window = window;
    share.lists.begin(static_cast<std::size_t>(window.end - window.begin) * lists_per_step_);
    const std::vector<FanOut>& fan_outs = layout_.tiles[s * layout_.tiles_per_thread].fan_outs;
    for (std::int64_t step = window.begin + 1; step <= window.end; ++step)
        for (std::size_t k = 0; k < fan_outs.size(); ++k) {
            const FanOut& f = fan_outs[k];
            const std::int64_t found = step - static_cast<std::int64_t>(f.max_delay());
            if (f.bins.empty() || found < f.since) continue;
            gather(f, found, share.lists.at(list(k, static_cast<std::size_t>(step - window.begin - 1), 0)));
        }
}

void Gathering::gather(const FanOut& f, std::int64_t found, GatheredSynapses* out) const {
    constexpr std::size_t ahead = 16;
    const StoredRows& rows = *f.rows;
    RowsToGather at_hand{nullptr, nullptr, rows.tiles, f.bins.data(),           f.bins.size(),
                         out,     nullptr, nullptr,    GatheredLists::make_room};
    for (const auto& spikes : network_.history(f.pre).at(found))
        for (std::size_t n = 0; n < spikes.size(); ++n) {
            // all that is read of a row is asked for while the one before is gathered
            if (n + ahead < spikes.size()) rows.prefetch_all(spikes[n + ahead]);
            at_hand.chunk = rows.chunk_of(spikes[n]);
            at_hand.starts = rows.starts_of(spikes[n]);
            if (n + 1 < spikes.size()) {
                const std::uint32_t next = spikes[n + 1];
                at_hand.next = rows.chunk_of(next) + rows.starts_of(next)[0];
                at_hand.next_end = rows.chunk_of(next) + rows.starts_of(next)[rows.tiles];
            } else {
                at_hand.next = at_hand.next_end = nullptr;
            }
            loops().gather(at_hand);
        }
}

}  // namespace rheobase
