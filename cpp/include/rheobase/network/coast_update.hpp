#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/loops/loops.hpp"
#include "rheobase/network/awake_neurons.hpp"
#include "rheobase/network/block_update.hpp"
#include "rheobase/network/neurons.hpp"
#include "rheobase/network/stretch.hpp"

namespace rheobase {

/// Takes neurons through the steps between two arrivals at once, in registers, to the bits that steps one by one give.
class CoastUpdate {
  public:
    CoastUpdate(Neurons& neurons, BlockUpdate& blocks) noexcept : neurons_(neurons), blocks_(blocks) {}

    /// Chooses the loop for what neurons are in the run that begins.
    void begin() { coast_ = find_coast(); }
    /// Whether they can: they are alike, linear, and have few kernels, of one stage.
    bool possible() const noexcept { return coast_ != nullptr; }
    /// See `Population::coast`.
    std::size_t coast(const Stretch& stretch);

  private:
    Coast find_coast() const;
    std::vector<std::uint32_t> stage_numbers() const;
    StateAtHome home_state(const Stretch& stretch);
    CoastBlock coast_block(const Stretch& stretch) const;
    void advance_alone(const Stretch& stretch, const CoastGroup& group, std::uint32_t k);

    Neurons& neurons_;
    BlockUpdate& blocks_;
    Coast coast_ = nullptr;
};

}  // namespace rheobase
