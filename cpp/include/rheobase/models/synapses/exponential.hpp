#pragma once

#include "rheobase/models/synapses/kernel.hpp"

namespace rheobase {

struct Exponential {
    struct Parameters {
        double tau;
    };
    static constexpr char name[] = "Exponential";
    static constexpr char summary[] = "Synapse that jumps at a spike and decays exponentially.";
    static constexpr char equation[] = "alpha(t) = exp(-t / tau) / tau,   tau I' = -I + w S";
    static constexpr std::size_t stages = 1;
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::tau, "tau", "ms", 5.0, positive, "decay time constant"}};

    static Propagator prepare(const Parameters& p, bool unit_area, double dt, Averaging averaging, double leak) {
        return propagate(1, 1.0 / p.tau, 0.0, unit_area ? 1.0 / p.tau : 1.0, dt, averaging, leak);
    }
};

}  // namespace rheobase
