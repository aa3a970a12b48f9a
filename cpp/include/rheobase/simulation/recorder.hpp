#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "rheobase/base/span.hpp"

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
    /// Cache lines apart, since every thread writes its own at every step.
    struct alignas(64) Record {
        std::vector<std::int64_t> steps;
        std::vector<std::uint32_t> counts, indices;
    };
    std::vector<Record> records_;
};

/// Values of one variable of chosen neurons (or weights of chosen connections), or their mean, at every `every`-th
/// step.
struct StateRecorder {
    std::uint32_t population;            ///< or projection
    std::string variable;                ///< empty: weights of a plastic projection
    std::vector<std::uint32_t> neurons;  ///< ascending
    std::int64_t every;
    bool mean = false;    ///< one value per sample: the mean over the neurons
    bool single = false;  ///< kept in single precision
    std::vector<std::int64_t> steps{};
    std::vector<double> values{};  ///< one row a sample
    std::vector<float> single_values{};

    std::size_t width() const noexcept { return mean ? 1 : neurons.size(); }
    bool weights() const noexcept { return variable.empty(); }
    /// Whether one thread must do it alone, after all others have finished the step.
    bool alone() const noexcept { return mean || weights(); }
    bool due(std::int64_t step) const noexcept { return step % every == 0; }
    std::size_t row(std::int64_t step) const noexcept {
        return static_cast<std::size_t>(std::lower_bound(steps.begin(), steps.end(), step) - steps.begin());
    }
    void keep(std::size_t row, std::size_t column, double value) noexcept {
        const std::size_t at = row * width() + column;
        if (single)
            single_values[at] = static_cast<float>(value);
        else
            values[at] = value;
    }
    /// Makes room for as many rows as there are steps.
    void fit() { single ? single_values.resize(steps.size() * width()) : values.resize(steps.size() * width()); }
};

}  // namespace rheobase
