#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/base/shared_work.hpp"
#include "rheobase/base/thread_pool.hpp"
#include "rheobase/random/random.hpp"
#include "rheobase/wiring/layout.hpp"
#include "rheobase/wiring/projection.hpp"

namespace rheobase {

/// Projections from one population that are stored together: one fan-out per tile. No two of them share a receptor, so
/// that a slot tells the projection; all are drawn by post neuron or none, all move V at once or none, and all have
/// weights of as many bits.
struct ProjectionGroup {
    std::uint32_t pre;
    std::vector<Projection*> projections;
};

/// What drawing connections takes: the network's random numbers, and the step in which delays count (ms).
struct Drawing {
    RandomSource random;
    double dt;
};

/// Draws all connections of a group straight into new fan-outs, one per tile, each connection once: row by row, or tile
/// by tile where they are drawn by post neuron and sorted into rows then. Weights and delays are drawn for a row, which
/// is sorted by bin and written.
void construct(ProjectionGroup& group, Layout& layout, const Drawing& drawing, ThreadPool& pool, SharedWork& work);

/// How often `construct` goes over the connections of a projection.
std::uint64_t count_passes(const Projection& projection);

/// Appends the connections of a projection from one neuron onto those of one tile, by delay; by post neuron as well
/// where each delay has one kind of weight.
void read_row(const Projection& projection, const Tile& tile, std::uint32_t pre, std::vector<Synapse>& found);

/// Every connection of a projection, by pre neuron; by post neuron as well where all have one delay.
std::vector<Synapse> read_connections(const Projection& projection, const Layout& layout, SharedWork& work);

/// The projections in `pending` as groups.
std::vector<ProjectionGroup> group_by_pre(const std::vector<Projection*>& pending);

}  // namespace rheobase
