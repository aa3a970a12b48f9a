#include "rheobase/network/coast_groups.hpp"

#include <algorithm>

#include "rheobase/network/awake_neurons.hpp"

namespace rheobase {

CoastGroups::CoastGroups(const Stretch& stretch, Span<const std::uint32_t> stages, std::size_t together)
    : stretch_(stretch), together_(together) {
    const std::vector<CoastArrival> found = find_arrivals(stages);
    const auto lanes = static_cast<std::uint32_t>(together_);
    start_.assign((stretch.awake.size() + together - 1) / together + 2, 0);  // one ahead, so that filling moves each
    for (const CoastArrival& a : found) ++start_[a.lane / lanes + 2];        // to where it belongs
    for (std::size_t g = 2; g < start_.size(); ++g) start_[g] += start_[g - 1];
    arrivals_.resize(found.size());
    for (const CoastArrival& a : found) {
        CoastArrival& placed = arrivals_[start_[a.lane / lanes + 1]++];
        placed = a;
        placed.lane %= lanes;
    }
}

/// Those at neurons of the stretch, which they wake, and whose places stand where lanes will.
std::vector<CoastArrival> CoastGroups::find_arrivals(Span<const std::uint32_t> stages) const {
    const auto per_receptor = static_cast<std::uint32_t>(stretch_.slots_per_receptor);
    std::vector<CoastArrival> found;
    found.reserve(stretch_.arrivals.size());
    for (const Arrival& a : stretch_.arrivals) {
        if (a.slot < stretch_.first_slot || a.slot >= stretch_.first_slot + stages.size() * per_receptor) continue;
        const auto slot = static_cast<std::uint32_t>(a.slot - stretch_.first_slot);
        std::uint32_t neuron = slot, receptor = 0;
        for (; neuron >= per_receptor; neuron -= per_receptor) ++receptor;  // a few: faster than a division
        found.push_back({stretch_.awake.wake(neuron), stages[receptor], slot, a.step, a.weight});
    }
    return found;
}

CoastGroup CoastGroups::operator[](std::size_t g) const noexcept {
    return {g * together_,
            std::min(together_, stretch_.awake.size() - g * together_),
            arrivals_.data() + start_[g],
            start_[g + 1] - start_[g],
            stretch_.start.n,
            stretch_.start.n + stretch_.steps};
}

}  // namespace rheobase
