#pragma once

#include <cmath>

#include "rheobase/models/synapses/kernel.hpp"

namespace rheobase {

struct Alpha {
    struct Parameters {
        double tau;
    };
    static constexpr char name[] = "Alpha";
    static constexpr char summary[] =
        "Synapse that rises and falls with one time constant, peaking tau after the spike.";
    static constexpr char equation[] = "alpha(t) = t exp(-t / tau) / tau^2,   tau s' = -s + w S,   tau I' = -I + s";
    static constexpr std::size_t stages = 2;
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::tau, "tau", "ms", 2.0, positive, "time from spike to peak"}};

    static Propagator prepare(const Parameters& p, bool unit_area, double dt, Averaging averaging, double leak) {
        const double gain = unit_area ? 1.0 / p.tau : std::exp(1.0);
        return propagate(2, 1.0 / p.tau, 1.0 / p.tau, gain, dt, averaging, leak);
    }
};

}  // namespace rheobase
