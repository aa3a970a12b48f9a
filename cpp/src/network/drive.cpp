#include "rheobase/network/drive.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "rheobase/base/errors.hpp"

namespace rheobase {

namespace {

/// Those of numbers of spikes from none on, as far as a word can tell them.
std::vector<double> poisson_probabilities(double mean) {
    std::vector<double> all;
    double p = std::exp(-mean);
    for (double k = 1.0; p > 0x1p-48 || k <= mean; p *= mean / k++) all.push_back(p);
    return all;
}

/// Cumulative, scaled to 32 bits.
std::vector<std::uint32_t> thresholds_of(const std::vector<double>& weights) {
    const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<std::uint32_t> thresholds;
    double sum = 0.0;
    for (const double weight : weights) {
        sum += weight;
        if (sum / all * 0x1p32 >= 0x1p32 - 0.5) break;
        thresholds.push_back(static_cast<std::uint32_t>(std::min(sum / all * 0x1p32 + 0.5, 0x1p32 - 1.0)));
    }
    return thresholds;
}

}  // namespace

/// Numbers that bytes stand for follow one another, since probabilities rise, then fall.
PoissonTable::PoissonTable(double mean) : mean_(mean) {
    constexpr double bytes = 256.0;
    std::vector<double> left = poisson_probabilities(mean);
    double given = 0.0;
    for (std::size_t k = 0; k < left.size(); ++k) {
        left[k] *= bytes;
        const double whole = k <= UINT8_MAX ? std::floor(left[k]) : 0.0;
        if (whole == 0.0) continue;
        if (last_bytes_.empty()) fewest_ = static_cast<std::uint8_t>(k);
        left[k] -= whole;
        given += whole;
        last_bytes_.push_back(static_cast<std::uint8_t>(given - 1.0));
    }
    if (given < bytes) thresholds_ = thresholds_of(left);
}

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
    if (table.mean() != mean) table = PoissonTable(mean);
    return table;
}

/// Adds what each neuron draws from a table of its own: the numbers that the loop draws from one for all.
void Drive::add_each(const StepContext& step, const double* means, std::size_t begin, std::size_t n, double* slots) {
    constexpr std::uint32_t none = 0xFFFFFFFF;
    const std::uint32_t tag = RandomSource::tag(Purpose::drive, id_);
    std::uint8_t bytes[drives_per_counter];
    std::uint32_t drawn_for = none;
    neurons_.for_each_between(begin, begin + n, [&](std::uint32_t i, std::uint32_t member) {
        if (i / drives_per_counter != drawn_for) {
            drawn_for = i / drives_per_counter;
            const Words drawn = step.random.words(tag, drawn_for, step.low(), step.high());
            std::memcpy(bytes, drawn.w, sizeof bytes);
        }
        const DriveTable table = table_of(member, means[member]).view();
        const std::uint8_t byte = bytes[i % drives_per_counter];
        const auto* const last = std::lower_bound(table.last_bytes, table.last_bytes + table.byte_count, byte);
        std::ptrdiff_t count = table.fewest + (last - table.last_bytes);
        if (last == table.last_bytes + table.byte_count) {
            const std::uint32_t own = step.random.words(tag, own_drive_counter(i), step.low(), step.high()).w[0];
            const auto* const end = table.thresholds + table.threshold_count;
            count = std::upper_bound(table.thresholds, end, own) - table.thresholds;
        }
        slots[i - begin] += weight_ * static_cast<double>(count);
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
    const PoissonTable& table = shared_.mean() == means[0] ? shared_ : fresh = PoissonTable(means[0]);
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
    loops().drive({n, static_cast<std::uint32_t>(begin), table.view(), weight_, slots, step.random,
                   RandomSource::tag(Purpose::drive, id_), step.low(), step.high()});
}

}  // namespace rheobase
