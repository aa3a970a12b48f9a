#pragma once

#include "rheobase/neurons/adex.hpp"
#include "rheobase/neurons/binary.hpp"
#include "rheobase/neurons/channelrhodopsin.hpp"
#include "rheobase/neurons/eif.hpp"
#include "rheobase/neurons/fitzhugh_nagumo.hpp"
#include "rheobase/neurons/hodgkin_huxley.hpp"
#include "rheobase/neurons/izhikevich.hpp"
#include "rheobase/neurons/leaky_integrator.hpp"
#include "rheobase/neurons/lif.hpp"
#include "rheobase/neurons/morris_lecar.hpp"
#include "rheobase/neurons/qif.hpp"
#include "rheobase/neurons/theta_neuron.hpp"
#include "rheobase/neurons/traub_miles.hpp"

namespace rheobase {

template <class... Models>
struct ModelList {};

/// Every neuron model of the library: a new one is its header above and its name here.
using NeuronModels = ModelList<LIF, EIF, LeakyIntegrator, QIF, AdEx, Izhikevich, HodgkinHuxley, TraubMiles, MorrisLecar,
                               FitzHughNagumo, ThetaNeuron, Binary, WithChannelrhodopsin<EIF>>;

}  // namespace rheobase
