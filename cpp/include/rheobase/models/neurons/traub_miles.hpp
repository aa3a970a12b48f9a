#pragma once

#include "rheobase/math/rate_functions.hpp"
#include "rheobase/models/sodium_potassium_membrane.hpp"

namespace rheobase {

/// The gates of a hippocampal pyramidal cell, shifted by V_T.
struct PyramidalKinetics {
    struct Parameters {
        double C_m, g_L, g_K, g_Na, E_L, E_K, E_Na, V_T, V_th, t_ref;
    };

    static GateRates gates(double V, const Parameters& p) noexcept {
        const double v = V - p.V_T;
        return {0.16 * linoid((v - 15.0) / 5.0),        0.5 * exponential((10.0 - v) / 40.0),
                1.28 * linoid((v - 13.0) / 4.0),        1.4 * linoid((40.0 - v) / 5.0),
                0.128 * exponential((17.0 - v) / 18.0), 4.0 * logistic((v - 40.0) / 5.0)};
    }

    static double rest(const Parameters& p) noexcept { return p.E_L; }
};

struct TraubMiles : SodiumPotassiumMembrane<PyramidalKinetics> {
    using SodiumPotassiumMembrane::SodiumPotassiumMembrane;

    static constexpr char name[] = "TraubMiles";
    static constexpr char summary[] = "Hodgkin-Huxley type pyramidal cell of the COBAHH benchmark.";
    static constexpr char equation[] =
        "C_m V' = -g_L (V - E_L) - g_K n^4 (V - E_K) - g_Na m^3 h (V - E_Na) + I,   x' = alpha_x (1 - x) - beta_x x "
        "for x = n, m, h, with rates of V - V_T;   a spike is counted where V passes V_th upwards";
    static constexpr char reference[] = "Traub & Miles 1991; Brette et al. 2007, benchmark 3";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::C_m, "C_m", "pF", 200.0, positive, "membrane capacitance"},
        {&Parameters::g_L, "g_L", "nS", 10.0, non_negative, "leak conductance"},
        {&Parameters::g_K, "g_K", "nS", 6000.0, non_negative, "largest potassium conductance"},
        {&Parameters::g_Na, "g_Na", "nS", 20000.0, non_negative, "largest sodium conductance"},
        {&Parameters::E_L, "E_L", "mV", -60.0, any, "leak reversal potential"},
        {&Parameters::E_K, "E_K", "mV", -90.0, any, "potassium reversal potential"},
        {&Parameters::E_Na, "E_Na", "mV", 50.0, any, "sodium reversal potential"},
        {&Parameters::V_T, "V_T", "mV", -63.0, any, "shifts the rates of all gates, and with them the threshold"},
        {&Parameters::V_th, "V_th", "mV", -20.0, any,
         "potential whose upward crossing counts as a spike; nothing is reset"},
        {&Parameters::t_ref, "t_ref", "ms", 3.0, non_negative,
         "time after a spike, a multiple of dt, in which no other is counted; the state goes on"},
    };
    static constexpr Example example{1000.0, "V", "", false, {0.0625, 150.0, 2.0, -65.0, {}}};
};

}  // namespace rheobase
