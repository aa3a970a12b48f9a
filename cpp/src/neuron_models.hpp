#pragma once

#include "rheobase/neurons/eif.hpp"
#include "rheobase/neurons/lif.hpp"

namespace rheobase {

template <class... Models>
struct ModelList {};

/// Every neuron model of the library: a new one is its header above and its name here.
using NeuronModels = ModelList<LIF, EIF>;

}  // namespace rheobase
