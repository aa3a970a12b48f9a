#include <cstdint>
#include <vector>

#include "check.hpp"
#include "rheobase/network/awake_neurons.hpp"
#include "rheobase/network/coast_groups.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

constexpr std::size_t together = 2;

/// What 35 neurons have at home, all of it different.
struct Home {
    std::vector<double> V, g, I;
    std::vector<std::int64_t> free_from;

    Home() {
        for (int i = 0; i < 35; ++i) {
            V.push_back(i + 0.5);
            g.push_back(100.0 + i);
            I.push_back(-1.0 * i);
            free_from.push_back(7 * i);
        }
    }
    StateAtHome state() { return {{V.data(), g.data()}, free_from.data(), I.data()}; }
};

AwakeNeurons fetch(Home& home) {
    AwakeNeurons awake;
    awake.fetch(home.state(), home.V.size(), together);
    return awake;
}

/// Leaves these alone awake.
void let_sleep_but(AwakeNeurons& awake, const std::vector<std::uint32_t>& neurons) {
    for (auto place = static_cast<std::uint32_t>(awake.size()); place-- > 0;) {
        bool stays = false;
        for (const std::uint32_t neuron : neurons) stays = stays || awake.neuron(place) == neuron;
        if (!stays) awake.sleep(place);
    }
}

bool has_all(AwakeNeurons& awake, std::size_t place, const Home& home) {
    const std::uint32_t i = awake.neuron(place);
    return awake.values(0)[place] == home.V[i] && awake.values(1)[place] == home.g[i] &&
           awake.I()[place] == home.I[i] && awake.free_from()[place] == home.free_from[i];
}

void who_is_awake_has_its_state_here() {
    Home home;
    AwakeNeurons awake;
    check(!awake.away() && awake.size() == 0, "at first all are at home");
    awake = fetch(home);
    check(awake.away() && awake.size() == 35, "then all are awake");
    let_sleep_but(awake, {3, 4, 30});
    check(awake.away() && awake.size() == 3, "three of them");
    for (std::size_t place = 0; place < awake.size(); ++place) check(has_all(awake, place, home), "all that is theirs");
    check(awake.wake(12) == 3 && awake.neuron(3) == 12 && has_all(awake, 3, home), "one more, behind them");
    check(awake.wake(12) == 3 && awake.size() == 4, "once");
}

void what_changed_comes_home() {
    Home home;
    AwakeNeurons awake = fetch(home);
    let_sleep_but(awake, {3, 4, 30});
    for (std::size_t place = 0; place < awake.size(); ++place) awake.values(0)[place] += 1000.0;
    awake.sleep(awake.wake(4));
    check(home.V[4] == 1004.5 && home.V[3] == 3.5 && home.V[30] == 30.5, "of the one that sleeps");
    const std::uint32_t place = awake.wake(30);
    awake.store(place);
    check(home.V[30] == 1030.5, "of the one that is stored");
    home.V[30] = -1.0;
    home.free_from[30] = 77;
    awake.load(place);
    check(has_all(awake, place, home), "and what was changed there comes back");
    awake.return_home();
    check(!awake.away() && awake.size() == 0 && home.V[3] == 1003.5 && home.V[2] == 2.5, "of all in the end");
    awake.return_home();
    check(home.V[3] == 1003.5, "once");
}

/// Two receptors, the second one without a stage; 40 slots each, from slot 100 on.
void arrivals_wake_neurons_and_go_to_their_groups() {
    Home home;
    AwakeNeurons awake = fetch(home);
    let_sleep_but(awake, {1, 2, 5});
    const std::uint32_t first_neuron = awake.neuron(0);
    const std::vector<Arrival> arrivals{
        {99, 0, 9.0}, {100 + first_neuron, 0, 0.5}, {140 + 30, 1, 0.25}, {100 + first_neuron, 2, 2.0}, {180, 2, 9.0}};
    const std::vector<std::uint32_t> stages{0, max_coast_receptors};
    std::vector<std::vector<std::uint32_t>> spikes(3);
    std::vector<double> slots(80);
    const Stretch stretch{{7, 0.1, RandomSource{1}}, 3, 8, 43, awake, slots.data(), 40, 100, arrivals, spikes};
    const CoastGroups groups(stretch, stages, together);
    check(groups.size() == 2 && awake.size() == 4 && awake.neuron(3) == 30, "one was woken");
    const CoastGroup first = groups[0], second = groups[1];
    check(first.n == 2 && first.first == 0 && second.n == 2 && second.first == 2, "two by two");
    check(first.begin == 7 && first.end == 10, "all steps of the stretch");
    check(first.arrival_count == 2 && first.arrivals[0].lane == 0 && first.arrivals[0].stage == 0 &&
              first.arrivals[0].slot == first_neuron && first.arrivals[0].step == 0 &&
              first.arrivals[0].weight == 0.5 && first.arrivals[1].step == 2,
          "two arrivals at the first group, by step");
    check(second.arrival_count == 1 && second.arrivals[0].lane == 1 &&
              second.arrivals[0].stage == max_coast_receptors && second.arrivals[0].slot == 70,
          "a kick at the second");
}

}  // namespace

int main() {
    who_is_awake_has_its_state_here();
    what_changed_comes_home();
    arrivals_wake_neurons_and_go_to_their_groups();
    return failures;
}
