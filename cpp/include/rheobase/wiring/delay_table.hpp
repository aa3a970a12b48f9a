#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/random/distribution.hpp"

namespace rheobase {

/// Drawn delays in steps: what is drawn grows with the random word, and so the words of each step follow one another.
class DelayTable {
  public:
    /// A delay of so many milliseconds in steps, at least one.
    static std::uint32_t count_steps(double ms, double dt) noexcept;
    /// Whether a table of this distribution holds what the distribution gives, and is worth its making for so many
    /// draws.
    static bool pays(const Distribution& draw, double dt, std::uint64_t draws) noexcept;

    DelayTable(const Distribution& draw, double dt);

    bool accepts(std::uint32_t word) const noexcept { return word - first_ <= last_ - first_; }
    /// Of a word that is accepted.
    std::uint32_t steps(std::uint32_t word) const noexcept {
        std::uint32_t k = cells_[word >> cell_shift];
        while (word > last_word_[k]) ++k;
        return shortest_ + k;
    }

  private:
    static constexpr int cell_bits = 11, cell_shift = 32 - cell_bits;

    std::uint32_t first_, last_;  ///< that are accepted
    std::uint32_t shortest_;
    std::vector<std::uint32_t> last_word_;  ///< of each number of steps
    std::vector<std::uint16_t> cells_;      ///< the shortest delay that words have which begin with the same bits
};

}  // namespace rheobase
