#pragma once

#include <array>
#include <cstddef>

#include "rheobase/models/parameter.hpp"

// A plasticity rule is one header in plasticity/. It holds
//   Parameters (w_min and w_max among them), name, summary, equation, reference, parameters[]
//   pre_traces, post_traces      how many traces a neuron on either side carries; they decay exponentially with
//   pre_time_constant(k), post_time_constant(k); without post traces spikes of post neurons change nothing
//   on_pre(w, pre, post)         the weight after a presynaptic spike has arrived
//   on_post(w, pre, post)        the weight after a postsynaptic spike
//   pre_spike(pre)               moves the traces at their own spike; returns the share of the weight that is delivered
//   post_spike(post)
//   variables[], read(k, pre)    names of what can be read of each synapse beside its weight, and how the traces give
//   it
// and becomes part of the library by its name in cpp/include/rheobase/models/plasticity_rules.hpp.
//
// The order at one synapse and step: presynaptic spikes that arrive come first. Their hook sees its own traces just
// before the spike and the postsynaptic ones up to the step before; then the weight, already updated and brought back
// into its bounds, is delivered. Postsynaptic spikes found in the step follow; their hook sees presynaptic traces with
// the arrival. A coincident pair is so counted once, as pre before post.

namespace rheobase {

/// Base of rules of which nothing can be read but weights.
struct WithoutVariables {
    static constexpr std::array<const char*, 0> variables{};
    double read(std::size_t, const double*) const { return 0.0; }
};

}  // namespace rheobase
