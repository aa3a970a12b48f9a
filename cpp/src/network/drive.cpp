#include "rheobase/network/drive.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

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

/// Of those that are 255 only the first: no upper bits are above it.
std::vector<std::uint8_t> upper_bits(const std::vector<std::uint32_t>& thresholds) {
    std::vector<std::uint8_t> upper;
    for (const std::uint32_t threshold : thresholds) {
        if (!upper.empty() && upper.back() == 255) break;
        upper.push_back(static_cast<std::uint8_t>(threshold >> 24));
    }
    return upper;
}

}  // namespace

PoissonTable::PoissonTable(double mean_)
    : mean(mean_), thresholds(poisson_thresholds(mean)), upper(upper_bits(thresholds)) {}

Drive::Drive(std::uint32_t id, std::uint32_t population, std::size_t size, std::size_t receptor, bool delta,
             std::vector<double> means, double weight, Selection neurons)
    : id_(id),
      population_(population),
      reached_(neurons.size(size)),
      receptor_(receptor),
      delta_(delta),
      weight_(weight),
      neurons_(std::move(neurons)),
      runs_(neurons_.runs()) {
    set_means(std::move(means));
}

void Drive::set_means(std::vector<double> means) {
    const std::size_t width = means.size();
    for (const double mean : means)
        require(mean >= 0.0 && mean <= 500.0,
                "the drive of one neuron must bring at most 500 spikes a step on average");
    set_series(TimeSeries({0}, std::move(means), width));
    if (width == 1) shared_ = PoissonTable(*means_.at(0));
}

void Drive::set_series(TimeSeries means) {
    require(means.width() == 1 || means.width() == reached_, "a drive must have one mean or one per neuron");
    means_ = std::move(means);
    tables_.clear();
    if (means_.width() > 1) tables_.resize(reached_);
}

/// The table of a neuron that has its own.
const PoissonTable& Drive::table_of(std::size_t member, double mean) {
    PoissonTable& table = tables_[member];
    if (table.mean != mean) table = PoissonTable(mean);
    return table;
}

/// Adds what each neuron draws from a table of its own: the numbers that the loop draws from one for all.
void Drive::add_each(const StepContext& step, const double* means, std::size_t begin, std::size_t n, double* slots) {
    constexpr std::uint32_t none = 0xFFFFFFFF;
    const std::uint32_t tag = RandomSource::tag(Purpose::drive, id_);
    std::uint8_t upper[drives_per_counter];
    std::uint32_t drawn_for = none;
    neurons_.for_each_between(begin, begin + n, [&](std::uint32_t i, std::uint32_t member) {
        if (i / drives_per_counter != drawn_for) {
            drawn_for = i / drives_per_counter;
            const Words drawn = step.random.words(tag, drawn_for, step.low(), step.high());
            std::memcpy(upper, drawn.w, sizeof upper);
        }
        const std::vector<std::uint32_t>& thresholds = table_of(member, means[member]).thresholds;
        const std::uint8_t high = upper[i % drives_per_counter];
        std::size_t count = 0;
        while (count < thresholds.size() && high > thresholds[count] >> 24) ++count;
        if (count < thresholds.size() && high == thresholds[count] >> 24) {
            const Words own = step.random.words(tag, own_drive_counter(i), step.low(), step.high());
            const std::uint32_t number = drive_number(high, own.w[0]);
            while (count < thresholds.size() && number >= thresholds[count]) ++count;
        }
        slots[i - begin] += weight_ * static_cast<double>(static_cast<int>(count));
    });
}

void Drive::add(const StepContext& step, std::size_t begin, std::size_t n, double* slots) {
    const double* means = means_.at(step.n);
    if (means == nullptr) return;
    if (!tables_.empty()) {
        add_each(step, means, begin, n, slots);
        return;
    }
    PoissonTable fresh;
    const PoissonTable& table = shared_.mean == means[0] ? shared_ : fresh = PoissonTable(means[0]);
    if (neurons_.all()) {
        add_all(step, table, begin, n, slots);
        return;
    }
    auto run = std::partition_point(runs_.begin(), runs_.end(), [&](const auto& r) { return r.second <= begin; });
    for (; run != runs_.end() && run->first < begin + n; ++run) {
        const std::size_t first = std::max(run->first, begin), last = std::min(run->second, begin + n);
        add_all(step, table, first, last - first, slots + (first - begin));
    }
}

void Drive::add_all(const StepContext& step, const PoissonTable& table, std::size_t begin, std::size_t n,
                    double* slots) const {
    loops().drive({n, static_cast<std::uint32_t>(begin), table.thresholds.data(), table.thresholds.size(),
                   table.upper.data(), table.upper.size(), weight_, slots, step.random,
                   RandomSource::tag(Purpose::drive, id_), step.low(), step.high()});
}

}  // namespace rheobase
