#include "rheobase/simulation/samples.hpp"

#include <algorithm>
#include <utility>

namespace rheobase {

std::size_t Samples::find(std::int64_t step) const noexcept {
    return static_cast<std::size_t>(std::lower_bound(steps.begin(), steps.end(), step) - steps.begin());
}

void Samples::reserve(std::int64_t now, std::int64_t until) {
    const std::int64_t first = now == 0 ? 0 : (now / every + 1) * every;
    if (until == now) return;  // step 0 belongs to the first run that takes a step
    for (std::int64_t step = first; step <= until; step += every) steps.push_back(step);
    fit();
}

void Samples::drop_after(std::int64_t now) {
    steps.resize(static_cast<std::size_t>(std::upper_bound(steps.begin(), steps.end(), now) - steps.begin()));
    fit();
}

void Samples::fit() { single ? single_values.resize(steps.size() * width()) : values.resize(steps.size() * width()); }

Samples Samples::take() {
    Samples empty{chosen, every, mean, single};
    return std::exchange(*this, std::move(empty));
}

}  // namespace rheobase
