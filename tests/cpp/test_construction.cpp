#include <algorithm>
#include <map>
#include <memory>
#include <tuple>

#include "check.hpp"
#include "rheobase/base/errors.hpp"
#include "rheobase/network/sources/poisson.hpp"
#include "rheobase/simulation/simulation.hpp"
#include "rheobase/wiring/construction.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

constexpr std::size_t sources = 37, neurons = 101, channels = 2;

/// A source and a population of two kernels over three tiles, as the simulation would lay them out.
struct Site {
    std::vector<std::unique_ptr<Population>> populations;
    std::vector<Tile> tiles;
    ThreadPool pool{3};

    Site() {
        populations.push_back(std::make_unique<PoissonSource>(0, sources, std::vector<double>{1.0}));
        const NeuronModel& lif = neuron_model("LIF");
        ParameterValues values;
        for (const ParameterInfo& p : lif.parameters) values.push_back({p.standard});
        auto target = std::make_unique<NeuronPopulation>(1, neurons, lif, lif.methods[0], values, 0.1);
        for (const char* label : {"a", "b"})
            target->add_channel(Channel{&synapse_kernel("Exponential"), {5.0}, true, false, 0.0, label});
        populations.push_back(std::move(target));
        tiles.resize(3);
        for (std::size_t t = 0; t < 3; ++t) {
            const std::size_t begin = neurons * t / 3, end = neurons * (t + 1) / 3;
            tiles[t].parts = {{0, sources * t / 3, sources * (t + 1) / 3, 0, 0}, {1, begin, end, 0, end - begin}};
            tiles[t].slots.resize((end - begin) * channels);
        }
    }
    Layout layout() { return {populations, tiles, 1, RandomSource{11}, 0.1}; }
};

ConnectionRule degrees(ConnectionRule::Kind kind, std::uint32_t k, bool multapses) {
    ConnectionRule rule;
    rule.kind = kind;
    rule.degrees = {k};
    rule.multapses = multapses;
    return rule;
}

Draw constant(double value) { return {Draw::Kind::constant, value}; }

Projection projection(std::uint32_t id, std::size_t channel, ConnectionRule rule, Draw weight, Draw delay) {
    return {id, 0, 1, channel, std::move(rule), weight, delay};
}

/// What every fan-out must be, whatever rules, weights and delays it was made from.
void check_invariants(const FanOut& f, const Tile& tile) {
    check(f.chunks.size() == (sources + FanOut::rows_per_chunk - 1) / FanOut::rows_per_chunk, "enough chunks");
    check(std::is_sorted(f.bins.begin(), f.bins.end(), [](const Bin& a, const Bin& b) { return a.delay < b.delay; }),
          "bins ascend in delay");
    std::size_t bytes = 0;
    for (std::size_t r = 0; r < sources; ++r) {
        const Row row = f.row(r);
        bytes += static_cast<std::size_t>(row.end - row.begin);
        int previous = -1;
        if (row.begin == row.end) continue;
        for (Place place = FanOut::first_place(row); place.at < row.end;) {
            check(place.bin < f.bins.size() && place.bin > previous, "bins of a row ascend");
            previous = place.bin;
            const Segment s = f.take(place);
            check(s.count > 0, "no segment is empty");
            check(place.at <= row.end, "segments fill their row");
            for (std::size_t k = 0; k < s.count; ++k) check(target_at(s, k) < tile.slots.size(), "slots of this tile");
        }
    }
    check(f.bytes() == bytes + f.start.size() * sizeof(std::uint32_t), "rows fill their chunks");
}

/// One row of more synapses of one bin than a segment can count.
void long_segments_are_split() {
    Site site;
    Projection p =
        projection(0, 0, degrees(ConnectionRule::Kind::out_degrees, 300000, true), constant(1.5), constant(7));
    ProjectionGroup group{0, {&p}};
    construct(group, site.layout(), site.pool);
    const auto found = connections(p, site.layout());
    check(found.size() == 300000 * sources, "every synapse is found again");
}

void fan_outs_keep_their_invariants() {
    using Kind = ConnectionRule::Kind;
    const Draw normal{Draw::Kind::normal, 2.0, 0.5, 0.0, 4.0}, uniform{Draw::Kind::uniform, 0.1, 3.0};
    Site site;
    Projection a = projection(0, 0, degrees(Kind::out_degrees, 20, false), constant(1.5), constant(7));
    Projection b = projection(1, 1, degrees(Kind::in_degrees, 9, false), normal, uniform);
    Projection c = projection(2, 0, degrees(Kind::in_degrees, 60, true), normal, constant(3));
    auto groups = group_by_source({&a, &b, &c});
    check(groups.size() == 2 && groups[1].projections.size() == 2,
          "what is drawn by source and by target is stored apart");
    Projection d = projection(3, 0, degrees(Kind::out_degrees, 5, true), normal, uniform);
    check(group_by_source({&b, &c, &a, &d}).size() == 3, "two onto one kernel are stored apart");
    for (auto& group : groups) construct(group, site.layout(), site.pool);
    check(a.synapses == 20 * sources && b.synapses == 9 * neurons && c.synapses == 60 * neurons,
          "as many as asked for");
    for (const Tile& tile : site.tiles) {
        check(tile.fan_outs.size() == 2, "one fan-out a group");
        for (const FanOut& f : tile.fan_outs) check_invariants(f, tile);
    }
    for (const Projection* p : {&a, &b, &c}) {
        const auto found = connections(*p, site.layout());
        check(found.size() == p->synapses, "every synapse is found again");
        for (const Synapse& s : found) {
            check(s.source < sources && s.target < neurons, "between the two populations");
            check(p->weight.constant() ? s.weight == 1.5f : s.weight >= 0.0f && s.weight <= 4.0f, "weight in range");
            check(p->delay.constant() ? s.delay == p->delay.a : s.delay >= 1 && s.delay <= 30, "delay in range");
        }
    }
}

void listed_pairs_are_kept_with_their_values() {
    Site site;
    ConnectionRule rule;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::pair<float, std::uint16_t>> wanted;
    rule.row_start.push_back(0);
    for (std::uint32_t source = 0; source < sources; ++source) {
        for (std::uint32_t target = source % 5; target < neurons; target += 1 + source) {
            const auto weight = static_cast<float>(source) - 0.25f * static_cast<float>(target);
            const auto delay = static_cast<std::uint16_t>(1 + (source * 7 + target) % 12);
            rule.targets.push_back(target);
            rule.weights.push_back(weight);
            rule.delays.push_back(delay);
            wanted[{source, target}] = {weight, delay};
        }
        rule.row_start.push_back(rule.targets.size());
    }
    Projection p = projection(0, 1, rule, constant(0), constant(1));
    ProjectionGroup group{0, {&p}};
    construct(group, site.layout(), site.pool);
    const auto found = connections(p, site.layout());
    check(found.size() == wanted.size(), "as many as listed");
    for (const Synapse& s : found)
        check(wanted[{s.source, s.target}] == std::make_pair(s.weight, s.delay), "as listed");
    for (const Tile& tile : site.tiles) check_invariants(tile.fan_outs[0], tile);
}

void impossible_draws_are_refused() {
    Site site;
    const Draw never{Draw::Kind::normal, 0.0, 1.0, 100.0, 101.0};
    Projection weights = projection(0, 0, degrees(ConnectionRule::Kind::out_degrees, 1, false), never, constant(1));
    ProjectionGroup group{0, {&weights}};
    throws<InvalidArgument>([&] { construct(group, site.layout(), site.pool); }, "a weight that no draw reaches");
    const Draw endless{Draw::Kind::lognormal, 20.0, 1.0};
    ConnectionRule at_once;
    at_once.row_start.assign(sources + 1, 1);
    at_once.row_start[0] = 0;
    at_once.targets = {0};
    at_once.delays = {0};
    Projection immediate = projection(0, 0, at_once, constant(1), constant(1));
    group.projections = {&immediate};
    throws<InvalidArgument>([&] { construct(group, site.layout(), site.pool); }, "a delay of no step");
    Projection delays = projection(0, 0, degrees(ConnectionRule::Kind::out_degrees, 1, false), constant(1), endless);
    group.projections = {&delays};
    throws<InvalidArgument>([&] { construct(group, site.layout(), site.pool); }, "a delay of 65536 steps and more");
}

/// A failed construction leaves tiles that the next build makes anew.
void a_failed_build_can_be_repeated() {
    Simulation net(0.1, 1, 2);
    net.add_poisson(5, {10.0});
    const NeuronModel& lif = neuron_model("LIF");
    ParameterValues values;
    for (const ParameterInfo& p : lif.parameters) values.push_back({p.standard});
    net.add_neurons("LIF", 7, "", values);
    net.add_channel(1, Channel{&synapse_kernel("Delta"), {}, true, false, 0.0, "x"});
    net.connect(0, 1, 0, degrees(ConnectionRule::Kind::out_degrees, 7, false), constant(1), constant(1));
    const Draw never{Draw::Kind::normal, 0.0, 1.0, 100.0, 101.0};
    net.connect(0, 1, 0, degrees(ConnectionRule::Kind::out_degrees, 7, false), never, constant(1));
    for (int k = 0; k < 3; ++k) throws<InvalidArgument>([&] { net.build(); }, "each build fails in the same way");
    check(net.synapse_bytes() < 10000, "and leaves nothing of the last one behind");
}

using Row = std::tuple<std::uint32_t, std::uint32_t, float, std::uint16_t>;

std::vector<Row> drawn_with(std::size_t threads, ConnectionRule rule) {
    Simulation net(0.1, 5, threads);
    const NeuronModel& lif = neuron_model("LIF");
    ParameterValues values;
    for (const ParameterInfo& p : lif.parameters) values.push_back({p.standard});
    net.add_neurons("LIF", 83, "", values);
    net.add_channel(0, Channel{&synapse_kernel("Exponential"), {5.0}, true, false, 0.0, "e"});
    net.connect(0, 0, 0, std::move(rule), {Draw::Kind::lognormal, 0.0, 1.0}, {Draw::Kind::normal, 1.5, 0.75, 0.05});
    std::vector<Row> rows;
    for (const Synapse& s : net.connections(0)) rows.emplace_back(s.source, s.target, s.weight, s.delay);
    std::sort(rows.begin(), rows.end());
    return rows;
}

void connections_do_not_depend_on_the_threads() {
    for (const auto kind : {ConnectionRule::Kind::in_degrees, ConnectionRule::Kind::out_degrees})
        for (const bool multapses : {false, true}) {
            ConnectionRule rule = degrees(kind, 30, multapses);
            rule.autapses = false;
            const auto alone = drawn_with(1, rule);
            check(alone.size() == 30 * 83, "as many as asked for");
            for (const Row& row : alone) check(std::get<0>(row) != std::get<1>(row), "no autapses");
            for (const std::size_t threads : {2, 3, 5, 83, 100})
                check(drawn_with(threads, rule) == alone, "any threads");
        }
}

}  // namespace

int main() {
    fan_outs_keep_their_invariants();
    long_segments_are_split();
    listed_pairs_are_kept_with_their_values();
    impossible_draws_are_refused();
    a_failed_build_can_be_repeated();
    connections_do_not_depend_on_the_threads();
    return failures;
}
