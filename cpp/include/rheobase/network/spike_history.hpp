#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/base/prefetch.hpp"
#include "rheobase/network/spike_list.hpp"

namespace rheobase {

/// The spikes of one population over its last steps, kept as long as its longest delay. Every thread writes its own
/// list of a step; read in the order of the threads they are ascending, for any number of threads.
class SpikeHistory {
  public:
    using List = SpikeList;
    using Lists = std::vector<List>;

    explicit SpikeHistory(std::size_t threads) : threads_(threads), ring_(max_delay_ + ahead_, Lists(threads)) {}

    /// Makes room for spikes as old as `delay` steps. `now` is the last step found so far.
    void reach(std::size_t delay, std::int64_t now);
    std::size_t max_delay() const noexcept { return max_delay_; }
    /// Lets some threads find the spikes of so many steps while others still read the old ones: one, unless told so.
    void look_ahead(std::size_t steps, std::int64_t now);

    /// Spikes found at `step`; steps before the first are empty.
    Lists& at(std::int64_t step) noexcept { return ring_[index(step)]; }
    const Lists& at(std::int64_t step) const noexcept { return ring_[index(step)]; }

    /// Asks for the spikes of a step, so that those of all threads come at once.
    void prefetch(std::int64_t step) const noexcept {
        for (const List& spikes : at(step)) rheobase::prefetch(&spikes);
    }

    /// Forgets every spike.
    void clear() {
        for (Lists& lists : ring_)
            for (auto& spikes : lists) spikes.clear();
    }

  private:
    /// In a ring of 2^k steps, since a division would be felt.
    std::size_t index(std::int64_t step) const noexcept { return static_cast<std::size_t>(step) & (ring_.size() - 1); }

    void lengthen(std::int64_t now);

    std::size_t threads_, max_delay_ = 1, ahead_ = 1;
    std::vector<Lists> ring_;
};

}  // namespace rheobase
