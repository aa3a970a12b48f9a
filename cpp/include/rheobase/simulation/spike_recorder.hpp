#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/base/span.hpp"

namespace rheobase {

/// Spikes of one population since the last `take`, of all neurons or of chosen ones, each thread's apart.
class SpikeRecorder {
  public:
    explicit SpikeRecorder(std::size_t threads) : records_(threads) {}
    /// Records chosen neurons alone, of n.
    SpikeRecorder(std::size_t threads, const std::vector<std::uint32_t>& chosen, std::size_t n);

    void record(std::size_t thread, std::int64_t step, Span<const std::uint32_t> spikes);

    struct Spikes {
        std::vector<std::int64_t> steps, indices;
    };
    /// Spikes by step, then by index; forgets them.
    Spikes take();

  private:
    /// Cache lines apart, since every thread writes its own at every step.
    struct alignas(64) Record {
        std::vector<std::int64_t> steps;
        std::vector<std::uint32_t> counts, indices;
    };
    std::vector<Record> records_;
    std::vector<bool> chosen_;  ///< by neuron; empty where all are
};

}  // namespace rheobase
