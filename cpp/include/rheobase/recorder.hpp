#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rheobase/span.hpp"

namespace rheobase {

/// All spikes of one population since the last `take`, each thread's apart.
class SpikeRecorder {
  public:
    explicit SpikeRecorder(std::size_t threads) : records_(threads) {}

    void record(std::size_t thread, std::int64_t step, Span<const std::uint32_t> spikes);

    struct Spikes {
        std::vector<std::int64_t> steps, indices;
    };
    /// Spikes by step, then by index; forgets them.
    Spikes take();

  private:
    struct Record {
        std::vector<std::int64_t> steps;
        std::vector<std::uint32_t> counts, indices;
    };
    std::vector<Record> records_;
};

/// Values of one variable of chosen neurons at every `every`-th step.
struct StateRecorder {
    std::uint32_t population;
    std::string variable;
    std::vector<std::uint32_t> neurons;  ///< ascending
    std::int64_t every;
    std::vector<std::int64_t> steps{};
    std::vector<double> values{};  ///< one row a sample

    std::size_t width() const noexcept { return neurons.size(); }
    bool due(std::int64_t step) const noexcept { return step % every == 0; }
};

}  // namespace rheobase
