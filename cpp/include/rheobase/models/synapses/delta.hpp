#pragma once

#include "rheobase/base/span.hpp"
#include "rheobase/models/synapses/kernel.hpp"

namespace rheobase {

struct Delta {
    struct Parameters {};
    static constexpr char name[] = "Delta";
    static constexpr char summary[] = "Instantaneous synapse: a spike moves V by the weight (mV).";
    static constexpr char equation[] = "V <- V + w";
    static constexpr std::size_t stages = 0;
    static constexpr Span<const Parameter<Parameters>> parameters{};

    static Propagator prepare(const Parameters&, bool, double, Averaging, double) { return {}; }
};

}  // namespace rheobase
