#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/wiring/fan_out.hpp"

namespace rheobase {

/// Collects the synapses of one row and writes them as segments.
class RowWriter {
  public:
    explicit RowWriter(const std::vector<Bin>& bins) : bins_(bins), ends_(bins.size() + 1, 0) {}

    void add(std::uint32_t bin, std::uint16_t target, float weight) { synapses_.push_back({bin, weight, target}); }
    /// Appends the row's bytes and forgets its synapses.
    void write(std::vector<std::uint8_t>& bytes);

  private:
    struct Waiting {
        std::uint32_t bin;
        float weight;
        std::uint16_t target;
    };
    void sort_by_bin();
    void write_segment(const Bin& bin, std::size_t first, std::size_t count, std::vector<std::uint8_t>& bytes) const;

    const std::vector<Bin>& bins_;
    std::vector<std::uint32_t> ends_;  ///< of each bin among the sorted synapses
    std::vector<Waiting> synapses_;
    std::vector<std::uint16_t> targets_;  ///< sorted by bin
    std::vector<float> weights_;
};

}  // namespace rheobase
