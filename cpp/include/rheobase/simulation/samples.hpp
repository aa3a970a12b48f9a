#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rheobase {

/// Samples of chosen values, or of their mean, at every `every`-th step.
struct Samples {
    std::vector<std::uint32_t> chosen;  ///< ascending
    std::int64_t every;
    bool mean = false;    ///< one value per sample: the mean over those chosen
    bool single = false;  ///< kept in single precision
    std::vector<std::int64_t> steps{};
    std::vector<double> values{};  ///< width() per sample
    std::vector<float> single_values{};

    std::size_t width() const noexcept { return mean ? 1 : chosen.size(); }
    bool due(std::int64_t step) const noexcept { return step % every == 0; }
    /// Which sample is that of a step.
    std::size_t find(std::int64_t step) const noexcept;
    void keep(std::size_t sample, std::size_t column, double value) noexcept {
        const std::size_t at = sample * width() + column;
        if (single)
            single_values[at] = static_cast<float>(value);
        else
            values[at] = value;
    }
    double bytes_per_step() const noexcept {
        const double each = static_cast<double>(width()) * (single ? sizeof(float) : sizeof(double));
        return (each + sizeof(std::int64_t)) / static_cast<double>(every);
    }
    /// Makes room for the samples due in (now, until], and for that of step 0 in the first run that takes a step.
    void reserve(std::int64_t now, std::int64_t until);
    /// Drops what has been reserved for steps after `now`.
    void drop_after(std::int64_t now);
    /// Makes the memory of values as long as there are steps.
    void fit();
    /// Hands over all samples and begins anew.
    Samples take();
};

}  // namespace rheobase
