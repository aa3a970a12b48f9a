#include "rheobase/network/coast_groups.hpp"

#include <algorithm>

namespace rheobase {

CoastGroups::CoastGroups(const Stretch& stretch, Span<const std::uint32_t> stages, std::size_t together,
                         Sleepers& sleepers)
    : stretch_(stretch), stages_(stages), together_(together) {
    for_each_arrival([&](const Arrival&, std::size_t, std::size_t neuron) { sleepers.wake(stretch.begin + neuron); });
    neurons_ = sleepers.list_awake(stretch.begin, stretch.end);
    awake_ = neurons_.size();
    if (awake_ > 0) neurons_.resize(size() * together_, neurons_.back());

    const auto place = [&](std::size_t neuron) { return sleepers.place(stretch.begin + neuron); };
    start_.assign(size() + 2, 0);  // one ahead, so that filling moves each to where it belongs
    for_each_arrival([&](const Arrival&, std::size_t, std::size_t neuron) { ++start_[place(neuron) / together_ + 2]; });
    for (std::size_t g = 2; g < start_.size(); ++g) start_[g] += start_[g - 1];
    arrivals_.resize(start_.back());
    for_each_arrival([&](const Arrival& a, std::size_t receptor, std::size_t neuron) {
        const std::uint32_t at = place(neuron), group = at / static_cast<std::uint32_t>(together_);
        const auto slot = static_cast<std::uint32_t>(a.slot - stretch.first_slot);
        arrivals_[start_[group + 1]++] = {at % static_cast<std::uint32_t>(together_), stages_[receptor], slot, a.step,
                                          a.weight};
    });
}

/// Calls visit(arrival, receptor, neuron) for those at neurons of the stretch, which are counted from its first one.
template <class Visit>
void CoastGroups::for_each_arrival(Visit visit) const {
    const std::size_t slots = stages_.size() * stretch_.slots_per_receptor;
    for (const Arrival& a : stretch_.arrivals) {
        if (a.slot < stretch_.first_slot || a.slot >= stretch_.first_slot + slots) continue;
        const std::size_t slot = a.slot - stretch_.first_slot;
        visit(a, slot / stretch_.slots_per_receptor, slot % stretch_.slots_per_receptor);
    }
}

CoastGroup CoastGroups::operator[](std::size_t g) const noexcept {
    return {neurons_.data() + g * together_,
            std::min(together_, awake_ - g * together_),
            arrivals_.data() + start_[g],
            start_[g + 1] - start_[g],
            stretch_.start.n,
            stretch_.start.n + stretch_.steps};
}

}  // namespace rheobase
