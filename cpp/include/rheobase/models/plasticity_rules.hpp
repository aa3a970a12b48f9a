#pragma once

#include "rheobase/models/plasticity/inhibitory_stdp.hpp"
#include "rheobase/models/plasticity/pair_stdp.hpp"
#include "rheobase/models/plasticity/triplet_stdp.hpp"
#include "rheobase/models/plasticity/tsodyks_markram.hpp"
#include "rheobase/models/plasticity/vogels_stdp.hpp"

namespace rheobase {

template <class... Rules>
struct RuleList {};

/// Every plasticity rule of the library: a new one is its header above and its name here.
using PlasticityRules = RuleList<InhibitorySTDP, VogelsSTDP, PairSTDP, TripletSTDP, TsodyksMarkram>;

}  // namespace rheobase
