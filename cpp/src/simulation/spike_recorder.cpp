#include "rheobase/simulation/spike_recorder.hpp"

#include <algorithm>
#include <iterator>

#include "rheobase/base/errors.hpp"

namespace rheobase {

SpikeRecorder::SpikeRecorder(std::size_t threads, const std::vector<std::uint32_t>& chosen, std::size_t n)
    : SpikeRecorder(threads) {
    chosen_.resize(n);
    for (const std::uint32_t neuron : chosen) {
        require(neuron < n, "neurons must be below the size of the population");
        chosen_[neuron] = true;
    }
}

void SpikeRecorder::record(std::size_t thread, std::int64_t step, Span<const std::uint32_t> spikes) {
    Record& r = records_[thread];
    const std::size_t before = r.indices.size();
    if (chosen_.empty())
        r.indices.insert(r.indices.end(), spikes.begin(), spikes.end());
    else
        std::copy_if(spikes.begin(), spikes.end(), std::back_inserter(r.indices),
                     [&](std::uint32_t neuron) { return chosen_[neuron]; });
    if (r.indices.size() == before) return;
    r.steps.push_back(step);
    r.counts.push_back(static_cast<std::uint32_t>(r.indices.size() - before));
}

SpikeRecorder::Spikes SpikeRecorder::take() {
    std::size_t total = 0;
    for (const Record& r : records_) total += r.indices.size();
    Spikes all;
    all.steps.reserve(total);
    all.indices.reserve(total);
    std::vector<std::size_t> run(records_.size(), 0), position(records_.size(), 0);
    while (all.steps.size() < total) {
        std::int64_t step = INT64_MAX;
        for (std::size_t t = 0; t < records_.size(); ++t)
            if (run[t] < records_[t].steps.size()) step = std::min(step, records_[t].steps[run[t]]);
        for (std::size_t t = 0; t < records_.size(); ++t) {
            const Record& r = records_[t];
            if (run[t] >= r.steps.size() || r.steps[run[t]] != step) continue;
            const std::uint32_t count = r.counts[run[t]++];
            all.steps.insert(all.steps.end(), count, step);
            const auto first = r.indices.begin() + static_cast<std::ptrdiff_t>(position[t]);
            all.indices.insert(all.indices.end(), first, first + count);
            position[t] += count;
        }
    }
    for (Record& r : records_) r = {};
    return all;
}

}  // namespace rheobase
