#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/loops/loops.hpp"
#include "rheobase/network/neurons.hpp"
#include "rheobase/network/quiet_blocks.hpp"
#include "rheobase/network/step_context.hpp"

namespace rheobase {

/// Neurons [begin, end) of a population, and where arrivals at them lie.
struct NeuronRange {
    std::size_t begin, end;
    double* slots;  ///< of `begin` and the first receptor
    std::size_t slots_per_receptor;

    double* slot(std::size_t receptor, std::size_t neuron) const noexcept {
        return slots + receptor * slots_per_receptor + (neuron - begin);
    }
};

/// The loops of a run, and what they are told of all neurons.
struct BlockLoops {
    AdvanceBlock apart = nullptr;    ///< of a model of a header: neurons alone
    AdvanceBlock joined = nullptr;   ///< neurons with their receptors; null where these have loops of their own
    std::int64_t all_free_from = 0;  ///< no neuron was refractory from this step on when the run began
    bool asks_who_is_free = true;    ///< they read from when on neurons are free
    bool reads_from_memory = false;  ///< each step brings the state from further away than the machine looks ahead for
};

/// Moves neurons by a step, block by block: receptors give their current and decay, currents are added, neurons
/// advance, and those at threshold spike. Blocks that rest are skipped, and where neurons are alike and the same drives
/// all of them, one loop does all of it.
class BlockUpdate {
  public:
    explicit BlockUpdate(Neurons& neurons) noexcept : neurons_(neurons) {}

    /// Chooses loops for what neurons are in the run that starts at `step`.
    void begin(std::int64_t step);
    /// See `Population::advance`.
    std::int64_t advance(const StepContext& step, const NeuronRange& range, bool reached,
                         std::vector<std::uint32_t>& spikes);
    /// The same of a range whose blocks are not those that populations are divided into in every step.
    void advance_part(const StepContext& step, const NeuronRange& range, std::vector<std::uint32_t>& spikes);
    /// Forgets which blocks rest of a range of neurons that ends with a block.
    void wake(std::size_t begin, std::size_t end) noexcept { quiet_.wake(begin, end); }

  private:
    AdvanceBlock find_joined() const;

    Neurons& neurons_;
    QuietBlocks quiet_;
    BlockLoops loops_;
};

}  // namespace rheobase
