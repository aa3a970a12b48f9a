#include "rheobase/network/plastic_columns.hpp"

#include <algorithm>

namespace rheobase {

PlasticColumns::PlasticColumns(const PlasticConnections& c) : start_(c.columns() + 1, 0), synapse_(c.post.size()) {
    for (std::size_t s = 0; s < c.post.size(); ++s) ++start_[c.column_of(s) + 1];
    for (std::size_t k = 1; k < start_.size(); ++k) start_[k] += start_[k - 1];
    std::vector<std::uint64_t> next(start_.begin(), start_.end() - 1);
    for (std::size_t s = 0; s < c.post.size(); ++s) synapse_[next[c.column_of(s)]++] = static_cast<std::uint32_t>(s);
    const std::size_t last_row = std::max<std::size_t>(c.rows(), 1) - 1;
    while (((last_row + 1) << (shift_ + 1)) <= c.post.size()) ++shift_;
    for (std::size_t row = 0; row < c.rows(); ++row)
        while ((std::uint64_t{row_at_.size()} << shift_) < c.row_start[row + 1])
            row_at_.push_back(static_cast<std::uint32_t>(row));
    row_at_.push_back(static_cast<std::uint32_t>(last_row));
}

/// Two rows on without asking: more of them, as where many are empty, are seldom.
std::size_t PlasticColumns::find_row(const PlasticConnections& c, std::uint32_t synapse) const noexcept {
    const std::uint64_t* const ends = c.row_start.data() + 1;
    std::size_t row = row_at_[synapse >> shift_];
    for (int k = 0; k < 2; ++k) row += ends[row] <= synapse ? 1 : 0;
    while (ends[row] <= synapse) ++row;
    return row;
}

}  // namespace rheobase
