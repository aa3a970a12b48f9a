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

}  // namespace rheobase
