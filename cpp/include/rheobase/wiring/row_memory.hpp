#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "rheobase/base/bytes.hpp"

namespace rheobase {

/// Memory for rows, handed out piece by piece from blocks that grow: few bytes take little, most of many lie in large
/// pages.
class RowMemory {
  public:
    std::uint8_t* take(std::size_t size) {
        if (size > free_) begin_block(size);
        free_ -= size;
        return std::exchange(at_, at_ + size);
    }
    /// Makes the piece that was taken last longer; it may move. Returns where it begins.
    std::uint8_t* extend(std::uint8_t* piece, std::size_t size, std::size_t more) {
        if (more > free_) {
            begin_block(size + more);
            std::uint8_t* moved = take(size);
            std::copy(piece, piece + size, moved);
            piece = moved;
        }
        take(more);
        return piece;
    }

  private:
    void begin_block(std::size_t size) {
        free_ = std::max(size, next_);
        next_ = std::min(8 * next_, max_block);
        at_ = blocks_.emplace_back(free_).data();
    }

    static constexpr std::size_t max_block = std::size_t{1} << 25;
    std::size_t next_ = std::size_t{1} << 18, free_ = 0;
    std::uint8_t* at_ = nullptr;
    std::vector<Bytes> blocks_;
};

}  // namespace rheobase
