#include "rheobase/simulation/spike_recorder.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "rheobase/base/errors.hpp"

namespace rheobase {

namespace {

/// The byte that says that a gap goes on in the next one.
constexpr std::uint32_t more = 255;

/// Writes gaps between n indices in 8 bits; returns the end of what is written, or null where indices do not ascend.
std::uint8_t* pack_bytes(const std::uint32_t* indices, std::size_t n, std::uint8_t* out) noexcept {
    const auto gap_before = [indices](std::size_t k) { return indices[k] - indices[k - 1]; };
    const std::uint32_t range = indices[n - 1] - indices[0];
    constexpr std::size_t group = 8;
    for (std::size_t k = 1; k < n;) {
        if (k + group <= n) {
            std::uint32_t beyond = 0;
            for (std::size_t j = 0; j < group; ++j) {
                const std::uint32_t gap = gap_before(k + j);
                out[j] = static_cast<std::uint8_t>(gap);
                beyond |= (gap | (gap + 1)) >> 8;  // from 255 on
            }
            if (beyond == 0) {
                out += group;
                k += group;
                continue;
            }
        }
        for (const std::size_t end = std::min(n, k + group); k < end; ++k) {
            std::uint32_t gap = gap_before(k);
            if (gap > range) return nullptr;
            for (; gap >= more; gap -= more) *out++ = more;
            *out++ = static_cast<std::uint8_t>(gap);
        }
    }
    return out;
}

/// Writes gaps between n indices where they take 16 bits; says whether all do.
bool pack_words(const std::uint32_t* indices, std::size_t n, std::uint8_t* out) noexcept {
    std::uint32_t bits = 0;
    for (std::size_t k = 1; k < n; ++k) {
        const std::uint32_t gap = indices[k] - indices[k - 1];
        const auto word = static_cast<std::uint16_t>(gap);
        std::memcpy(out + (k - 1) * sizeof word, &word, sizeof word);
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

std::uint8_t* PackedSpikes::make_room(std::size_t bytes) {
    if (blocks_.empty() || blocks_.back().room - blocks_.back().used < bytes) {
        const std::size_t next = blocks_.empty() ? small_block : std::min(large_block, 4 * blocks_.back().room);
        const std::size_t room = std::max(next, bytes);
        blocks_.push_back({Bytes(room), room, 0});
    }
    return blocks_.back().bytes.data() + blocks_.back().used;
}

void PackedSpikes::append(std::int64_t step, Span<const std::uint32_t> spikes) {
    if (spikes.empty()) return;
    constexpr std::size_t small_gap = more / 2;  // on average: fewer than one in seven of random gaps takes two bytes
    const std::size_t n = spikes.size(), gaps = n - 1, range = spikes[gaps] - spikes[0];
    std::uint8_t* const out = make_room(gaps * sizeof(std::uint32_t));
    std::uint8_t* end = range <= small_gap * gaps ? pack_bytes(spikes.data(), n, out) : nullptr;
    Form form = Form::bits_8;
    if (end == nullptr && pack_words(spikes.data(), n, out)) {
        form = Form::bits_16;
        end = out + gaps * sizeof(std::uint16_t);
    }
    if (end == nullptr) {
        form = Form::bits_32;
        end = out + gaps * sizeof(std::uint32_t);
        std::memcpy(out, spikes.data() + 1, gaps * sizeof(std::uint32_t));
    }
    runs_.push_back(
        {step, static_cast<std::uint32_t>(n) & 0x3fffffffu, static_cast<std::uint32_t>(form) & 3u, spikes[0]});
    blocks_.back().used += static_cast<std::size_t>(end - out);
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
    const std::uint8_t* const begin = spikes_->blocks_[block_].bytes.data() + at_;
    const std::uint8_t* at = begin;
    if (run.form() == Form::bits_8)
        for (std::size_t k = 0; k < gaps; ++k) {
            for (; *at == more; ++at) index += more;
            out[k] = static_cast<std::int32_t>(index += *at++);
        }
    else if (run.form() == Form::bits_16)
        for (std::size_t k = 0; k < gaps; ++k, at += sizeof(std::uint16_t)) {
            std::uint16_t gap;
            std::memcpy(&gap, at, sizeof gap);
            out[k] = static_cast<std::int32_t>(index += gap);
        }
    else {
        std::memcpy(out, at, gaps * sizeof(std::uint32_t));
        at += gaps * sizeof(std::uint32_t);
    }
    at_ += static_cast<std::size_t>(at - begin);
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
