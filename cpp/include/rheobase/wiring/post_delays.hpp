#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/base/shared_work.hpp"
#include "rheobase/wiring/construction.hpp"
#include "rheobase/wiring/projection.hpp"

namespace rheobase {

/// How many steps a spike of its post neuron takes to each of a projection's synapses, which stand by pre neuron. What
/// is drawn depends on the pair and on which of its synapses it is, by delay.
std::vector<std::uint16_t> find_post_delays(const Projection& projection, const std::vector<Synapse>& synapses,
                                            const Drawing& drawing, WorkShare& share);

}  // namespace rheobase
