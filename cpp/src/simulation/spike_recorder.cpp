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

void SpikeRecorder::Indices::append(const std::uint32_t* first, std::size_t count) {
    size_ += count;
    while (count > 0) {
        if (blocks_.empty() || blocks_.back().used == blocks_.back().room) {
            const std::size_t room = blocks_.empty() ? small_block : std::min(per_block, 4 * blocks_.back().room);
            blocks_.push_back({Bytes(room * sizeof(std::uint32_t)), room, 0});
        }
        Block& block = blocks_.back();
        const std::size_t part = std::min(count, block.room - block.used);
        std::copy(first, first + part, at(blocks_.size() - 1, block.used));
        block.used += part;
        first += part;
        count -= part;
    }
}

void SpikeRecorder::Indices::read(std::size_t count, Many& out) {
    while (count > 0) {
        if (read_ == blocks_[reading_].used) {
            blocks_[reading_++].bytes = Bytes();
            read_ = 0;
        }
        const std::size_t part = std::min(count, blocks_[reading_].used - read_);
        out.insert(out.end(), at(reading_, read_), at(reading_, read_ + part));
        read_ += part;
        count -= part;
    }
}

void SpikeRecorder::record(std::size_t thread, std::int64_t step, Span<const std::uint32_t> spikes) {
    Record& r = records_[thread];
    if (!chosen_.empty()) {
        r.chosen.clear();
        std::copy_if(spikes.begin(), spikes.end(), std::back_inserter(r.chosen),
                     [&](std::uint32_t neuron) { return chosen_[neuron]; });
        spikes = r.chosen;
    }
    if (spikes.empty()) return;
    r.indices.append(spikes.begin(), spikes.size());
    r.steps.push_back(step);
    r.counts.push_back(static_cast<std::uint32_t>(spikes.size()));
}

SpikeRecorder::Spikes SpikeRecorder::take() {
    std::size_t total = 0;
    for (const Record& r : records_) total += r.indices.size();
    Spikes all;
    all.indices.reserve(total);
    std::vector<std::size_t> run(records_.size(), 0);
    while (all.indices.size() < total) {
        std::int64_t step = INT64_MAX;
        for (std::size_t t = 0; t < records_.size(); ++t)
            if (run[t] < records_[t].steps.size()) step = std::min(step, records_[t].steps[run[t]]);
        const std::size_t before = all.indices.size();
        for (std::size_t t = 0; t < records_.size(); ++t) {
            Record& r = records_[t];
            if (run[t] < r.steps.size() && r.steps[run[t]] == step) r.indices.read(r.counts[run[t]++], all.indices);
        }
        all.steps.push_back(step);
        all.counts.push_back(static_cast<std::uint32_t>(all.indices.size() - before));
    }
    for (Record& r : records_) r = {};
    return all;
}

}  // namespace rheobase
