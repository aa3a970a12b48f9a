#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/loops/row_format.hpp"

namespace rheobase {

/// Collects the synapses of one row and writes them as segments.
class RowWriter {
  public:
    explicit RowWriter(const std::vector<Bin>& bins) : bins_(bins), ends_(bins.size() + 1, 0) {}

    /// Room for synapses that are to be filled in.
    struct Room {
        std::uint16_t *bins, *slots;
        float* weights;
    };
    Room add(std::size_t n);

    /// Bytes that the row takes; to be asked before it is written.
    std::size_t find_size();
    /// Writes the row and forgets its synapses.
    void write(std::uint8_t* out);

  private:
    void sort_by_bin();

    const std::vector<Bin>& bins_;
    std::vector<std::uint32_t> ends_;  ///< of each bin among the sorted synapses
    std::size_t size_ = 0;
    std::vector<std::uint16_t> waiting_bins_, waiting_slots_, slots_;  ///< as they came; sorted by bin
    std::vector<float> waiting_weights_, weights_;
};

}  // namespace rheobase
