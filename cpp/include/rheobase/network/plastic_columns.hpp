#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/network/plastic_connections.hpp"

namespace rheobase {

/// Where the synapses of each column lie among the rows: 4 bytes each. Their rows are found by where they lie.
class PlasticColumns {
  public:
    PlasticColumns() = default;
    explicit PlasticColumns(const PlasticConnections& connections);

    std::uint64_t first(std::size_t column) const noexcept { return start_[column]; }
    std::uint64_t last(std::size_t column) const noexcept { return start_[column + 1]; }
    const std::uint32_t* synapses() const noexcept { return synapse_.data(); }
    /// The row of a synapse among these connections.
    std::size_t find_row(const PlasticConnections& connections, std::uint32_t synapse) const noexcept;

  private:
    std::vector<std::uint64_t> start_;
    std::vector<std::uint32_t> synapse_;
    std::vector<std::uint32_t> row_at_;  ///< of every 2^shift_-th synapse, and the last row
    unsigned shift_ = 0;
};

}  // namespace rheobase
