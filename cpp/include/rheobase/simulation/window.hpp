#pragma once

#include <cstdint>

#include "rheobase/network/network.hpp"
#include "rheobase/wiring/layout.hpp"

namespace rheobase {

/// Steps that every thread takes tile by tile, without waiting for the others: those that lead from `begin` to `end`.
struct Window {
    std::int64_t begin, end;

    bool is_one_step() const noexcept { return end == begin + 1; }
};

/// How many steps a window may have: as many as a spike of a neuron needs at least to reach another tile, and one where
/// neurons read of each other what is no spike. Spikes of sources are known before, however soon they arrive.
std::int64_t count_free_steps(const Network& network, const Layout& layout);

}  // namespace rheobase
