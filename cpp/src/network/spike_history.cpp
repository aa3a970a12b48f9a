#include "rheobase/network/spike_history.hpp"

#include <utility>

namespace rheobase {

void SpikeHistory::reach(std::size_t delay, std::int64_t now) {
    if (delay + 1 <= ring_.size()) return;
    std::vector<Lists> longer(delay + 1, Lists(threads_));
    const auto depth = static_cast<std::int64_t>(longer.size());
    for (std::int64_t age = 0; age < static_cast<std::int64_t>(ring_.size()); ++age)
        longer[static_cast<std::size_t>((((now - age) % depth) + depth) % depth)] = std::move(at(now - age));
    ring_ = std::move(longer);
}

}  // namespace rheobase
