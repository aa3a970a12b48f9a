#include "rheobase/network/coast_groups.hpp"

#include <algorithm>

namespace rheobase {

CoastGroups::CoastGroups(const Stretch& stretch, Span<const std::uint32_t> stages, std::size_t together,
                         Sleepers& sleepers)
    : stretch_(stretch), together_(together) {
    std::vector<CoastArrival> found = find_arrivals(stages);
    for (const CoastArrival& a : found) sleepers.wake(stretch.begin + a.lane);
    neurons_ = sleepers.list_awake(stretch.begin, stretch.end);
    awake_ = neurons_.size();
    if (awake_ > 0) neurons_.resize(size() * together_, neurons_.back());

    const auto lanes = static_cast<std::uint32_t>(together_);
    start_.assign(size() + 2, 0);  // one ahead, so that filling moves each to where it belongs
    for (CoastArrival& a : found) {
        a.lane = sleepers.place(stretch.begin + a.lane);
        ++start_[a.lane / lanes + 2];
    }
    for (std::size_t g = 2; g < start_.size(); ++g) start_[g] += start_[g - 1];
    arrivals_.resize(found.size());
    for (CoastArrival& a : found) {
        std::size_t& next = start_[a.lane / lanes + 1];
        a.lane %= lanes;
        arrivals_[next++] = a;
    }
}

/// Those at neurons of the stretch, which are counted from its first one and stand where lanes will.
std::vector<CoastArrival> CoastGroups::find_arrivals(Span<const std::uint32_t> stages) const {
    const auto per_receptor = static_cast<std::uint32_t>(stretch_.slots_per_receptor);
    std::vector<CoastArrival> found;
    found.reserve(stretch_.arrivals.size());
    for (const Arrival& a : stretch_.arrivals) {
        if (a.slot < stretch_.first_slot || a.slot >= stretch_.first_slot + stages.size() * per_receptor) continue;
        const auto slot = static_cast<std::uint32_t>(a.slot - stretch_.first_slot);
        std::uint32_t neuron = slot, receptor = 0;
        for (; neuron >= per_receptor; neuron -= per_receptor) ++receptor;  // a few: faster than a division
        found.push_back({neuron, stages[receptor], slot, a.step, a.weight});
    }
    return found;
}

CoastGroup CoastGroups::operator[](std::size_t g) const noexcept {
    return {neurons_.data() + g * together_,
            std::min(together_, awake_ - g * together_),
            arrivals_.data() + start_[g],
            start_[g + 1] - start_[g],
            stretch_.start.n,
            stretch_.start.n + stretch_.steps};
}

void prefetch(const CoastGroup& group, const std::vector<const void*>& columns) noexcept {
    for (std::size_t k = 0; k < group.n; ++k)
        for (const void* column : columns)
            __builtin_prefetch(static_cast<const std::uint64_t*>(column) + group.neurons[k]);
}

}  // namespace rheobase
