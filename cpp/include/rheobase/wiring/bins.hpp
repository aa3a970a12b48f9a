#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/loops/row_format.hpp"
#include "rheobase/wiring/projection.hpp"

namespace rheobase {

/// The bins of projections that are stored together, and which of them a synapse of a projection belongs to, by delay.
struct Bins {
    std::vector<Bin> all;                        ///< ascending in delay
    std::vector<std::vector<std::uint16_t>> of;  ///< [projection][delay]
};

Bins make_bins(const std::vector<Projection*>& projections, double dt);

}  // namespace rheobase
