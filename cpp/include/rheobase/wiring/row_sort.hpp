#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "rheobase/base/span.hpp"
#include "rheobase/wiring/row_memory.hpp"

namespace rheobase {

/// Sorts connections that come by post neuron into rows: shares them out among ranges of rows as they come, so that
/// few places are written at a time, then sorts one range after another within the L2 cache. Those of one projection
/// keep their order within a row.
class RowSort {
  public:
    RowSort(std::size_t rows, std::size_t projections);

    /// So many projections can be sorted together.
    static constexpr std::size_t max_projections = 4096;

    /// `post` counts from where the projection's part of the tile begins.
    void add(std::size_t row, std::size_t projection, std::uint16_t post) {
        Range& range = ranges_[row >> row_bits_];
        if (range.next == range.end) extend(range);
        const std::size_t key = (row & (rows_per_range() - 1)) * projections_ + projection;
        *range.next++ = static_cast<std::uint32_t>(key << 16) | post;
    }
    /// Sorts the range that a row begins, if it begins one; what was sorted before is forgotten.
    void reach(std::size_t row) {
        if (row % rows_per_range() == 0) sort(ranges_[row >> row_bits_]);
    }
    /// What a row of the range reached last has of a projection.
    Span<const std::uint16_t> sorted(std::size_t row, std::size_t projection) const noexcept {
        const std::size_t key = (row & (rows_per_range() - 1)) * projections_ + projection;
        const std::uint32_t begin = key == 0 ? 0 : ends_[key - 1];
        return {posts_.data() + begin, ends_[key] - begin};
    }

  private:
    struct Range {
        std::uint32_t *next = nullptr, *end = nullptr;
        std::vector<std::uint32_t*> blocks{};
    };
    static constexpr std::size_t per_block = 4096;

    std::size_t rows_per_range() const noexcept { return std::size_t{1} << row_bits_; }
    void extend(Range& range);
    void sort(Range& range);
    template <class Visit>
    static void for_each(const Range& range, Visit visit);

    std::size_t projections_;
    int row_bits_ = 0;
    std::vector<Range> ranges_;
    RowMemory memory_;
    std::vector<std::uint32_t*> spare_;  ///< blocks to be used again
    std::vector<std::uint32_t> ends_;    ///< of each row and projection, of the range reached last
    std::vector<std::uint16_t> posts_;
};

}  // namespace rheobase
