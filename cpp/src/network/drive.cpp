#include "rheobase/network/drive.hpp"

#include <algorithm>
#include <cmath>

#include "rheobase/base/errors.hpp"

namespace rheobase {

namespace {

/// Cumulative Poisson probabilities scaled to 32 bits: a word w stands for the number of thresholds at or below it.
std::vector<std::uint32_t> poisson_thresholds(double mean) {
    std::vector<std::uint32_t> thresholds;
    double p = std::exp(-mean), sum = p;
    for (double k = 1.0; sum * 0x1p32 < 0x1p32 - 0.5 && k < 10000.0; ++k) {
        thresholds.push_back(static_cast<std::uint32_t>(std::min(sum * 0x1p32 + 0.5, 0x1p32 - 1.0)));
        p *= mean / k;
        sum += p;
    }
    return thresholds;
}

std::vector<ThresholdGroup> upper_halves(const std::vector<std::uint32_t>& thresholds) {
    std::vector<ThresholdGroup> groups;
    for (const std::uint32_t threshold : thresholds) {
        const auto high = static_cast<std::uint16_t>(threshold >> 16);
        if (groups.empty() || groups.back().high != high) groups.push_back({high, 0});
        ++groups.back().count;
    }
    return groups;
}

}  // namespace

Drive::Drive(std::uint32_t id, std::uint32_t population, std::size_t receptor, bool delta, double mean, double weight,
             const Selection& neurons)
    : id_(id),
      population_(population),
      receptor_(receptor),
      delta_(delta),
      mean_(mean),
      weight_(weight),
      everywhere_(neurons.all()),
      runs_(neurons.runs()) {
    require(mean >= 0.0 && mean <= 500.0, "the drive of one neuron must bring at most 500 spikes a step on average");
    thresholds_ = poisson_thresholds(mean);
    groups_ = upper_halves(thresholds_);
}

void Drive::add(const StepContext& step, std::size_t begin, std::size_t n, double* slots) const {
    if (everywhere_) {
        add_all(step, begin, n, slots);
        return;
    }
    auto run = std::partition_point(runs_.begin(), runs_.end(), [&](const auto& r) { return r.second <= begin; });
    for (; run != runs_.end() && run->first < begin + n; ++run) {
        const std::size_t first = std::max(run->first, begin), last = std::min(run->second, begin + n);
        add_all(step, first, last - first, slots + (first - begin));
    }
}

void Drive::add_all(const StepContext& step, std::size_t begin, std::size_t n, double* slots) const {
    for (std::size_t first = 0; first < n; first += block_size)
        loops().drive({std::min(block_size, n - first), static_cast<std::uint32_t>(begin + first), thresholds_.data(),
                       thresholds_.size(), groups_.data(), groups_.size(), weight_, slots + first, step.random,
                       RandomSource::tag(Purpose::drive, id_), step.low(), step.high()});
}

}  // namespace rheobase
