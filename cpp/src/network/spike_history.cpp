#include "rheobase/network/spike_history.hpp"

#include <algorithm>
#include <utility>

namespace rheobase {

void SpikeHistory::reach(std::size_t delay, std::int64_t now) {
    max_delay_ = std::max(max_delay_, delay);
    lengthen(now);
}

void SpikeHistory::look_ahead(std::size_t steps, std::int64_t now) {
    ahead_ = std::max(ahead_, steps);
    lengthen(now);
}

void SpikeHistory::lengthen(std::int64_t now) {
    if (max_delay_ + ahead_ <= ring_.size()) return;
    std::size_t depth = ring_.size();
    while (depth < max_delay_ + ahead_) depth *= 2;
    std::vector<Lists> longer(depth, Lists(threads_));
    longer.swap(ring_);
    for (std::size_t age = 0; age < longer.size(); ++age) {
        const std::int64_t step = now - static_cast<std::int64_t>(age);
        at(step) = std::move(longer[static_cast<std::size_t>(step) & (longer.size() - 1)]);
    }
}

}  // namespace rheobase
