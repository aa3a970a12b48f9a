#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/base/span.hpp"
#include "rheobase/loops/coast_block.hpp"
#include "rheobase/network/sleepers.hpp"
#include "rheobase/network/stretch.hpp"

namespace rheobase {

/// Neurons of a stretch that are awake, in groups that coast together, and what arrives at each.
class CoastGroups {
  public:
    /// `stages` gives the number of each receptor among those with a stage, and beyond them all others.
    CoastGroups(const Stretch& stretch, Span<const std::uint32_t> stages, std::size_t together, Sleepers& sleepers);

    std::size_t size() const noexcept { return (awake_ + together_ - 1) / together_; }
    CoastGroup operator[](std::size_t g) const noexcept;

  private:
    std::vector<CoastArrival> find_arrivals(Span<const std::uint32_t> stages) const;

    const Stretch& stretch_;
    std::size_t together_, awake_;
    std::vector<std::uint32_t> neurons_;  ///< the last one again and again up to the end of its group
    std::vector<std::size_t> start_;      ///< of each group among arrivals
    std::vector<CoastArrival> arrivals_;  ///< by group, then as they were
};

/// Asks for the state of neurons that will coast next, each of which may lie anywhere.
void prefetch(const CoastGroup& group, const std::vector<const void*>& columns) noexcept;

}  // namespace rheobase
