#pragma once

#include <cstddef>

#include "rheobase/models/synapses/kernel.hpp"

namespace rheobase {

constexpr std::size_t propagator_words = sizeof(Propagator) / sizeof(double);

/// One receptor of a population, over a block of its neurons.
struct ReceptorBlock {
    std::size_t n;
    const Propagator* propagator;           ///< of all neurons, or of one
    const double* words[propagator_words];  ///< where neurons differ: of each word of it, one per neuron; else null
    double reversal;
    double* stage0;  ///< in units of weight
    double* stage1;
    bool conductance;        ///< joins G, and times the reversal potential I; else joins I alone
    const double* I_before;  ///< what it joins to give I
    double* I;
    bool first;  ///< of the conductances: G holds nothing yet
    double* G;
};

}  // namespace rheobase
