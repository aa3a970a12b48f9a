#pragma once

#include "rheobase/models/neurons/adex.hpp"
#include "rheobase/models/neurons/binary.hpp"
#include "rheobase/models/neurons/channelrhodopsin.hpp"
#include "rheobase/models/neurons/eif.hpp"
#include "rheobase/models/neurons/fitzhugh_nagumo.hpp"
#include "rheobase/models/neurons/hodgkin_huxley.hpp"
#include "rheobase/models/neurons/izhikevich.hpp"
#include "rheobase/models/neurons/leaky_integrator.hpp"
#include "rheobase/models/neurons/lif.hpp"
#include "rheobase/models/neurons/morris_lecar.hpp"
#include "rheobase/models/neurons/qif.hpp"
#include "rheobase/models/neurons/theta_neuron.hpp"
#include "rheobase/models/neurons/traub_miles.hpp"

namespace rheobase {

template <class... Models>
struct ModelList {};

/// Every neuron model of the library: a new one is its header above and its name here.
using NeuronModels = ModelList<LIF, EIF, LeakyIntegrator, QIF, AdEx, Izhikevich, HodgkinHuxley, TraubMiles, MorrisLecar,
                               FitzHughNagumo, ThetaNeuron, Binary, WithChannelrhodopsin<EIF>>;

}  // namespace rheobase
