#pragma once

#include <cstddef>
#include <cstdint>

namespace rheobase {

/// A spike of a post neuron that rows have yet to learn from, in a list of all of a tile, ascending in step.
template <std::size_t traces>
struct NotedSpike {
    std::uint32_t step;
    std::uint32_t before;       ///< the one before that of the same column: its place in the list plus one, or 0
    std::uint32_t step_before;  ///< its step, so that memory need not bring it to tell that it is of no concern
    double trace[traces > 0 ? traces : 1];  ///< those of the column, just before the spike
};

}  // namespace rheobase
