#pragma once

#include "rheobase/span.hpp"
#include "rheobase/synapses/alpha.hpp"
#include "rheobase/synapses/delta.hpp"
#include "rheobase/synapses/difference_of_exponentials.hpp"
#include "rheobase/synapses/exponential.hpp"

namespace rheobase {

template <class... Kernels>
struct KernelList {};

/// Every synaptic kernel of the library: a new one is its header above and its name here.
using SynapseKernels = KernelList<Delta, Exponential, Alpha, DifferenceOfExponentials>;

}  // namespace rheobase
