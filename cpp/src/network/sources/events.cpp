#include "rheobase/network/sources/events.hpp"

#include <algorithm>

namespace rheobase {

EventsSource::EventsSource(std::uint32_t id, NeuronPopulation& neurons, std::size_t event)
    : Population(id, neurons.size()), neurons_(neurons), marks_(neurons.mark_event(event)) {}

std::int64_t EventsSource::advance(const StepContext&, std::size_t begin, std::size_t end, double*, std::size_t, bool,
                                   std::vector<std::uint32_t>& spikes) {
    for (std::size_t i = begin; i < end; ++i) {
        if (marks_[i] == 0) continue;
        spikes.push_back(static_cast<std::uint32_t>(i));
    }
    std::fill(marks_.begin() + static_cast<std::ptrdiff_t>(begin), marks_.begin() + static_cast<std::ptrdiff_t>(end),
              std::uint8_t{0});
    return -1;
}

/// A run that ended early may have left marks.
void EventsSource::begin(std::int64_t) { std::fill(marks_.begin(), marks_.end(), std::uint8_t{0}); }

}  // namespace rheobase
