#pragma once

#include <cstddef>

namespace rheobase {

/// The largest number of neurons that one call advances: what keeps every pass over a block inside the L1 cache.
constexpr std::size_t block_size = 256;

}  // namespace rheobase
