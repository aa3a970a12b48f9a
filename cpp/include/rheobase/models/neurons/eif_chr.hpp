#pragma once

#include "rheobase/models/channelrhodopsin.hpp"
#include "rheobase/models/neurons/eif.hpp"

namespace rheobase {

using EIFChR = WithChannelrhodopsin<EIF>;

}  // namespace rheobase
