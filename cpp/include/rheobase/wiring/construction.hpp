#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "rheobase/base/thread_pool.hpp"
#include "rheobase/network/population.hpp"
#include "rheobase/network/projection.hpp"
#include "rheobase/simulation/tile.hpp"
#include "rheobase/wiring/fan_out.hpp"

namespace rheobase {

/// Projections from one population that are stored together: one fan-out a tile. No two of them share a target kernel,
/// so that a slot tells the projection; all are drawn by target or none, all move V at once or none,
/// and all have short weights or none.
struct ProjectionGroup {
    std::uint32_t source;
    std::vector<Projection*> projections;
};

/// What construction needs to know of the network.
struct Layout {
    const std::vector<std::unique_ptr<Population>>& populations;
    std::vector<Tile>& tiles;
    std::size_t tiles_per_thread;
    RandomSource random;
    double dt;
};

/// Draws all connections of a group straight into new fan-outs, one per tile:
///   1. collect  where connections are drawn by target, those of each tile, sorted into the rows they belong to
///   2. make     chunk by chunk of rows: draw or take the targets, draw weights and delays, sort by bin, write
void construct(ProjectionGroup& group, const Layout& layout, ThreadPool& pool);

/// Every connection of a projection, in no particular order.
std::vector<Synapse> connections(const Projection& projection, const Layout& layout);

/// The projections in `pending` as groups.
std::vector<ProjectionGroup> group_by_source(const std::vector<Projection*>& pending);

}  // namespace rheobase
