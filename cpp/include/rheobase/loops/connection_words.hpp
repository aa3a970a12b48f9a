#pragma once

#include <cstddef>
#include <cstdint>

#include "rheobase/random/random.hpp"

namespace rheobase {

/// Connections from one neuron, `repetition` telling those between one pair apart, whose random words are asked for.
struct ConnectionWords {
    std::size_t n;
    const std::uint32_t* post;
    const std::uint32_t* repetition;
    RandomSource random;
    std::uint32_t tag, pre;
    std::uint32_t* words[4];
};

}  // namespace rheobase
