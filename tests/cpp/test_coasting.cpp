#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "check.hpp"
#include "rheobase/network/neuron_population.hpp"
#include "standard_values.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

constexpr double dt = 0.1;
using Spikes = std::vector<std::vector<std::uint32_t>>;
using Cells = std::unique_ptr<NeuronPopulation>;

/// How many cells there are, what reaches them, and the steps of a window.
struct Case {
    std::size_t n, begin;
    int kernels;
    bool delta;
    int steps;
    std::vector<double> I_x;
};

Cells make(const Case& c) {
    const NeuronModel& model = neuron_model("LIF");
    auto cells =
        std::make_unique<NeuronPopulation>(0, c.n, model, Method::exact, standard_values(model), dt, RandomSource{1});
    for (int k = 0; k < c.kernels; ++k)
        cells->add_receptor(Receptor{&synapse_kernel("Exponential"), {5.0 + k}, false, false, 0.0, std::to_string(k)});
    if (c.delta) cells->add_receptor(Receptor{&synapse_kernel("Delta"), {}, false, false, 0.0, "d"});
    cells->inputs().set_current(c.I_x);
    cells->begin(0);
    return cells;
}

/// A part of a tile and its cells.
struct Part {
    Cells cells;
    std::size_t begin, end, slots_per_receptor, first_slot;
    Aligned<double> slots;
    AwakeNeurons awake;

    Part(const Case& c, std::size_t first_slot_)
        : cells(make(c)),
          begin(c.begin),
          end(c.n),
          slots_per_receptor((end - begin + 7) / 8 * 8),
          first_slot(first_slot_),
          slots(cells->receptor_count() * slots_per_receptor) {}

    bool kicks(std::size_t slot) const { return cells->receptor(slot / slots_per_receptor).delta(); }

    void join(const std::vector<Arrival>& arrivals, std::int64_t step, bool kicking) {
        for (const Arrival& a : arrivals)
            if (a.step == step && a.slot - first_slot < slots.size() && kicks(a.slot - first_slot) == kicking)
                slots[a.slot - first_slot] += a.weight;
    }
    Spikes step_by_step(std::int64_t start, int steps, const std::vector<Arrival>& arrivals) {
        awake.return_home();
        Spikes spikes(static_cast<std::size_t>(steps));
        for (int s = 0; s < steps; ++s) {
            join(arrivals, s, true);
            cells->advance({start + s, dt, RandomSource{1}}, begin, end, slots.data(), slots_per_receptor, true,
                           spikes[static_cast<std::size_t>(s)]);
            join(arrivals, s, false);
        }
        return spikes;
    }
    Spikes coast(std::int64_t start, int steps, const std::vector<Arrival>& arrivals) {
        Spikes spikes(static_cast<std::size_t>(steps));
        cells->coast({{start, dt, RandomSource{1}},
                      steps,
                      begin,
                      end,
                      awake,
                      slots.data(),
                      slots_per_receptor,
                      first_slot,
                      arrivals,
                      spikes});
        return spikes;
    }
    std::vector<double> state() const {
        AwakeNeurons(awake).return_home();  // a copy: those that coast stay where they are
        std::vector<double> all = cells->variables().find("V").read();
        all.insert(all.end(), slots.begin(), slots.end());
        return all;
    }
};

/// So many per step, by step, those that move V first, and one at another part of the tile.
std::vector<Arrival> draw_arrivals(const Part& part, int steps, std::size_t per_step, std::mt19937_64& random) {
    std::vector<Arrival> arrivals;
    const std::size_t receptors = part.cells->receptor_count();
    for (int s = 0; s < steps; ++s)
        for (const bool kicking : {true, false})
            for (std::size_t k = 0; k < per_step && receptors > 0; ++k) {
                const std::size_t slot =
                    random() % receptors * part.slots_per_receptor + random() % (part.end - part.begin);
                const double weight = (static_cast<double>(random() % 100) - 40.0) * (kicking ? 0.4 : 1.5);
                if (part.kicks(slot) == kicking)
                    arrivals.push_back(
                        {static_cast<std::uint32_t>(part.first_slot + slot), static_cast<std::uint32_t>(s), weight});
            }
    arrivals.push_back({static_cast<std::uint32_t>(part.first_slot + part.slots.size()), 0, 1e9});
    return arrivals;
}

bool equal(const std::vector<double>& a, const std::vector<double>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

/// Busy windows, then silent ones in which blocks may come to rest; returns how many spikes there were.
std::size_t compare(const Case& c, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Part one(c, 8 * (seed % 100)), other(c, 8 * (seed % 100));
    check(other.cells->coasts(), "such neurons coast");
    std::size_t total = 0;
    for (int w = 0; w < 40; ++w) {
        const auto arrivals = draw_arrivals(one, c.steps, w < 15 ? random() % 8 : w % 7 == 0 ? 2 : 0, random);
        const std::int64_t start = w * c.steps;
        const Spikes expected = one.step_by_step(start, c.steps, arrivals);
        const bool mixed = seed % 7 == 0 && w % 6 == 5;  // a window in between that goes step by step
        const Spikes found =
            mixed ? other.step_by_step(start, c.steps, arrivals) : other.coast(start, c.steps, arrivals);
        check(found == expected && equal(one.state(), other.state()), "the same spikes and the same bits");
        for (const auto& spikes : expected) total += spikes.size();
    }
    return total;
}

void coasting_is_step_by_step_to_the_bit() {
    std::size_t total = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        std::mt19937_64 random(1000 + seed);
        const std::size_t sizes[] = {1000 + random() % 3000, 1 + random() % 40, 1024 + 256 * (random() % 8)};
        Case c{sizes[seed % 3], seed % 3 == 0 ? 8 * (random() % 30) : 0, static_cast<int>(seed % 4) % 3,
               seed % 2 == 0,   static_cast<int>(1 + random() % 30),     {seed % 5 == 1 ? 16.0 : 0.0}};
        if (seed % 5 == 0) {
            c.I_x.resize(c.n);
            for (double& I : c.I_x) I = static_cast<double>(random() % 1000) * 0.02;
        }
        total += compare(c, seed);
    }
    check(total > 1000, "many neurons spiked");
}

void what_might_overflow_has_no_windows() {
    const Case c{64, 0, 1, true, 18, {0.0}};
    const auto stays_finite = [&](const Cells& cells) {
        cells->begin(0);
        return cells->stays_finite();
    };
    const Cells cells = make(c);
    check(stays_finite(cells), "moderate numbers");
    cells->inputs().set_current({1e120});
    check(!stays_finite(cells), "a current beyond all measure");
    cells->inputs().set_current({0.0});
    cells->variables().find("V").values[5] = 1e120;
    check(!stays_finite(cells), "a potential beyond all measure");
    cells->variables().find("V").values[5] = std::numeric_limits<double>::quiet_NaN();
    check(!stays_finite(cells), "a potential that is no number");
    cells->variables().find("V").values[5] = -60.0;
    check(stays_finite(cells), "mended");
    cells->set_parameter("g_L", {1e-60});
    check(!stays_finite(cells), "a parameter beyond all measure");
}

void only_what_is_the_same_in_each_step_coasts() {
    const Cells cells = make({64, 0, 1, true, 18, {0.0}});
    check(cells->coasts(), "leaky neurons with a current coast");
    cells->add_receptor(Receptor{&synapse_kernel("Exponential"), {5.0}, false, true, 0.0, "conductance"});
    cells->begin(0);
    check(!cells->coasts(), "those with a conductance do not");
}

}  // namespace

int main() {
    coasting_is_step_by_step_to_the_bit();
    what_might_overflow_has_no_windows();
    only_what_is_the_same_in_each_step_coasts();
    return failures;
}
