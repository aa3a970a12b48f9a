// The least work that delivery of spikes can be: segments of 16-bit targets and 32-bit weights, as long as those of the
// microcircuit, are added into slots that stay in the second-level cache. Rows are picked at random from a stream of
// the microcircuit's size, in large pages where the system has them, and their segments are visited as delays allow:
// one per step, beside those of other rows. Segments are known beforehand, and asked for as early as gains most. The
// engine's delivery also has to find them, and cannot be faster than this. Two bounds below it: to read every line of
// the segments and add nothing, and to add segments that are in the cache.
//
// Arguments: synapses in all, slots, mean length of a segment, segments per row, segments to deliver, threads.
// Prints: seconds, events and events per second of all threads together.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "rheobase/base/bytes.hpp"

namespace {

struct Stream {
    rheobase::Bytes bytes;
    std::vector<std::uint64_t> start;  // of each segment; one more than segments
};

constexpr std::size_t width = sizeof(std::uint16_t) + sizeof(float), max_line = 64;

Stream make(std::uint64_t synapses, std::uint32_t slots, double mean_length, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::poisson_distribution<std::uint32_t> length(mean_length);
    Stream s;
    s.start.push_back(0);
    s.bytes = rheobase::Bytes(synapses * width + max_line);
    std::uint64_t made = 0;
    while (made < synapses) {
        std::uint64_t n = length(random);
        if (n > synapses - made) n = synapses - made;
        std::uint8_t* data = s.bytes.data() + made * width;
        std::uint32_t target = 0;
        for (std::uint64_t k = 0; k < n; ++k) {
            // ascending, as rows are: the gaps of a random draw
            target += static_cast<std::uint32_t>(random() % (2 * slots / (n + 1) + 1));
            const auto t = static_cast<std::uint16_t>(target % slots);
            const float weight = 1.0f;
            std::memcpy(data + k * sizeof t, &t, sizeof t);
            std::memcpy(data + n * sizeof t + k * sizeof weight, &weight, sizeof weight);
        }
        made += n;
        s.start.push_back(made);
    }
    return s;
}

enum class Work { all, read, add };

/// Deliver the picked segments: `read` touches every line of them and adds nothing, `add` takes the first few again and
/// again, which stay in the cache.
template <class Slot, Work work>
std::uint64_t scatter(const Stream& s, const std::vector<std::uint32_t>& picked, std::vector<Slot>& slots) {
    constexpr std::size_t ahead = 12, cached = 256;
    const auto segment = [&](std::size_t p) { return work == Work::add ? p % cached : picked[p]; };
    std::uint64_t events = 0, touched = 0;
    for (std::size_t p = 0; p < picked.size(); ++p) {
        if (p + ahead < picked.size()) {
            const std::size_t next = segment(p + ahead);
            const std::uint8_t* data = s.bytes.data() + s.start[next] * width;
            const std::size_t bytes = (s.start[next + 1] - s.start[next]) * width;
            for (std::size_t at = 0; at < bytes + max_line; at += max_line) __builtin_prefetch(data + at);
        }
        const std::uint64_t first = s.start[segment(p)], n = s.start[segment(p) + 1] - first;
        const std::uint8_t* data = s.bytes.data() + first * width;
        events += n;
        if constexpr (work == Work::read) {
            for (std::uint64_t at = 0; at < n * width; at += max_line) touched += data[at];
            continue;
        }
        for (std::uint64_t k = 0; k < n; ++k) {
            std::uint16_t target;
            float weight;
            std::memcpy(&target, data + k * sizeof target, sizeof target);
            std::memcpy(&weight, data + n * sizeof target + k * sizeof weight, sizeof weight);
            slots[target] += static_cast<Slot>(weight);
        }
    }
    if constexpr (work == Work::read) slots[0] = static_cast<Slot>(touched > 0 ? events : 0);
    return events;
}

/// Segments in the order in which spikes reach them: `entering` rows start a step, each moves on by one segment per
/// step.
std::vector<std::uint32_t> travel(std::size_t rows, std::size_t per_row, std::uint64_t segments, std::uint64_t seed) {
    constexpr std::size_t entering = 25;
    std::mt19937_64 random(seed);
    std::vector<std::uint32_t> picked;
    std::vector<std::vector<std::size_t>> under_way;  // by step of entry, the oldest first
    while (picked.size() < segments) {
        if (under_way.size() == per_row) under_way.erase(under_way.begin());
        under_way.emplace_back();
        for (std::size_t k = 0; k < entering; ++k) under_way.back().push_back(random() % rows);
        for (std::size_t wave = 0; wave < under_way.size(); ++wave)
            for (const std::size_t row : under_way[wave])
                picked.push_back(static_cast<std::uint32_t>(row * per_row + under_way.size() - 1 - wave));
    }
    return picked;
}

template <class Slot, Work work>
void measure(const char* name, const std::vector<Stream>& streams, std::uint32_t n_slots, std::size_t per_row,
             std::uint64_t segments) {
    using Clock = std::chrono::steady_clock;
    std::vector<std::uint64_t> events(streams.size(), 0);
    std::vector<std::vector<std::uint32_t>> picked(streams.size());
    for (std::size_t t = 0; t < streams.size(); ++t)
        picked[t] = travel((streams[t].start.size() - 1) / per_row, per_row, segments, 100 + t);
    double sum = 0.0;
    const auto begin = Clock::now();
    std::vector<std::thread> threads;
    std::vector<double> sums(streams.size(), 0.0);
    for (std::size_t t = 0; t < streams.size(); ++t)
        threads.emplace_back([&, t] {
            std::vector<Slot> slots(n_slots, Slot(0));
            events[t] = scatter<Slot, work>(streams[t], picked[t], slots);
            for (const Slot slot : slots) sums[t] += static_cast<double>(slot);
        });
    for (auto& thread : threads) thread.join();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    std::uint64_t total = 0;
    for (std::size_t t = 0; t < streams.size(); ++t) {
        total += events[t];
        sum += sums[t];
    }
    std::printf(
        "{\"work\": \"%s\", \"kilobytes\": %.0f, \"seconds\": %.6f, \"events\": %llu, "
        "\"events_per_second\": %.4g, \"checks\": %s}\n",
        name, 1e-3 * static_cast<double>(n_slots * sizeof(Slot)), seconds, static_cast<unsigned long long>(total),
        static_cast<double>(total) / seconds, sum == static_cast<double>(total) ? "true" : "false");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 7) {
        std::fprintf(stderr, "usage: scatter SYNAPSES SLOTS LENGTH SEGMENTS_A_ROW SEGMENTS THREADS\n");
        return 2;
    }
    const auto synapses = std::strtoull(argv[1], nullptr, 10);
    const auto slots = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10));
    const double length = std::strtod(argv[3], nullptr);
    const auto per_row = static_cast<std::size_t>(std::strtoul(argv[4], nullptr, 10));
    const auto segments = std::strtoull(argv[5], nullptr, 10);
    const auto threads = static_cast<std::size_t>(std::strtoul(argv[6], nullptr, 10));
    if (per_row == 0 || synapses == 0 || slots == 0 || slots > 65536 || !(length > 0.0) || threads == 0) return 2;
    std::vector<Stream> streams;
    for (std::size_t t = 0; t < threads; ++t) streams.push_back(make(synapses / threads, slots, length, t + 1));
    measure<double, Work::read>("read alone", streams, slots, per_row, segments / threads);
    measure<double, Work::add>("add alone", streams, slots, per_row, segments / threads);
    measure<float, Work::all>("deliver to floats", streams, slots, per_row, segments / threads);
    measure<double, Work::all>("deliver", streams, slots, per_row, segments / threads);
    return 0;
}
