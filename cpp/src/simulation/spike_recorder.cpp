#include "rheobase/simulation/spike_recorder.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "rheobase/base/errors.hpp"

namespace rheobase {

namespace {

/// Writes gaps between n indices where they take 16 bits; says whether all do.
bool pack(const std::uint32_t* indices, std::size_t n, std::uint16_t* out) noexcept {
    std::uint32_t bits = 0;
    for (std::size_t k = 1; k < n; ++k) {
        const std::uint32_t gap = indices[k] - indices[k - 1];
        out[k - 1] = static_cast<std::uint16_t>(gap);
        bits |= gap;
    }
    return bits >> 16 == 0;
}

/// Calls visit(step, reader) for every run of all threads, by step, then by thread; `visit` turns to the next run.
template <class Visit>
void for_each_run(const std::vector<PackedSpikes>& threads, Visit visit) {
    std::vector<PackedSpikes::Reader> readers(threads.begin(), threads.end());
    for (;;) {
        std::int64_t step = INT64_MAX;
        for (const auto& reader : readers)
            if (!reader.done()) step = std::min(step, reader.run().step);
        if (step == INT64_MAX) return;
        for (auto& reader : readers)
            if (!reader.done() && reader.run().step == step) visit(step, reader);
    }
}

}  // namespace

PackedSpikes::Unit* PackedSpikes::make_room(std::size_t units) {
    if (blocks_.empty() || blocks_.back().room - blocks_.back().used < units) {
        const std::size_t next = blocks_.empty() ? small_block : std::min(large_block, 4 * blocks_.back().room);
        const std::size_t room = std::max(next, units);
        blocks_.push_back({Bytes(room * sizeof(Unit)), room, 0});
    }
    return blocks_.back().at(blocks_.back().used);
}

void PackedSpikes::append(std::int64_t step, Span<const std::uint32_t> spikes) {
    if (spikes.empty()) return;
    const std::size_t n = spikes.size(), gaps = n - 1;
    Unit* const room = make_room(2 * gaps);
    const bool narrow = pack(spikes.data(), n, room);
    if (!narrow) std::memcpy(room, spikes.data() + 1, gaps * sizeof(std::uint32_t));
    runs_.push_back({step, static_cast<std::uint32_t>(n) & 0x7fffffffu, !narrow, spikes[0]});
    blocks_.back().used += narrow ? gaps : 2 * gaps;
}

std::int32_t* PackedSpikes::Reader::read(std::int32_t* out) noexcept {
    const Run& run = spikes_->runs_[run_++];
    const std::size_t gaps = run.count - 1;
    std::uint32_t index = run.first;
    *out++ = static_cast<std::int32_t>(index);
    if (gaps == 0) return out;
    while (at_ == spikes_->blocks_[block_].used) {
        ++block_;
        at_ = 0;
    }
    const Unit* const units = spikes_->blocks_[block_].at(at_);
    if (run.wide) {
        std::memcpy(out, units, gaps * sizeof(std::uint32_t));
        at_ += 2 * gaps;
    } else {
        for (std::size_t k = 0; k < gaps; ++k) out[k] = static_cast<std::int32_t>(index += units[k]);
        at_ += gaps;
    }
    return out + gaps;
}

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
    if (!chosen_.empty()) {
        r.chosen.clear();
        std::copy_if(spikes.begin(), spikes.end(), std::back_inserter(r.chosen),
                     [&](std::uint32_t neuron) { return chosen_[neuron]; });
        spikes = r.chosen;
    }
    r.spikes.append(step, spikes);
}

SpikeRecorder::Spikes SpikeRecorder::take() {
    Spikes all;
    for (Record& r : records_) all.threads.push_back(std::exchange(r.spikes, {}));
    for_each_run(all.threads, [&](std::int64_t step, PackedSpikes::Reader& reader) {
        if (all.steps.empty() || all.steps.back() != step) {
            all.steps.push_back(step);
            all.counts.push_back(0);
        }
        all.counts.back() += reader.run().count;
        all.size += reader.run().count;
        reader.skip();
    });
    return all;
}

void SpikeRecorder::Spikes::unpack(std::int32_t* out) const {
    for_each_run(threads, [&](std::int64_t, PackedSpikes::Reader& reader) { out = reader.read(out); });
}

}  // namespace rheobase
