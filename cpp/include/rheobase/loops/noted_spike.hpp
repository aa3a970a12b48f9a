#pragma once

#include <cstddef>
#include <cstdint>

namespace rheobase {

/// A spike of a post neuron that rows have yet to learn from, in a list of all of a tile, ascending in step. It knows
/// the spike before; its own step is known to the one after it, or is the last of its column. As small as can be:
/// rows read from all over the list, which is to stay in L2. Traces lie elsewhere, as few rules read them.
struct NotedSpike {
    std::uint32_t before;       ///< the one before that of the same column: its place in the list plus one, or 0
    std::uint32_t step_before;  ///< its step
};

}  // namespace rheobase
