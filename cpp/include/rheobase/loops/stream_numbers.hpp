#pragma once

#include <cstddef>
#include <cstdint>

#include "rheobase/random/random.hpp"

namespace rheobase {

/// Blocks of four words of a stream, from `first_block` on, as numbers below n, in the order and by the rejections of
/// `Stream::below`.
struct StreamNumbers {
    StreamKey stream;
    std::uint32_t first_block;
    std::size_t blocks;
    std::uint32_t n;
    std::uint32_t* numbers;  ///< room for room_for(blocks)

    static constexpr std::size_t max_width = 16;  ///< blocks that an instruction set draws together, at most
    static constexpr std::size_t room_for(std::size_t blocks) noexcept {
        return 4 * ((blocks + max_width - 1) / max_width * max_width);
    }
};

}  // namespace rheobase
