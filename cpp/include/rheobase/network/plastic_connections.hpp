#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/base/bytes.hpp"
#include "rheobase/base/shared_work.hpp"
#include "rheobase/wiring/projection.hpp"
#include "rheobase/wiring/tile.hpp"

namespace rheobase {

/// Plastic connections of one projection onto the neurons of one tile, by row. A row is what a spike reaches at one
/// time: the synapses of a pre neuron, or where delays differ those of a pre neuron that have one delay. So all that is
/// kept for a row is what has arrived there. A column is the same of spikes of post neurons, which take a delay of
/// their own. A synapse takes 10 bytes: its weight and its post neuron; 4 more, its column, where post delays differ.
class PlasticConnections {
  public:
    /// Reads what `construct` made in a tile. `of_synapse` are the post delays of the tile's synapses, in steps, or
    /// nothing where there is one for all.
    PlasticConnections(const Projection& projection, const Tile& tile, std::size_t pre_size,
                       const std::vector<std::uint16_t>& of_synapse, WorkShare& share);

    std::size_t rows() const noexcept { return row_start.size() - 1; }
    std::uint32_t pre_of(std::size_t row) const noexcept {
        return row_pre.empty() ? static_cast<std::uint32_t>(row) : row_pre[row];
    }
    /// The row of a pre neuron and a delay, or rows() where there is none.
    std::size_t find_row(std::uint32_t pre, std::uint16_t delay) const noexcept;

    std::size_t columns() const noexcept { return first_column.empty() ? end - begin : column_post.size(); }
    /// Counted from `begin`.
    std::uint32_t post_of(std::size_t column) const noexcept {
        return first_column.empty() ? static_cast<std::uint32_t>(column) : column_post[column];
    }
    /// The column of a post neuron, counted from `begin`, and a post delay, or columns() where there is none.
    std::size_t find_column(std::uint32_t post, std::uint16_t delay) const noexcept;
    std::uint32_t column_of(std::size_t synapse) const noexcept {
        return first_column.empty() ? post[synapse] : synapse_column[synapse];
    }

    std::size_t begin, end;  ///< the tile's range of post neurons
    std::vector<std::uint64_t> row_start;
    std::vector<std::uint32_t> first_id;   ///< by row: that of its first synapse among all of the projection
    std::vector<std::uint32_t> row_pre;    ///< empty where there is one delay: every pre neuron has a row
    std::vector<std::uint16_t> row_delay;  ///< likewise; in steps
    std::vector<std::uint32_t> first_row;  ///< likewise; by pre neuron
    std::vector<std::uint16_t> delays;     ///< all of row_delay, ascending
    std::vector<std::uint16_t> post;       ///< counted from `begin`, ascending in a row
    std::vector<double, LargePageAllocator<double>> weight;
    std::vector<std::uint32_t> column_post;     ///< empty where there is one post delay: every post neuron has a column
    std::vector<std::uint16_t> column_delay;    ///< likewise; in steps
    std::vector<std::uint32_t> first_column;    ///< likewise; by post neuron
    std::vector<std::uint16_t> post_delays;     ///< all of column_delay, ascending
    std::vector<std::uint32_t> synapse_column;  ///< empty where there is one post delay; by synapse

  private:
    void divide_columns(const std::vector<std::uint16_t>& of_synapse, WorkShare& share);
};

}  // namespace rheobase
