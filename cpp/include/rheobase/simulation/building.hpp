#pragma once

#include "rheobase/base/thread_pool.hpp"
#include "rheobase/network/network.hpp"
#include "rheobase/wiring/layout.hpp"

namespace rheobase {

/// Lays out a network where the layout does not fit it, makes the connections that it lacks, and lets histories reach
/// back as far as their delays. Returns whether anything was made. If it throws, the layout is empty and the next build
/// begins anew.
bool build_connections(Network& network, Layout& layout, ThreadPool& pool);

}  // namespace rheobase
