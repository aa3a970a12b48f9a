#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/loops/stream_numbers.hpp"
#include "rheobase/random/random.hpp"

namespace rheobase {

/// Draws `k` numbers below n, distinct or not; keeps its workspace between calls. `excluded` is never drawn (none if it
/// is n or more).
class Sampler {
  public:
    Sampler() : waiting_(StreamNumbers::room_for(max_blocks)) {}

    /// Ascending.
    void draw(const StreamKey& stream, std::uint32_t n, std::uint32_t k, bool repeat, std::uint32_t excluded,
              std::vector<std::uint32_t>& out);
    /// The same numbers in any order, which is quicker where they are few of many.
    void draw_in_any_order(const StreamKey& stream, std::uint32_t n, std::uint32_t k, bool repeat,
                           std::uint32_t excluded, std::vector<std::uint32_t>& out);

  private:
    static constexpr std::size_t max_blocks = 128;

    void begin(const StreamKey& stream, std::uint32_t n, std::uint32_t k, std::uint32_t excluded);
    void refill();
    std::uint32_t pick() {
        if (next_ == end_) refill();
        const std::uint32_t i = waiting_[next_++];
        return i + (i >= excluded_ ? 1u : 0u);
    }
    bool take(std::uint32_t i);
    void draw_repeated(std::uint32_t k, std::vector<std::uint32_t>& out);
    void draw_distinct(std::uint32_t k, std::vector<std::uint32_t>& out);
    void collect(bool inverted, std::uint32_t k, std::vector<std::uint32_t>& out);
    void merge_repeats(std::vector<std::uint32_t>& out);

    StreamKey stream_{};
    std::uint32_t n_ = 0, choices_ = 0, excluded_ = 0;
    std::uint32_t wanted_ = 0, next_block_ = 0;
    std::size_t next_ = 0, end_ = 0;  ///< of those that wait
    std::vector<std::uint32_t> waiting_;
    std::vector<std::uint64_t> bits_;  ///< one per number, set where it is drawn; none between calls
    bool sparse_ = false;              ///< so few are drawn that most words of `bits_` stay empty
    std::vector<std::uint64_t> used_;  ///< where sparse: one bit per word of `bits_`
    std::vector<std::uint32_t> repeats_;
};

}  // namespace rheobase
