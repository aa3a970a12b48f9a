#pragma once

#include <cmath>

#include "rheobase/models/synapses/kernel.hpp"

namespace rheobase {

struct DifferenceOfExponentials {
    struct Parameters {
        double tau_rise, tau_decay;
    };
    static constexpr char name[] = "DifferenceOfExponentials";
    static constexpr char summary[] = "Synapse with a time constant of rise and one of decay.";
    static constexpr char equation[] =
        "alpha(t) = (exp(-t / tau_decay) - exp(-t / tau_rise)) / (tau_decay - tau_rise),   tau_rise s' = -s + w S,   "
        "tau_decay I' = -I + s";
    static constexpr std::size_t stages = 2;
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::tau_rise, "tau_rise", "ms", 0.5, positive, "rise time constant"},
        {&Parameters::tau_decay, "tau_decay", "ms", 4.0, positive, "decay time constant"}};

    static Propagator prepare(const Parameters& p, bool unit_area, double dt, Averaging averaging, double leak) {
        return propagate(2, 1.0 / p.tau_rise, 1.0 / p.tau_decay, unit_area ? 1.0 / p.tau_rise : jump_to_peak_one(p), dt,
                         averaging, leak);
    }

    /// The jump of s that makes the largest current 1.
    static double jump_to_peak_one(const Parameters& p) {
        const double ratio = p.tau_decay / p.tau_rise;
        if (std::fabs(ratio - 1.0) < 1e-6) return std::exp(1.0);
        const double t = p.tau_rise * p.tau_decay / (p.tau_decay - p.tau_rise) * std::log(ratio);
        const double peak =
            (std::exp(-t / p.tau_decay) - std::exp(-t / p.tau_rise)) * p.tau_rise / (p.tau_decay - p.tau_rise);
        return 1.0 / peak;
    }
};

}  // namespace rheobase
