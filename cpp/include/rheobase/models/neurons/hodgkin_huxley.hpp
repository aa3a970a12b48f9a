#pragma once

#include "rheobase/math/rate_functions.hpp"
#include "rheobase/models/sodium_potassium_membrane.hpp"

namespace rheobase {

/// The gates of the squid giant axon.
struct SquidKinetics {
    struct Parameters {
        double C_m, g_L, g_K, g_Na, E_L, E_K, E_Na, V_th, t_ref;
    };

    static GateRates gates(double V, const Parameters&) noexcept {
        return {0.1 * linoid(0.1 * (V + 55.0)),
                0.125 * exponential(-0.0125 * (V + 65.0)),
                linoid(0.1 * (V + 40.0)),
                4.0 * exponential(-0.0556 * (V + 65.0)),
                0.07 * exponential(-0.05 * (V + 65.0)),
                logistic(0.1 * (V + 35.0))};
    }

    /// The textbook's starting point.
    static double rest(const Parameters&) noexcept { return -65.0; }
};

struct HodgkinHuxley : SodiumPotassiumMembrane<SquidKinetics> {
    using SodiumPotassiumMembrane::SodiumPotassiumMembrane;

    static constexpr char name[] = "HodgkinHuxley";
    static constexpr char summary[] =
        "Hodgkin-Huxley model of the squid giant axon, for a square centimetre of membrane.";
    static constexpr char equation[] =
        "C_m V' = -g_L (V - E_L) - g_K n^4 (V - E_K) - g_Na m^3 h (V - E_Na) + I,   x' = alpha_x (1 - x) - beta_x x "
        "for x = n, m, h;   a spike is counted where V passes V_th upwards";
    static constexpr char reference[] = "Hodgkin & Huxley 1952; Rosenbaum, Modeling Neural Circuits, appendix B.2";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::C_m, "C_m", "uF/cm2", 1.0, positive, "membrane capacitance"},
        {&Parameters::g_L, "g_L", "mS/cm2", 0.3, non_negative, "leak conductance"},
        {&Parameters::g_K, "g_K", "mS/cm2", 36.0, non_negative, "largest potassium conductance"},
        {&Parameters::g_Na, "g_Na", "mS/cm2", 120.0, non_negative, "largest sodium conductance"},
        {&Parameters::E_L, "E_L", "mV", -54.387, any, "leak reversal potential"},
        {&Parameters::E_K, "E_K", "mV", -77.0, any, "potassium reversal potential"},
        {&Parameters::E_Na, "E_Na", "mV", 50.0, any, "sodium reversal potential"},
        {&Parameters::V_th, "V_th", "mV", 0.0, any,
         "potential whose upward crossing counts as a spike; nothing is reset"},
        {&Parameters::t_ref, "t_ref", "ms", 0.0, non_negative,
         "time after a spike, a multiple of dt, in which no other is counted; the state goes on"},
    };
    static constexpr Example example{20.0, "V", "", false, {0.0625, 3.0, 0.06, -65.0, {}}};
};

}  // namespace rheobase
