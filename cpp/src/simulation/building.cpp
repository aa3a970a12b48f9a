#include "rheobase/simulation/building.hpp"

#include <algorithm>
#include <utility>

#include "rheobase/wiring/construction.hpp"

namespace rheobase {

namespace {

/// Draws the connections as if they were static and moves them to where they can change.
void build_plastic(PlasticProjection& plastic, Projection& p, Network& network, Layout& layout, ThreadPool& pool) {
    ProjectionGroup group{p.pre, {&p}};
    construct(group, layout, {network.random(), network.dt()}, pool);
    std::vector<std::vector<Synapse>> by_tile(layout.tiles.size());
    for (const Synapse& s : read_connections(p, layout)) by_tile[layout.tile_of(p.post, s.post)].push_back(s);
    std::vector<PlasticConnections> tiles;
    for (std::size_t t = 0; t < layout.tiles.size(); ++t) {
        layout.tiles[t].fan_outs.pop_back();
        const Part& part = layout.tiles[t].parts[p.post];
        tiles.emplace_back(std::move(by_tile[t]), layout.populations[p.pre].size, part.begin, part.end);
    }
    plastic.rebuild(std::move(tiles), network.dt());
    network.history(p.pre).reach(plastic.delay(), network.now());
}

/// Likewise for what adds up over connections.
void build_coupling(Coupling& coupling, Projection& p, Network& network, Layout& layout, ThreadPool& pool) {
    ProjectionGroup group{p.pre, {&p}};
    construct(group, layout, {network.random(), network.dt()}, pool);
    coupling.build(read_connections(p, layout), layout.populations[p.post].size);
    for (Tile& tile : layout.tiles) tile.fan_outs.pop_back();
    network.history(p.pre).reach(coupling.delay(), network.now());
}

void build_static(const std::vector<Projection*>& pending, Network& network, Layout& layout, ThreadPool& pool) {
    for (ProjectionGroup& group : group_by_pre(pending)) {
        construct(group, layout, {network.random(), network.dt()}, pool);
        network.history(group.pre).reach(layout.tiles[0].fan_outs.back().max_delay(), network.now());
    }
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

}  // namespace

bool build_connections(Network& network, Layout& layout, ThreadPool& pool) {
    const bool new_layout = !layout.fits(network.extents());
    if (new_layout) {
        layout = lay_out(network.extents(), pool.size());
        for (const auto& p : network.projections()) p->built = false;
    }
    const std::vector<Projection*> fresh = begin_batch(network);
    std::vector<Projection*> pending;
    bool made = new_layout;
    try {
        for (const auto& p : network.projections()) {
            if (p->built) continue;
            made = true;
            if (PlasticProjection* plastic = network.plastic(p->id))
                build_plastic(*plastic, *p, network, layout, pool);
            else if (Coupling* coupling = network.coupling(p->id))
                build_coupling(*coupling, *p, network, layout, pool);
            else
                pending.push_back(p.get());
        }
        build_static(pending, network, layout, pool);
    } catch (...) {
        layout = {};  // tiles may hold half a group
        for (Projection* p : fresh) p->batch = 0;
        throw;
    }
    return made;
}

}  // namespace rheobase
