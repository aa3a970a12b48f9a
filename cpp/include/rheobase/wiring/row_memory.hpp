#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "rheobase/base/bytes.hpp"

namespace rheobase {

/// Memory for rows, handed out piece by piece from blocks that grow: few bytes take little, most of many lie in large
/// pages.
class RowMemory {
  public:
    static constexpr std::size_t largest_block = std::size_t{1} << 25;
    /// So many bytes behind a piece may be read, whatever they are: loops copy more than they need.
    static constexpr std::size_t read_beyond = 64;

    /// A piece that is larger than the largest block has one of its own.
    explicit RowMemory(std::size_t max_block = largest_block) noexcept : max_block_(max_block) {}

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
    /// Frees what was taken before the block in which this piece lies.
    void forget_before(const std::uint8_t* piece) {
        const auto holds = [piece](const Block& block) {
            return !std::less<>()(piece, block.bytes.data()) && std::less<>()(piece, block.bytes.data() + block.size);
        };
        blocks_.erase(blocks_.begin(), std::find_if(blocks_.begin(), blocks_.end(), holds));
    }

  private:
    void begin_block(std::size_t size) {
        free_ = std::max(size, next_);
        next_ = std::min(8 * next_, max_block_);
        blocks_.push_back({Bytes(free_ + read_beyond), free_});
        at_ = blocks_.back().bytes.data();
    }

    struct Block {
        Bytes bytes;
        std::size_t size;
    };
    std::size_t max_block_;
    std::size_t next_ = std::size_t{1} << 18, free_ = 0;
    std::uint8_t* at_ = nullptr;
    std::vector<Block> blocks_;
};

}  // namespace rheobase
