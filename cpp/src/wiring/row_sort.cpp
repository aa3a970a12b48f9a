#include "rheobase/wiring/row_sort.hpp"

#include <algorithm>

namespace rheobase {

RowSort::RowSort(std::size_t rows, std::size_t projections) : projections_(projections) {
    constexpr std::size_t max_keys = 8192, max_rows = 4096;  // of a range: its counts stay in the L1 cache
    while ((projections_ << (row_bits_ + 1)) <= max_keys && (std::size_t{1} << row_bits_) < max_rows) ++row_bits_;
    ranges_.resize((rows + rows_per_range() - 1) >> row_bits_);
    ends_.resize(projections_ << row_bits_);
}

void RowSort::extend(Range& range) {
    if (spare_.empty())
        range.blocks.push_back(reinterpret_cast<std::uint32_t*>(memory_.take(per_block * sizeof(std::uint32_t))));
    else {
        range.blocks.push_back(spare_.back());
        spare_.pop_back();
    }
    range.next = range.blocks.back();
    range.end = range.next + per_block;
}

template <class Visit>
void RowSort::for_each(const Range& range, Visit visit) {
    for (const std::uint32_t* block : range.blocks) {
        const std::uint32_t* end = block == range.end - per_block ? range.next : block + per_block;
        for (const std::uint32_t* entry = block; entry != end; ++entry) visit(*entry);
    }
}

void RowSort::sort(Range& range) {
    std::fill(ends_.begin(), ends_.end(), 0);
    if (range.blocks.empty()) return;
    for_each(range, [&](std::uint32_t entry) { ++ends_[entry >> 16]; });
    std::uint32_t sum = 0;
    for (std::uint32_t& end : ends_) sum += std::exchange(end, sum);
    if (posts_.size() < sum) posts_.resize(sum);
    for_each(range, [&](std::uint32_t entry) { posts_[ends_[entry >> 16]++] = static_cast<std::uint16_t>(entry); });
    spare_.insert(spare_.end(), range.blocks.begin(), range.blocks.end());
    range = {};
}

}  // namespace rheobase
