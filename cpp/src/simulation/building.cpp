#include "rheobase/simulation/building.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "rheobase/base/errors.hpp"
#include "rheobase/wiring/construction.hpp"
#include "rheobase/wiring/post_delays.hpp"

namespace rheobase {

namespace {

/// Lets spikes be kept for as long as they are under way to plastic connections from either end.
void keep_spikes(const PlasticProjection& plastic, Network& network) {
    network.history(plastic.projection().pre).reach(plastic.max_delay(), network.now());
    network.history(plastic.projection().post).reach(plastic.max_post_delay(), network.now());
}

/// How long spikes of post neurons take to the synapses of each tile, in the order of its rows.
std::vector<std::vector<std::uint16_t>> share_out_post_delays(const Projection& p, const Network& network,
                                                              const Layout& layout, SharedWork& work) {
    WorkShare share(work, 0);
    const std::vector<Synapse> made = read_connections(p, layout, work);
    const std::vector<std::uint16_t> all = find_post_delays(p, made, {network.random(), network.dt()}, share);
    std::vector<std::vector<std::uint16_t>> of_tile(layout.tiles.size());
    for (std::size_t s = 0; s < made.size(); ++s) {
        of_tile[layout.tile_of(p.post, made[s].post)].push_back(all[s]);
        share.advance(0);
    }
    return of_tile;
}

/// Draws the connections as if they were static and moves them to where they can change.
void build_plastic(PlasticProjection& plastic, Projection& p, Network& network, Layout& layout, ThreadPool& pool,
                   SharedWork& work) {
    ProjectionGroup group{p.pre, {&p}};
    construct(group, layout, {network.random(), network.dt()}, pool, work);
    std::vector<std::vector<std::uint16_t>> post_delays(layout.tiles.size());
    if (!p.post_delays.one()) post_delays = share_out_post_delays(p, network, layout, work);
    std::vector<std::optional<PlasticConnections>> read(layout.tiles.size());
    const auto read_tiles = [&](std::size_t thread) {
        WorkShare share(work, thread);
        for (std::size_t t = thread; t < layout.tiles.size(); t += pool.size())
            read[t].emplace(p, layout.tiles[t], layout.populations[p.pre].size, post_delays[t], share);
    };
    pool.run(read_tiles, [&] { work.poll(); });
    p.group = Projection::nowhere;
    for (Tile& tile : layout.tiles) tile.fan_outs.pop_back();
    std::vector<PlasticConnections> tiles;
    for (auto& connections : read) tiles.push_back(std::move(*connections));
    plastic.rebuild(std::move(tiles), network.now());
    keep_spikes(plastic, network);
}

/// Likewise for what adds up over connections.
void build_coupling(Coupling& coupling, Projection& p, Network& network, Layout& layout, ThreadPool& pool,
                    SharedWork& work) {
    ProjectionGroup group{p.pre, {&p}};
    construct(group, layout, {network.random(), network.dt()}, pool, work);
    coupling.build(read_connections(p, layout, work), layout.populations[p.post].size);
    for (Tile& tile : layout.tiles) tile.fan_outs.pop_back();
    p.group = Projection::nowhere;
    network.history(p.pre).reach(coupling.max_delay(), network.now());
}

/// Moves the fan-outs that were made last to where older ones of the same group stand.
void put_back(const ProjectionGroup& group, std::size_t place, Layout& layout) {
    for (Tile& tile : layout.tiles) {
        tile.fan_outs[place] = std::move(tile.fan_outs.back());
        tile.fan_outs.pop_back();
    }
    for (Projection* p : group.projections) p->group = place;
}

void build_static(const std::vector<Projection*>& pending, Network& network, Layout& layout, ThreadPool& pool,
                  SharedWork& work) {
    for (ProjectionGroup& group : group_by_pre(pending)) {
        const std::size_t old = group.projections[0]->group;
        construct(group, layout, {network.random(), network.dt()}, pool, work);
        network.history(group.pre).reach(layout.tiles[0].fan_outs.back().max_delay(), network.now());
        if (old != Projection::nowhere) put_back(group, old, layout);
    }
}

/// Whether projections whose weights were changed are still stored beside the same others, so that their group can be
/// constructed alone: a network built with these weights from the start has the same fan-outs in the same order.
bool keep_their_groups(const Network& network, const Layout& layout) {
    std::vector<Projection*> stored;
    for (const auto& p : network.projections())
        if (p->group != Projection::nowhere) stored.push_back(p.get());
    const std::vector<ProjectionGroup> groups = group_by_pre(stored);
    for (const ProjectionGroup& group : groups)
        for (const Projection* p : group.projections)
            if (p->group != group.projections[0]->group) return false;
    return groups.size() == layout.tiles[0].fan_outs.size();
}

/// Gives projections that were never built the number of a new batch; returns those that it was given to.
std::vector<Projection*> begin_batch(const Network& network) {
    std::uint32_t last = 0;
    for (const auto& p : network.projections()) last = std::max(last, p->batch);
    std::vector<Projection*> fresh;
    for (const auto& p : network.projections())
        if (p->batch == 0) fresh.push_back(p.get());
    for (Projection* p : fresh) p->batch = last + 1;
    return fresh;
}

void inherit_plastic(PlasticProjection& plastic, const PlasticProjection& other, Network& network) {
    plastic.rebuild(other.tiles(), network.now());
    keep_spikes(plastic, network);
}

void inherit_coupling(Coupling& coupling, const Coupling& other, Network& network) {
    const Projection& p = coupling.projection();
    coupling.build(other.connections(), network.population(p.post).size());
    network.history(p.pre).reach(coupling.max_delay(), network.now());
}

}  // namespace

void inherit_connections(const Inheritance& from, Network& network, Layout& layout, const ThreadPool& pool) {
    require(network.extents() == from.layout.populations &&
                network.projections().size() == from.network.projections().size(),
            "connections must be those of the same populations and projections");
    if (from.layout.tiles.size() % pool.size() != 0) return;
    layout = from.layout;
    layout.tiles_per_thread = layout.tiles.size() / pool.size();
    for (const auto& p : network.projections()) {
        const Projection& other = *from.network.projections()[p->id];
        p->batch = other.batch;
        p->group = other.group;
        p->synapses = other.synapses;
        PlasticProjection* const plastic = network.plastic(p->id);
        p->built = plastic == nullptr || from.learned;
        if (plastic != nullptr && from.learned) inherit_plastic(*plastic, *from.network.plastic(p->id), network);
        if (Coupling* coupling = network.coupling(p->id))
            inherit_coupling(*coupling, *from.network.coupling(p->id), network);
    }
    for (const FanOut& f : layout.tiles[0].fan_outs) network.history(f.pre).reach(f.max_delay(), network.now());
    note_beginnings(network, layout);
}

void note_beginnings(const Network& network, Layout& layout) {
    for (const auto& p : network.projections()) {
        if (network.plastic(p->id) != nullptr || network.coupling(p->id) != nullptr) continue;
        for (Tile& tile : layout.tiles) tile.fan_outs[p->group].since = p->since;
    }
}

std::uint64_t count_work(const Network& network, const Layout& layout) {
    constexpr std::uint64_t plastic_passes = 2;   // they are counted and read
    constexpr std::uint64_t coupling_passes = 1;  // they are read
    const bool new_layout = !layout.fits(network.extents());
    std::uint64_t total = 0;
    for (const auto& p : network.projections()) {
        if (p->built && !new_layout) continue;
        const std::uint64_t n = p->rule->count(p->pre_neurons.size(network.population(p->pre).size()),
                                               p->post_neurons.size(network.population(p->post).size()));
        total += n * (count_passes(*p) + (network.plastic(p->id) != nullptr    ? plastic_passes
                                          : network.coupling(p->id) != nullptr ? coupling_passes
                                                                               : 0));
    }
    return total;
}

bool build_connections(Network& network, Layout& layout, ThreadPool& pool, const Poll& poll) {
    SharedWork work(poll);
    const bool new_layout = !layout.fits(network.extents()) || !keep_their_groups(network, layout);
    if (new_layout) {
        layout = lay_out(network.extents(), pool.size());
        for (const auto& p : network.projections()) {
            p->built = false;
            p->group = Projection::nowhere;
        }
    }
    const std::vector<Projection*> fresh = begin_batch(network);
    std::vector<Projection*> pending;
    bool made = new_layout;
    try {
        for (const auto& p : network.projections()) {
            if (p->built) continue;
            made = true;
            if (PlasticProjection* plastic = network.plastic(p->id))
                build_plastic(*plastic, *p, network, layout, pool, work);
            else if (Coupling* coupling = network.coupling(p->id))
                build_coupling(*coupling, *p, network, layout, pool, work);
            else
                pending.push_back(p.get());
        }
        build_static(pending, network, layout, pool, work);
    } catch (...) {
        layout = {};  // tiles may hold half a group
        for (Projection* p : fresh) p->batch = 0;
        throw;
    }
    return made;
}

}  // namespace rheobase
