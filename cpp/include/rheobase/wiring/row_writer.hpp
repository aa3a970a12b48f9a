#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/loops/row_format.hpp"

namespace rheobase {

/// Collects the synapses of one row and writes them as segments.
class RowWriter {
  public:
    explicit RowWriter(const std::vector<Bin>& bins) : bins_(bins), ends_(bins.size() + 1, 0) {}

    void add(std::uint32_t bin, std::uint16_t slot, float weight) { synapses_.push_back({bin, weight, slot}); }
    /// Appends the row's bytes and forgets its synapses.
    void write(std::vector<std::uint8_t>& bytes);

  private:
    struct Waiting {
        std::uint32_t bin;
        float weight;
        std::uint16_t slot;
    };
    void sort_by_bin();

    const std::vector<Bin>& bins_;
    std::vector<std::uint32_t> ends_;  ///< of each bin among the sorted synapses
    std::vector<Waiting> synapses_;
    std::vector<std::uint16_t> slots_;  ///< sorted by bin
    std::vector<float> weights_;
};

}  // namespace rheobase
