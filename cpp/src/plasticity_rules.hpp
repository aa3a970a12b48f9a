#pragma once

#include "rheobase/plasticity/inhibitory_stdp.hpp"
#include "rheobase/plasticity/pair_stdp.hpp"
#include "rheobase/plasticity/triplet_stdp.hpp"
#include "rheobase/plasticity/tsodyks_markram.hpp"
#include "rheobase/plasticity/vogels_stdp.hpp"

namespace rheobase {

template <class... Rules>
struct RuleList {};

/// Every plasticity rule of the library: a new one is its header above and its name here.
using PlasticityRules = RuleList<InhibitorySTDP, VogelsSTDP, PairSTDP, TripletSTDP, TsodyksMarkram>;

}  // namespace rheobase
