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
    std::vector<Lists> longer(max_delay_ + ahead_, Lists(threads_));
    const auto depth = static_cast<std::int64_t>(longer.size());
    for (std::int64_t age = 0; age < static_cast<std::int64_t>(ring_.size()); ++age)
        longer[static_cast<std::size_t>((((now - age) % depth) + depth) % depth)] = std::move(at(now - age));
    ring_ = std::move(longer);
}

}  // namespace rheobase
