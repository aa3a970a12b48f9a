#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "rheobase/base/errors.hpp"
#include "rheobase/loops/plastic_row.hpp"

namespace rheobase {

/// Exponential decay over whole steps, as a product of two powers that are looked up.
class TraceDecay {
  public:
    /// Steps that `table` knows: fewer than this.
    static constexpr std::int64_t known_steps = std::int64_t{1} << (2 * DecayTable::few_bits);
    static_assert(2 * DecayTable::few_bits <= NotedSpike::step_bits);

    /// Nothing is left after a step where there is no time constant.
    void set(double tau, double dt) {
        per_step_ = tau > 0.0 ? dt / tau : std::numeric_limits<double>::infinity();
        for (std::uint32_t k = 0; k < DecayTable::few_steps; ++k) {
            few_.push_back(left_after(k));
            many_.push_back(left_after(std::int64_t{k} << DecayTable::few_bits));
        }
    }
    DecayTable table() const noexcept { return {few_.data(), many_.data()}; }
    double left_after(std::int64_t steps) const {
        return steps == 0 ? 1.0 : std::exp(-static_cast<double>(steps) * per_step_);
    }

  private:
    double per_step_ = 0.0;
    std::vector<double> few_, many_;
};

/// Traces of a set of neurons, each as it was just after the neuron's last spike: it has decayed since. Steps are
/// counted from the beginning of an epoch, since 32 bits and the tables of decay do not reach further.
template <std::size_t count>
class LazyTraces {
  public:
    explicit LazyTraces(std::size_t neurons) : last_(neurons) {}
    void set_decay(std::size_t k, double tau, double dt) { decays_[k].set(tau, dt); }

    /// Whether a step lies in another epoch than all that came before.
    bool leaves_epoch(std::int64_t step) const noexcept { return epoch_of(step) != epoch_; }
    /// Moves all traces to the beginning of the epoch of a step.
    void enter_epoch(std::int64_t step) {
        const std::int64_t epoch = epoch_of(step);
        for (std::size_t i = 0; i < last_.size(); ++i) move(i, epoch_ + last_step(i), epoch, epoch);
        epoch_ = epoch;
    }
    /// Moves all traces to a step.
    void move_to(std::int64_t step) {
        if (leaves_epoch(step)) enter_epoch(step);
        for (std::size_t i = 0; i < last_.size(); ++i)
            set(i, at(i, count_from_epoch(step)), NotedSpike(count_from_epoch(step)));
    }

    std::uint32_t count_from_epoch(std::int64_t step) const noexcept {
        return static_cast<std::uint32_t>(step - epoch_);
    }
    std::array<double, count> at(std::size_t i, std::uint32_t step) const noexcept {
        std::array<double, count> now;
        for (std::size_t k = 0; k < count; ++k)
            now[k] = decays_[k].table().decay(last_[i].traces[k], step - last_step(i));
        return now;
    }
    /// The same of any step, which may lie in a later epoch.
    std::array<double, count> at_any(std::size_t i, std::int64_t step) const {
        std::array<double, count> now;
        for (std::size_t k = 0; k < count; ++k)
            now[k] = last_[i].traces[k] * decays_[k].left_after(step - epoch_ - last_step(i));
        return now;
    }
    /// Just after a spike.
    void set(std::size_t i, const std::array<double, count>& values, NotedSpike spike) noexcept {
        last_[i] = {spike, values};
    }
    NotedSpike spike(std::size_t i) const noexcept { return last_[i].spike; }
    /// The last spike is no longer noted.
    void forget(std::size_t i) noexcept { last_[i].spike = NotedSpike(last_step(i)); }
    std::uint32_t last_step(std::size_t i) const noexcept { return last_[i].spike.step(); }

    const LastSpike<count>* last() const noexcept { return last_.data(); }
    DecayTable decay(std::size_t k) const noexcept { return decays_[k].table(); }

    /// Each trace, then the steps at which they were so, an array each.
    std::vector<std::vector<double>> all() const {
        if (count == 0) return {};
        std::vector<std::vector<double>> rows(count + 1);
        for (const LastSpike<count>& last : last_) {
            for (std::size_t k = 0; k < count; ++k) rows[k].push_back(last.traces[k]);
            rows[count].push_back(static_cast<double>(epoch_ + last.spike.step()));
        }
        return rows;
    }
    void set_all(const std::vector<std::vector<double>>& rows, std::int64_t now) {
        if (count == 0) return;
        for (const double step : rows[count])
            require(step >= 0.0 && step <= static_cast<double>(now) && step == std::floor(step),
                    "saved traces must be of steps until now");
        epoch_ = epoch_of(now);
        for (std::size_t i = 0; i < last_.size(); ++i) {
            for (std::size_t k = 0; k < count; ++k) last_[i].traces[k] = rows[k][i];
            const auto step = static_cast<std::int64_t>(rows[count][i]);
            move(i, step, std::max(step, epoch_), epoch_);
        }
    }

  private:
    static std::int64_t epoch_of(std::int64_t step) noexcept { return step - step % TraceDecay::known_steps; }
    /// From one step to another, which is counted from an epoch.
    void move(std::size_t i, std::int64_t from, std::int64_t to, std::int64_t epoch) {
        for (std::size_t k = 0; k < count; ++k) last_[i].traces[k] *= decays_[k].left_after(to - from);
        last_[i].spike = NotedSpike(static_cast<std::uint32_t>(to - epoch));
    }

    std::vector<LastSpike<count>> last_;
    std::array<TraceDecay, count> decays_;
    std::int64_t epoch_ = 0;
};

}  // namespace rheobase
