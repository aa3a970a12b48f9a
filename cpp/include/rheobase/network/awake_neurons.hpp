#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/base/aligned.hpp"

namespace rheobase {

/// Where a population keeps what its neurons have, from the first of a part of a tile on.
struct StateAtHome {
    std::vector<double*> values;  ///< of state variables, then of receptors with a stage
    std::int64_t* free_from;
    const double* I;  ///< what does not come from receptors; null where all have the same
};

/// Neurons of a part of a tile that are awake while it coasts, with their state side by side. The others sleep: no step
/// changes a bit of them until something arrives.
class AwakeNeurons {
  public:
    /// Whether the state of neurons is here, and not at home.
    bool away() const noexcept { return !places_.empty(); }
    /// Lets n neurons be here, all of them awake. Nothing that follows takes memory.
    void fetch(const StateAtHome& home, std::size_t n, std::size_t together);
    /// Brings all that are awake home.
    void return_home() noexcept;

    std::size_t size() const noexcept { return awake_; }
    /// Its place among those that are awake, to which it comes where it slept.
    std::uint32_t wake(std::uint32_t neuron) noexcept;
    /// The last one takes its place.
    void sleep(std::uint32_t place) noexcept;
    std::uint32_t neuron(std::size_t place) const noexcept { return neurons_[place]; }

    /// Brings what one has home, where it may change; `load` takes it from there again.
    void store(std::size_t place) noexcept;
    void load(std::size_t place) noexcept;

    /// Of each place, with room up to a multiple of those that coast together.
    double* values(std::size_t k) noexcept { return values_[k].data(); }
    const std::int64_t* free_from() const noexcept { return free_from_.data(); }
    const double* I() const noexcept { return I_.data(); }

  private:
    static constexpr std::uint32_t asleep = UINT32_MAX;

    StateAtHome home_;
    std::size_t awake_ = 0;
    std::vector<std::uint32_t> places_;  ///< by neuron
    std::vector<std::uint32_t> neurons_;
    std::vector<Aligned<double>> values_;
    Aligned<std::int64_t> free_from_;
    Aligned<double> I_;
};

}  // namespace rheobase
