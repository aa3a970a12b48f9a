#include <numeric>
#include <utility>
#include <vector>

#include "check.hpp"
#include "rheobase/network/spike_history.hpp"
#include "rheobase/simulation/spike_recorder.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

/// One spike, in place of what was there.
void write(SpikeList& spikes, std::int64_t neuron) {
    spikes.clear();
    spikes.push_back(static_cast<std::uint32_t>(neuron));
}

/// However many there are, and were before.
void lists_hold_few_spikes_and_many() {
    SpikeList list;
    for (const std::size_t n : {0, 1, 11, 12, 5, 40, 0, 12, 41, 300, 11, 299}) {
        std::vector<std::uint32_t> spikes(n);
        std::iota(spikes.begin(), spikes.end(), static_cast<std::uint32_t>(n));
        list.clear();
        const std::size_t half = n / 2;
        list.append({spikes.data(), half});
        list.append({spikes.data() + half, n - half});
        const SpikeList copy = list;
        SpikeList given = copy;
        const SpikeList taken = std::move(given);
        for (const SpikeList& each : {list, copy, taken})
            check(std::vector<std::uint32_t>(each.begin(), each.end()) == spikes, "all spikes, in order");
        SpikeList backwards;
        backwards.prepend({spikes.data() + half, n - half});
        backwards.prepend({spikes.data(), half});
        check(std::vector<std::uint32_t>(backwards.begin(), backwards.end()) == spikes, "put before what is there");
        list.push_back(7);
        check(list.size() == n + 1 && list[n] == 7 && copy.size() == n, "one more, and not in the copy");
    }
}

void spikes_stay_as_long_as_the_longest_delay() {
    SpikeHistory history(1);
    history.reach(7, 0);
    check(history.max_delay() == 7, "room for seven steps");
    for (std::int64_t step = 1; step <= 50; ++step) {
        write(history.at(step)[0], step);
        for (std::int64_t age = 0; age <= 7; ++age) {
            const auto& old = history.at(step - age)[0];
            if (step - age < 1)
                check(old.empty(), "steps before the first are empty");
            else
                check(old.size() == 1 && old[0] == step - age, "a step's own spikes");
        }
    }
}

void growing_keeps_what_is_there() {
    for (std::int64_t now = 0; now < 12; ++now) {
        SpikeHistory history(2);
        history.reach(3, 0);
        for (std::int64_t step = 1; step <= now; ++step)
            for (auto& list : history.at(step)) write(list, step);
        history.reach(10, now);
        history.reach(2, now);
        check(history.max_delay() == 10, "grows, never shrinks");
        for (std::int64_t age = 0; age <= 10; ++age) {
            const bool kept = age <= 3 && now - age >= 1;
            for (const auto& list : history.at(now - age)) {
                check(list.size() == (kept ? 1u : 0u), "what was kept, and nothing else");
                if (kept) check(list[0] == now - age, "at its step");
            }
        }
    }
}

void some_threads_find_spikes_while_others_read_old_ones() {
    SpikeHistory history(2);
    history.reach(5, 0);
    history.look_ahead(5, 0);
    check(history.max_delay() == 5, "to look ahead is no delay");
    for (std::int64_t window = 0; window < 20; window += 5) {
        for (std::int64_t step = window + 1; step <= window + 5; ++step)  // one thread is through
            write(history.at(step)[0], step);
        for (std::int64_t step = window + 1; step <= window + 5; ++step) {
            const auto& old = history.at(step - 5)[1];
            check(step < 6 ? old.empty() : old.size() == 1 && old[0] == step - 5, "what the other one has to read");
        }
        for (std::int64_t step = window + 1; step <= window + 5; ++step) write(history.at(step)[1], step);
    }
}

std::vector<std::int32_t> unpack(const SpikeRecorder::Spikes& spikes) {
    std::vector<std::int32_t> indices(spikes.size);
    spikes.unpack(indices.data());
    return indices;
}

void recorded_spikes_come_by_step_then_by_index() {
    SpikeRecorder recorder(3);
    const std::vector<std::uint32_t> low{1, 2}, middle{5}, high{8, 9}, none;
    recorder.record(2, 4, high);
    recorder.record(0, 4, low);
    recorder.record(1, 5, middle);
    recorder.record(1, 6, none);
    recorder.record(0, 7, low);
    const SpikeRecorder::Spikes spikes = recorder.take();
    check(spikes.steps == std::vector<std::int64_t>{4, 5, 7}, "steps");
    check(spikes.counts == std::vector<std::uint32_t>{4, 1, 2}, "how many at each");
    check(unpack(spikes) == std::vector<std::int32_t>{1, 2, 8, 9, 5, 1, 2}, "indices");
    check(unpack(spikes) == unpack(spikes), "indices again");
    check(recorder.take().steps.empty(), "taking forgets");
}

/// More than a block holds, from threads that have unequal numbers of them.
void many_spikes_are_all_recorded() {
    SpikeRecorder recorder(2);
    std::vector<std::uint32_t> low(3001), high(1);
    std::iota(low.begin(), low.end(), 0u);
    high[0] = 3001;
    constexpr std::int64_t steps = 700;
    for (std::int64_t step = 0; step < steps; ++step) {
        recorder.record(0, step, low);
        recorder.record(1, step, high);
    }
    const SpikeRecorder::Spikes spikes = recorder.take();
    const std::vector<std::int32_t> indices = unpack(spikes);
    check(indices.size() == 3002 * steps, "all of them");
    bool in_order = true;
    for (std::size_t k = 0; k < indices.size(); ++k)
        in_order = in_order && indices[k] == static_cast<std::int32_t>(k % 3002);
    check(in_order, "in order");
}

/// Gaps at and beyond 8 and 16 bits, indices up to the largest, one neuron twice, and a step that needs more than a
/// block.
void indices_lie_any_distance_apart() {
    constexpr std::uint32_t largest = 0x7fffffff;
    std::vector<std::uint32_t> everybody((std::size_t{1} << 21) + 5);
    std::iota(everybody.begin(), everybody.end(), 7u);
    std::vector<std::uint32_t> dense(40);  // some gaps of which one byte does not tell
    std::iota(dense.begin(), dense.end(), 0u);
    for (const std::uint32_t gap : {254u, 255u, 256u, 509u, 510u, 511u, 765u})
        for (std::uint32_t k = 0; k < 11; ++k) dense.push_back(dense.back() + (k == 0 ? gap : 1));
    const std::vector<std::vector<std::uint32_t>> steps{
        {largest}, {0, 65535},        {0, 65536}, {3, 3, 4}, {1, 2, largest - 1, largest},
        everybody, {5, 70000, 70001}, {9, 8},     dense,     {5, 9, 8, 10}};
    SpikeRecorder recorder(1);
    std::vector<std::int32_t> expected;
    for (std::size_t k = 0; k < steps.size(); ++k) {
        recorder.record(0, static_cast<std::int64_t>(k), steps[k]);
        expected.insert(expected.end(), steps[k].begin(), steps[k].end());
    }
    check(unpack(recorder.take()) == expected, "indices far apart");
}

}  // namespace

int main() {
    lists_hold_few_spikes_and_many();
    spikes_stay_as_long_as_the_longest_delay();
    growing_keeps_what_is_there();
    some_threads_find_spikes_while_others_read_old_ones();
    recorded_spikes_come_by_step_then_by_index();
    many_spikes_are_all_recorded();
    indices_lie_any_distance_apart();
    return failures;
}
