#pragma once

#include "rheobase/base/poll.hpp"
#include "rheobase/base/thread_pool.hpp"
#include "rheobase/network/network.hpp"
#include "rheobase/wiring/layout.hpp"

namespace rheobase {

/// How much `build_connections` has to do, in the unit that it tells the poll.
std::uint64_t count_work(const Network& network, const Layout& layout);

/// Lays out a network where the layout does not fit it, makes the connections that it lacks, and lets histories reach
/// back as far as their delays. Returns whether anything was made. If it throws, as it does where the poll stops it,
/// the layout is empty and the next build begins anew.
bool build_connections(Network& network, Layout& layout, ThreadPool& pool, const Poll& poll);

/// What a network takes over from another of the same populations and projections.
struct Inheritance {
    const Network& network;
    const Layout& layout;
    bool learned;  ///< plastic connections too, as they are by now; otherwise they remain to be made
};

/// Takes over what another network has built. Rows are shared, since they do not change. Where the tiles cannot be
/// shared out among the threads, nothing happens, and the next build makes all connections.
void inherit_connections(const Inheritance& from, Network& network, Layout& layout, const ThreadPool& pool);

/// Lets the fan-outs know since when projections are there.
void note_beginnings(const Network& network, Layout& layout);

}  // namespace rheobase
