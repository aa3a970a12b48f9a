#include "rheobase/network/sources/trains.hpp"

#include <algorithm>

#include "rheobase/base/errors.hpp"

namespace rheobase {

TrainsSource::TrainsSource(std::uint32_t id, std::size_t size, std::vector<std::int64_t> steps,
                           std::vector<std::uint32_t> indices)
    : Population(id, size) {
    set_spikes(std::move(steps), std::move(indices));
}

void TrainsSource::set_spikes(std::vector<std::int64_t> steps, std::vector<std::uint32_t> indices) {
    require(steps.size() == indices.size(), "every spike needs a step and an index");
    require(std::is_sorted(steps.begin(), steps.end()), "spikes must be sorted by step");
    for (std::uint32_t i : indices) require(i < size(), "index of a spike is out of range");
    steps_ = std::move(steps);
    indices_ = std::move(indices);
}

std::int64_t TrainsSource::advance(const StepContext& step, std::size_t begin, std::size_t end, double*, std::size_t,
                                   bool, std::vector<std::uint32_t>& spikes) {
    const auto [first, last] = std::equal_range(steps_.begin(), steps_.end(), step.n + 1);
    for (auto s = first; s != last; ++s) {
        const std::uint32_t index = indices_[static_cast<std::size_t>(s - steps_.begin())];
        if (index >= begin && index < end) spikes.push_back(index);
    }
    return -1;
}

}  // namespace rheobase
