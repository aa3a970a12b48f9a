#pragma once

#include "rheobase/base/span.hpp"
#include "rheobase/models/synapses/alpha.hpp"
#include "rheobase/models/synapses/delta.hpp"
#include "rheobase/models/synapses/difference_of_exponentials.hpp"
#include "rheobase/models/synapses/exponential.hpp"

namespace rheobase {

template <class... Kernels>
struct KernelList {};

/// Every synaptic kernel of the library: a new one is its header above and its name here.
using SynapseKernels = KernelList<Delta, Exponential, Alpha, DifferenceOfExponentials>;

}  // namespace rheobase
