#pragma once

#include "rheobase/math/rate_functions.hpp"
#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"
#include "rheobase/models/upward_crossing.hpp"

namespace rheobase {

struct MorrisLecar : UpwardCrossing<MorrisLecar> {
    struct Parameters {
        double C_m, g_L, g_Ca, g_K, E_L, E_Ca, E_K, V1, V2, V3, V4, phi, V_th;
    };
    struct State {
        double V, w;
    };

    static constexpr char name[] = "MorrisLecar";
    static constexpr char summary[] =
        "Morris-Lecar model of the barnacle muscle fibre: instant calcium, slow potassium.";
    static constexpr char equation[] =
        "C_m V' = -g_L (V - E_L) - g_Ca m_inf (V - E_Ca) - g_K w (V - E_K) + I,   w' = phi cosh((V - V3) / (2 V4)) "
        "(w_inf - w),   m_inf = (1 + tanh((V - V1) / V2)) / 2,   w_inf = (1 + tanh((V - V3) / V4)) / 2;   a spike is "
        "counted where V passes V_th upwards";
    static constexpr char reference[] =
        "Morris & Lecar 1981; Rinzel & Ermentrout 1998: Hopf set as by default; saddle-node set phi=1/15, g_Ca=4, "
        "V3=12, "
        "V4=17.4; homoclinic set the same with phi=0.23";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::C_m, "C_m", "uF/cm2", 20.0, positive, "membrane capacitance"},
        {&Parameters::g_L, "g_L", "mS/cm2", 2.0, non_negative, "leak conductance"},
        {&Parameters::g_Ca, "g_Ca", "mS/cm2", 4.4, non_negative, "largest calcium conductance"},
        {&Parameters::g_K, "g_K", "mS/cm2", 8.0, non_negative, "largest potassium conductance"},
        {&Parameters::E_L, "E_L", "mV", -60.0, any, "leak reversal potential"},
        {&Parameters::E_Ca, "E_Ca", "mV", 120.0, any, "calcium reversal potential"},
        {&Parameters::E_K, "E_K", "mV", -84.0, any, "potassium reversal potential"},
        {&Parameters::V1, "V1", "mV", -1.2, any, "half-activation of calcium"},
        {&Parameters::V2, "V2", "mV", 18.0, positive, "width of the calcium activation"},
        {&Parameters::V3, "V3", "mV", 2.0, any, "half-activation of potassium"},
        {&Parameters::V4, "V4", "mV", 30.0, positive, "width of the potassium activation"},
        {&Parameters::phi, "phi", "1/ms", 0.04, positive, "rate of the potassium activation"},
        {&Parameters::V_th, "V_th", "mV", 0.0, any,
         "potential whose upward crossing counts as a spike; nothing is reset"},
    };
    static constexpr Variable<State> state[] = {
        {&State::V, "V", "mV", "membrane potential"},
        {&State::w, "w", "1", "potassium activation"},
    };
    static constexpr Span<const Ordered<Parameters>> orders{};
    using Methods = Schemes<ExponentialEuler, Euler, Heun, RungeKutta4>;
    static constexpr Example example{120.0, "V", "", false, {0.5, 60.0, 0.4, -65.0, {}}};

    MorrisLecar(const Parameters& p_, double)
        : p(p_), per_C_m(1.0 / p_.C_m), per_V2(2.0 / p_.V2), per_V4(2.0 / p_.V4) {}

    /// At the leak's reversal potential, with the potassium where it settles.
    static State start(const Parameters& p) { return {p.E_L, logistic(2.0 * (p.E_L - p.V3) / p.V4)}; }
    static double refractory_period() noexcept { return 0.0; }

    double calcium(double V) const noexcept { return p.g_Ca * logistic((V - p.V1) * per_V2); }
    double activation(double V) const noexcept { return logistic((V - p.V3) * per_V4); }
    double activation_rate(double V) const noexcept { return p.phi * hyperbolic_cosine((V - p.V3) * 0.25 * per_V4); }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        return {
            (-p.g_L * (s.V - p.E_L) - calcium(s.V) * (s.V - p.E_Ca) - p.g_K * s.w * (s.V - p.E_K) + in.I - in.G * s.V) *
                per_C_m,
            activation_rate(s.V) * (activation(s.V) - s.w)};
    }

    template <class Input>
    State decay_rates(const State& s, const Input& in) const noexcept {
        return {(p.g_L + calcium(s.V) + p.g_K * s.w + in.G) * per_C_m, activation_rate(s.V)};
    }

    Parameters p;
    double per_C_m, per_V2, per_V4;
};

}  // namespace rheobase
