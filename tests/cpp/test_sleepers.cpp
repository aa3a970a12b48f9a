#include <cstdint>
#include <vector>

#include "check.hpp"
#include "rheobase/network/coast_groups.hpp"
#include "rheobase/network/sleepers.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

constexpr std::size_t neurons = 45, begin = 8, end = 43;  // an end that is no multiple of a word

Sleepers all_asleep() {
    Sleepers sleepers;
    sleepers.resize(neurons);
    for (std::size_t i = 0; i < neurons; ++i) sleepers.sleep(i);
    return sleepers;
}

void who_is_awake_is_listed() {
    Sleepers sleepers = all_asleep();
    check(sleepers.list_awake(begin, end).empty(), "all sleep");
    for (const std::size_t neuron : {3, 9, 31, 42, 44}) sleepers.wake(neuron);
    check(sleepers.list_awake(begin, end) == std::vector<std::uint32_t>{1, 23, 34},
          "counted from the first, no others");
    check(sleepers.place(9) == 0 && sleepers.place(31) == 1 && sleepers.place(42) == 2, "their places");
    sleepers.sleep(9);
    check(sleepers.list_awake(begin, end) == std::vector<std::uint32_t>{23, 34}, "one less");
    sleepers.wake(begin, end);
    check(sleepers.list_awake(begin, end).size() == end - begin, "all are awake");
}

/// Two receptors, the second one without a stage; 40 slots each, from slot 100 on.
void arrivals_wake_neurons_and_go_to_their_groups() {
    Sleepers sleepers = all_asleep();
    for (const std::size_t neuron : {begin + 1, begin + 2, begin + 5}) sleepers.wake(neuron);
    const std::vector<Arrival> arrivals{{99, 0, 9.0}, {105, 0, 0.5}, {140 + 30, 1, 0.25}, {102, 2, 2.0}, {180, 2, 9.0}};
    const std::vector<std::uint32_t> stages{0, max_coast_receptors};
    std::vector<std::vector<std::uint32_t>> spikes(3);
    std::vector<double> slots(80);
    const Stretch stretch{{7, 0.1, RandomSource{1}}, 3, begin, end, true, slots.data(), 40, 100, arrivals, spikes};
    const CoastGroups groups(stretch, stages, 2, sleepers);
    check(groups.size() == 2, "four are awake");
    const CoastGroup first = groups[0], second = groups[1];
    check(first.n == 2 && first.neurons[0] == 1 && first.neurons[1] == 2, "in their order");
    check(second.n == 2 && second.neurons[0] == 5 && second.neurons[1] == 30, "with the one that was woken");
    check(first.begin == 7 && first.end == 10, "all steps of the stretch");
    check(first.arrival_count == 1 && first.arrivals[0].lane == 1 && first.arrivals[0].stage == 0 &&
              first.arrivals[0].slot == 2 && first.arrivals[0].step == 2 && first.arrivals[0].weight == 2.0,
          "one arrival at the first group");
    check(second.arrival_count == 2 && second.arrivals[0].lane == 0 && second.arrivals[1].lane == 1 &&
              second.arrivals[1].stage == max_coast_receptors && second.arrivals[1].slot == 70,
          "a current and a kick at the second");
}

}  // namespace

int main() {
    who_is_awake_is_listed();
    arrivals_wake_neurons_and_go_to_their_groups();
    return failures;
}
