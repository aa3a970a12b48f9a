#include <algorithm>
#include <atomic>
#include <map>
#include <thread>
#include <tuple>

#include "check.hpp"
#include "rheobase/base/errors.hpp"
#include "rheobase/simulation/simulation.hpp"
#include "rheobase/wiring/construction.hpp"
#include "rheobase/wiring/layout.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

constexpr std::size_t pre_neurons = 37, neurons = 101, receptors = 2;

/// A pre and a population of two receptors over three tiles.
struct Site {
    Layout layout = lay_out({{pre_neurons, 0, 1}, {neurons, receptors, 1}}, 3);
    ThreadPool pool{3};
    Drawing drawing{RandomSource{11}, 0.1};
    Poll poll;
    SharedWork work{poll};

    void make(ProjectionGroup& group) { construct(group, layout, drawing, pool, work); }
};

ConnectionRule degrees(ConnectionRule::Kind kind, std::uint32_t k, bool multapses) {
    ConnectionRule rule;
    rule.kind = kind;
    rule.degrees = {k};
    rule.multapses = multapses;
    return rule;
}

Distribution constant(double value) { return {Distribution::Kind::constant, value}; }

Projection projection(std::uint32_t id, std::size_t receptor, ConnectionRule rule, Distribution weight,
                      Distribution delay) {
    return {id, 0, 1, receptor, std::move(rule), weight, delay};
}

/// What every fan-out must be, whatever rules, weights and delays it was made from. Returns the bytes of its rows.
std::size_t check_invariants(const FanOut& f, const Tile& tile) {
    check(f.rows->chunks.size() == (pre_neurons + StoredRows::per_chunk - 1) / StoredRows::per_chunk, "enough chunks");
    check(std::is_sorted(f.bins.begin(), f.bins.end(), [](const Bin& a, const Bin& b) { return a.delay < b.delay; }),
          "bins ascend in delay");
    std::size_t bytes = 0;
    for (std::size_t r = 0; r < pre_neurons; ++r) {
        const Row row = f.row(r);
        bytes += static_cast<std::size_t>(row.end - row.begin);
        int previous = -1;
        if (row.begin == row.end) continue;
        for (Place place = first_place(row); place.at < row.end;) {
            check(place.bin < f.bins.size() && place.bin > previous, "bins of a row ascend");
            previous = place.bin;
            const Segment s = f.take(place);
            check(s.count > 0, "no segment is empty");
            check(place.at <= row.end, "segments fill their row");
            for (std::size_t k = 0; k < s.count; ++k)
                check(slot_at(s.data, k) < tile.slots.size(), "slots of this tile");
        }
    }
    return bytes;
}

/// What all fan-outs of a group must be.
void check_invariants(const Layout& layout, std::size_t group) {
    std::size_t bytes = 0, stored = 0;
    for (const Tile& tile : layout.tiles) {
        const FanOut& f = tile.fan_outs[group];
        bytes += check_invariants(f, tile);
        if (f.tile == 0) stored += f.rows->bytes() - f.rows->start.size() * sizeof(std::uint32_t);
    }
    check(stored == bytes, "rows fill their chunks");
}

/// One row of more synapses of one bin than a segment can count.
void long_segments_are_split() {
    Site site;
    Projection p =
        projection(0, 0, degrees(ConnectionRule::Kind::out_degrees, 300000, true), constant(1.5), constant(7));
    ProjectionGroup group{0, {&p}};
    site.make(group);
    const auto found = read_connections(p, site.layout, site.work);
    check(found.size() == 300000 * pre_neurons, "every synapse is found again");
}

void fan_outs_keep_their_invariants() {
    using Kind = ConnectionRule::Kind;
    const Distribution normal{Distribution::Kind::normal, 2.0, 0.5, 0.0, 4.0},
        uniform{Distribution::Kind::uniform, 0.1, 3.0};
    Site site;
    Projection a = projection(0, 0, degrees(Kind::out_degrees, 20, false), constant(1.5), constant(7));
    Projection b = projection(1, 1, degrees(Kind::in_degrees, 9, false), normal, uniform);
    Projection c = projection(2, 0, degrees(Kind::in_degrees, 60, true), normal, constant(3));
    auto groups = group_by_pre({&a, &b, &c});
    check(groups.size() == 2 && groups[1].projections.size() == 2, "what is drawn by pre and by post is stored apart");
    Projection d = projection(3, 0, degrees(Kind::out_degrees, 5, true), normal, uniform);
    check(group_by_pre({&b, &c, &a, &d}).size() == 3, "two onto one kernel are stored apart");
    for (auto& group : groups) site.make(group);
    check(a.synapses == 20 * pre_neurons && b.synapses == 9 * neurons && c.synapses == 60 * neurons,
          "as many as asked for");
    for (const Tile& tile : site.layout.tiles) check(tile.fan_outs.size() == 2, "one fan-out a group");
    for (std::size_t group = 0; group < 2; ++group) check_invariants(site.layout, group);
    for (const Projection* p : {&a, &b, &c}) {
        const auto found = read_connections(*p, site.layout, site.work);
        check(found.size() == p->synapses, "every synapse is found again");
        for (const Synapse& s : found) {
            check(s.pre < pre_neurons && s.post < neurons, "between the two populations");
            check(p->weight.constant() ? s.weight == 1.5f : s.weight >= 0.0f && s.weight <= 4.0f, "weight in range");
            check(p->delay.constant() ? s.delay == p->delay.a : s.delay >= 1 && s.delay <= 30, "delay in range");
        }
    }
}

/// Onto the same tiles, of three threads and of one.
void rows_of_one_thread_lie_side_by_side() {
    using Kind = ConnectionRule::Kind;
    const Distribution uniform{Distribution::Kind::uniform, 0.1, 3.0};
    for (const Kind kind : {Kind::out_degrees, Kind::in_degrees}) {
        Projection p = projection(0, 0, degrees(kind, 40, true), uniform, uniform);
        ProjectionGroup group{0, {&p}};
        Site apart;
        apart.make(group);
        Site together;
        together.layout.tiles_per_thread = together.layout.tiles.size();
        ThreadPool alone{1};
        construct(group, together.layout, together.drawing, alone, together.work);
        check_invariants(together.layout, 0);
        const std::uint8_t* end = nullptr;
        for (std::size_t r = 0; r < pre_neurons; ++r)
            for (std::size_t t = 0; t < together.layout.tiles.size(); ++t) {
                const Row one = apart.layout.tiles[t].fan_outs[0].row(r),
                          other = together.layout.tiles[t].fan_outs[0].row(r);
                check(std::equal(one.begin, one.end, other.begin, other.end), "the same bytes");
                check(end == nullptr || other.begin == end, "one after the other");
                end = other.end;
            }
    }
}

/// A list of pairs with its own memory.
struct Pairs {
    std::vector<std::int32_t> pre{}, post{};
    std::vector<double> weights{};
    std::vector<std::uint16_t> delays{};

    ConnectionRule rule(std::size_t n_pre, std::size_t n_post, ThreadPool& pool) const {
        const Poll poll;
        SharedWork work(poll);
        ConnectionRule made;
        made.list = list_pairs(n_pre, n_post, {pre, post, weights, delays}, pool, work);
        return made;
    }
};

void listed_pairs_are_kept_with_their_values() {
    Site site;
    Pairs given;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::pair<float, std::uint16_t>> wanted;
    for (std::uint32_t pre = pre_neurons; pre-- > 0;)
        for (std::uint32_t post = pre % 5; post < neurons; post += 1 + pre) {
            const auto weight = static_cast<float>(pre) - 0.25f * static_cast<float>(post);
            const auto delay = static_cast<std::uint16_t>(1 + (pre * 7 + post) % 12);
            given.pre.push_back(static_cast<std::int32_t>(pre));
            given.post.push_back(static_cast<std::int32_t>(post));
            given.weights.push_back(weight);
            given.delays.push_back(delay);
            wanted[{pre, post}] = {weight, delay};
        }
    const ConnectionRule rule = given.rule(pre_neurons, neurons, site.pool);
    Projection p = projection(0, 1, rule, constant(0), constant(1));
    ProjectionGroup group{0, {&p}};
    site.make(group);
    const auto found = read_connections(p, site.layout, site.work);
    check(found.size() == wanted.size(), "as many as listed");
    for (const Synapse& s : found) check(wanted[{s.pre, s.post}] == std::make_pair(s.weight, s.delay), "as listed");
    check_invariants(site.layout, 0);
}

/// Against std::stable_sort: ranges of many rows and of one, rows of any length and none, pairs that repeat.
void lists_are_sorted_stably_by_any_threads() {
    Stream random(RandomSource{5}, 0, 0, 0);
    for (const std::uint32_t n_pre : {1u, 7u, 5000u, 300000u})
        for (const std::uint32_t n_post : {1u, 50u, 200000u, 2147483647u}) {
            Pairs given;
            for (std::size_t k = 0; k < 40000; ++k) {
                given.pre.push_back(static_cast<std::int32_t>(random.below(n_pre)));
                given.post.push_back(static_cast<std::int32_t>(random.below(n_post)));
                given.weights.push_back(static_cast<double>(k));
            }
            std::vector<std::size_t> order(given.pre.size());
            for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
            std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
                return std::tie(given.pre[a], given.post[a]) < std::tie(given.pre[b], given.post[b]);
            });
            for (const std::size_t threads : {1, 3}) {
                ThreadPool pool(threads);
                const PairList list = given.rule(n_pre, n_post, pool).list;
                check(list.size() == order.size() && list.row_start.size() == n_pre + 1, "as many");
                std::size_t row = 0;
                for (std::size_t k = 0; k < order.size(); ++k) {
                    while (row < n_pre && list.row_start[row + 1] <= k) ++row;
                    check(static_cast<std::int32_t>(row) == given.pre[order[k]], "in the row of its pre neuron");
                    check(static_cast<std::int32_t>(list.post(k)) == given.post[order[k]], "by post neuron");
                    check(list.weight(k) == static_cast<float>(order[k]), "in the order given, with its weight");
                }
            }
        }
}

void pairs_of_no_neurons_are_refused() {
    ThreadPool pool(2);
    for (const std::int32_t wrong : {-1, 3}) {
        throws<InvalidArgument>([&] { Pairs{{0, wrong}, {0, 0}}.rule(3, 9, pool); }, "a pre neuron that is none");
        throws<InvalidArgument>([&] { Pairs{{0, 0}, {0, wrong}}.rule(9, 3, pool); }, "a post neuron that is none");
    }
}

void impossible_draws_are_refused() {
    Site site;
    const Distribution never{Distribution::Kind::normal, 0.0, 1.0, 100.0, 101.0};
    Projection weights = projection(0, 0, degrees(ConnectionRule::Kind::out_degrees, 1, false), never, constant(1));
    ProjectionGroup group{0, {&weights}};
    throws<InvalidArgument>([&] { site.make(group); }, "a weight that no draw reaches");
    const Distribution endless{Distribution::Kind::lognormal, 20.0, 1.0};
    const ConnectionRule at_once = Pairs{{0}, {0}, {}, {0}}.rule(pre_neurons, neurons, site.pool);
    Projection immediate = projection(0, 0, at_once, constant(1), constant(1));
    group.projections = {&immediate};
    throws<InvalidArgument>([&] { site.make(group); }, "a delay of no step");
    Projection delays = projection(0, 0, degrees(ConnectionRule::Kind::out_degrees, 1, false), constant(1), endless);
    group.projections = {&delays};
    throws<InvalidArgument>([&] { site.make(group); }, "a delay of 65536 steps and more");
}

/// A failed construction leaves tiles that the next build makes anew.
void a_failed_build_can_be_repeated() {
    Simulation net(0.1, 1, 2);
    net.add_poisson(5, {10.0});
    const NeuronModel& lif = neuron_model("LIF");
    ParameterValues values;
    for (const ParameterInfo& p : lif.parameters) values.push_back({p.standard});
    net.add_neurons("LIF", 7, "", values);
    net.add_receptor(1, Receptor{&synapse_kernel("Delta"), {}, true, false, 0.0, "x"});
    net.connect({0, 1, 0, degrees(ConnectionRule::Kind::out_degrees, 7, false), constant(1), constant(1)});
    const Distribution never{Distribution::Kind::normal, 0.0, 1.0, 100.0, 101.0};
    net.connect({0, 1, 0, degrees(ConnectionRule::Kind::out_degrees, 7, false), never, constant(1)});
    for (int k = 0; k < 3; ++k) throws<InvalidArgument>([&] { net.build(); }, "each build fails in the same way");
    check(net.synapse_bytes() < 10000, "and leaves nothing of the last one behind");
}

using Drawn = std::tuple<std::uint32_t, std::uint32_t, float, std::uint16_t>;

std::vector<Drawn> drawn_with(std::size_t threads, ConnectionRule rule) {
    Simulation net(0.1, 5, threads);
    const NeuronModel& lif = neuron_model("LIF");
    ParameterValues values;
    for (const ParameterInfo& p : lif.parameters) values.push_back({p.standard});
    net.add_neurons("LIF", 83, "", values);
    net.add_receptor(0, Receptor{&synapse_kernel("Exponential"), {5.0}, true, false, 0.0, "e"});
    net.connect({0,
                 0,
                 0,
                 std::move(rule),
                 {Distribution::Kind::lognormal, 0.0, 1.0},
                 {Distribution::Kind::normal, 1.5, 0.75, 0.05}});
    std::vector<Drawn> rows;
    for (const Synapse& s : net.read_connections(0)) rows.emplace_back(s.pre, s.post, s.weight, s.delay);
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
            for (const Drawn& row : alone) check(std::get<0>(row) != std::get<1>(row), "no autapses");
            for (const std::size_t threads : {2, 3, 5, 83, 100})
                check(drawn_with(threads, rule) == alone, "any threads");
        }
}

/// Every thread stops at the first poll, whoever of them is at work, and whichever pass it is.
void a_poll_stops_the_construction() {
    for (const auto kind : {ConnectionRule::Kind::in_degrees, ConnectionRule::Kind::out_degrees}) {
        Site site;
        int polls = 0;
        const Poll stop = [&](std::int64_t) { return ++polls == 0; };
        SharedWork work(stop);
        std::this_thread::sleep_for(SharedWork::between_polls);
        Projection p = projection(0, 0, degrees(kind, 30000, true), constant(1.0), constant(1.0));
        ProjectionGroup group{0, {&p}};
        throws<Stopped>([&] { construct(group, site.layout, site.drawing, site.pool, work); }, "stopped");
        check(polls == 1 && !p.built, "by one poll");
    }
}

void a_thread_that_waits_for_others_polls() {
    ThreadPool pool(2);
    std::atomic<int> calls{0};
    pool.run(
        [&](std::size_t thread) {
            while (thread == 1 && calls < 3) std::this_thread::yield();
        },
        [&] { ++calls; });
    check(calls >= 3, "it calls what it was given meanwhile");
}

}  // namespace

int main() {
    fan_outs_keep_their_invariants();
    rows_of_one_thread_lie_side_by_side();
    long_segments_are_split();
    listed_pairs_are_kept_with_their_values();
    lists_are_sorted_stably_by_any_threads();
    pairs_of_no_neurons_are_refused();
    impossible_draws_are_refused();
    a_failed_build_can_be_repeated();
    connections_do_not_depend_on_the_threads();
    a_poll_stops_the_construction();
    a_thread_that_waits_for_others_polls();
    return failures;
}
