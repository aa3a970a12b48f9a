#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rheobase {

/// What arrivals reach a block of neurons by.
struct BlockSlots {
    std::size_t first, n;  ///< the block's neurons
    const double* slots;   ///< of its first neuron and the first receptor
    std::size_t receptors, slots_per_receptor;
};

/// Blocks of a population that rest: a step changed no bit of them, and so will none until something arrives. Nothing
/// may drive their neurons meanwhile but what is the same in each step.
class QuietBlocks {
  public:
    /// Forgets all, as anything may have changed between two runs.
    void begin(std::size_t neurons, bool may_rest);
    /// Whether a block rests and nothing has arrived; its slots tell, if any were `reached`.
    bool is_quiet(const BlockSlots& block, bool reached) noexcept;
    /// Whether the block that begins with this neuron rested when it was looked at last.
    bool rested(std::size_t first) const noexcept;
    /// Whether this step is to tell if a block rests. Few steps are asked, as most blocks never do.
    bool is_watched(std::int64_t step, const BlockSlots& block) const noexcept;
    void rest(const BlockSlots& block) noexcept;
    /// Forgets which blocks rest of [begin, end), a range of neurons that ends with a block.
    void wake(std::size_t begin, std::size_t end) noexcept;

  private:
    struct Rest {
        bool rests;
        std::uint64_t sum;  ///< of the slots' bits
    };
    Rest& at(const BlockSlots& block) noexcept;

    std::vector<Rest> rests_;  ///< empty where no block may rest
};

}  // namespace rheobase
