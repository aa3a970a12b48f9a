#pragma once

#include <cstddef>
#include <cstdint>

namespace rheobase {

/// When a spike of a post neuron was, and its place plus one in a list of those that rows of a tile have yet to learn
/// from, or 0. One number, so that one comparison tells whether a row has: the later spike is the larger one, and of
/// one step the one in the list. The lowest bits are free for the number of a synapse in a block.
class NotedSpike {
  public:
    static constexpr unsigned step_bits = 24, place_bits = 32, synapse_bits = 8;

    NotedSpike() = default;
    explicit NotedSpike(std::uint32_t step, std::uint32_t place = 0) noexcept
        : bits_(std::uint64_t{step} << (place_bits + synapse_bits) | std::uint64_t{place} << synapse_bits) {}

    NotedSpike of_synapse(std::uint64_t k) const noexcept {
        NotedSpike same = *this;
        same.bits_ |= k;
        return same;
    }
    std::uint32_t step() const noexcept { return static_cast<std::uint32_t>(bits_ >> (place_bits + synapse_bits)); }
    std::uint32_t place() const noexcept { return static_cast<std::uint32_t>(bits_ >> synapse_bits); }
    std::uint64_t synapse() const noexcept { return bits_ & ((1u << synapse_bits) - 1); }
    bool after(NotedSpike other) const noexcept { return bits_ > other.bits_; }

  private:
    std::uint64_t bits_;
};

}  // namespace rheobase
