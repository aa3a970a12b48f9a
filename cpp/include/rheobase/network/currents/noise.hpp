#pragma once

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "rheobase/base/errors.hpp"
#include "rheobase/loops/loops.hpp"
#include "rheobase/network/injected_current.hpp"

namespace rheobase {

/// A property of noise: one value for all neurons, or one per neuron.
class NoiseValue {
  public:
    NoiseValue(std::vector<double> values, std::size_t size) : values_(std::move(values)) {
        require(values_.size() == 1 || values_.size() == size, "noise must have one value or one per neuron");
        stride_ = values_.size() == 1 ? 0 : 1;
    }
    double operator[](std::size_t neuron) const noexcept { return values_[neuron * stride_]; }
    NoiseValue operator/(double divisor) && {
        for (double& value : values_) value /= divisor;
        return std::move(*this);
    }

  private:
    std::vector<double> values_;
    std::size_t stride_;
};

/// White noise of a given intensity: over a step its mean is normal with s.d. sigma / sqrt(dt).
class WhiteNoise final : public InjectedCurrent {
  public:
    WhiteNoise(std::uint32_t id, std::size_t n, std::vector<double> mean, std::vector<double> sigma, double dt)
        : tag_(RandomSource::tag(Purpose::noise, id)),
          mean_(std::move(mean), n),
          std_(NoiseValue(std::move(sigma), n) / std::sqrt(dt)) {}

    void add(const StepContext& step, std::size_t begin, std::size_t end, double* I) override {
        double z[block_size];
        loops().draw_normals(z, end - begin, step.random, tag_, static_cast<std::uint32_t>(begin), step.low(),
                             step.high());
        for (std::size_t i = 0; i < end - begin; ++i) I[i] += mean_[begin + i] + std_[begin + i] * z[i];
    }

  private:
    std::uint32_t tag_;
    NoiseValue mean_, std_;
};

/// Ornstein–Uhlenbeck noise, tau x' = -(x - mean) + ..., advanced exactly, so that mean, s.d. and time constant do not
/// depend on dt.
class OrnsteinUhlenbeckNoise final : public InjectedCurrent {
  public:
    OrnsteinUhlenbeckNoise(std::uint32_t id, std::size_t n, std::vector<double> mean, std::vector<double> std_dev,
                           double tau, double dt)
        : tag_(RandomSource::tag(Purpose::noise, id)),
          mean_(std::move(mean), n),
          std_(std::move(std_dev), n),
          keep_(std::exp(-dt / tau)),
          fresh_(std::sqrt(-std::expm1(-2.0 * dt / tau))),
          x_(n, 0.0) {}

    /// Starts in the stationary state.
    void add(const StepContext& step, std::size_t begin, std::size_t end, double* I) override {
        double z[block_size];
        loops().draw_normals(z, end - begin, step.random, tag_, static_cast<std::uint32_t>(begin), step.low(),
                             step.high());
        const double keep = started(step) ? keep_ : 0.0, fresh = started(step) ? fresh_ : 1.0;
        for (std::size_t i = begin; i < end; ++i) {
            x_[i] = keep * x_[i] + fresh * z[i - begin];
            I[i - begin] += mean_[i] + std_[i] * x_[i];
        }
    }

    /// Noise of the same kind goes on from where the other one is, in units of its s.d.
    void take_over(const InjectedCurrent& other) override {
        const auto* noise = dynamic_cast<const OrnsteinUhlenbeckNoise*>(&other);
        if (noise == nullptr) return;
        x_ = noise->x_;
        first_ = noise->first_;
    }
    void archive(Archive& archive, const std::string& name) override {
        archive.state(name + ".x", x_);
        archive.number(name + ".first", first_);
    }
    void begin(std::int64_t step) override { first_ = first_ < 0 ? step : first_; }

  private:
    bool started(const StepContext& step) const noexcept { return step.n > first_; }

    std::uint32_t tag_;
    NoiseValue mean_, std_;
    double keep_, fresh_;
    std::vector<double> x_;
    std::int64_t first_ = -1;
};

}  // namespace rheobase
