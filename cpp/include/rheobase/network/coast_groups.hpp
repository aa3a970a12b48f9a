#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/base/span.hpp"
#include "rheobase/loops/coast_block.hpp"
#include "rheobase/network/stretch.hpp"

namespace rheobase {

/// Neurons of a stretch that are awake, in groups that coast together, and what arrives at each.
class CoastGroups {
  public:
    /// `stages` gives the number of each receptor among those with a stage, and beyond them all others.
    CoastGroups(const Stretch& stretch, Span<const std::uint32_t> stages, std::size_t together);

    std::size_t size() const noexcept { return start_.size() - 2; }
    CoastGroup operator[](std::size_t g) const noexcept;

  private:
    std::vector<CoastArrival> find_arrivals(Span<const std::uint32_t> stages) const;

    const Stretch& stretch_;
    std::size_t together_;
    std::vector<std::size_t> start_;      ///< of each group among arrivals
    std::vector<CoastArrival> arrivals_;  ///< by group, then as they were
};

}  // namespace rheobase
