#pragma once

#include "rheobase/integration.hpp"
#include "rheobase/neuron_model.hpp"
#include "rheobase/rate_functions.hpp"

namespace rheobase {

struct HodgkinHuxley {
    struct Parameters {
        double C_m, g_L, g_K, g_Na, E_L, E_K, E_Na, V_th, t_ref;
    };
    struct State {
        double V, n, m, h;
    };

    static constexpr char name[] = "HodgkinHuxley";
    static constexpr char summary[] =
        "Hodgkin-Huxley model of the squid giant axon, for a square centimetre of membrane.";
    static constexpr char equation[] =
        "C_m V' = -g_L (V - E_L) - g_K n^4 (V - E_K) - g_Na m^3 h (V - E_Na) + I,   x' = alpha_x (1 - x) - beta_x x "
        "for "
        "x = n, m, h;   a spike is counted where V passes V_th upwards";
    static constexpr char source[] = "Hodgkin & Huxley 1952; Rosenbaum, Modeling Neural Circuits, appendix B.2";
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
    static constexpr Variable<State> state[] = {
        {&State::V, "V", "mV", "membrane potential"},
        {&State::n, "n", "1", "potassium activation"},
        {&State::m, "m", "1", "sodium activation"},
        {&State::h, "h", "1", "sodium inactivation"},
    };
    static constexpr Span<const Ordered<Parameters>> orders{};
    using Methods = Schemes<ExponentialEuler, Euler, Heun, RungeKutta4>;

    struct Gates {
        double alpha_n, beta_n, alpha_m, beta_m, alpha_h, beta_h;
    };
    static Gates gates(double V) noexcept {
        return {0.1 * linoid(0.1 * (V + 55.0)),
                0.125 * exponential(-0.0125 * (V + 65.0)),
                linoid(0.1 * (V + 40.0)),
                4.0 * exponential(-0.0556 * (V + 65.0)),
                0.07 * exponential(-0.05 * (V + 65.0)),
                logistic(0.1 * (V + 35.0))};
    }

    HodgkinHuxley(const Parameters& p_, double) : p(p_), per_C_m(1.0 / p_.C_m) {}

    /// At -65 mV, the textbook's starting point, with the gates where they settle.
    static State start(const Parameters&) {
        const Gates g = gates(-65.0);
        return {-65.0, g.alpha_n / (g.alpha_n + g.beta_n), g.alpha_m / (g.alpha_m + g.beta_m),
                g.alpha_h / (g.alpha_h + g.beta_h)};
    }
    double refractory_period() const noexcept { return p.t_ref; }

    double potassium(const State& s) const noexcept { return p.g_K * (s.n * s.n) * (s.n * s.n); }
    double sodium(const State& s) const noexcept { return p.g_Na * (s.m * s.m) * (s.m * s.h); }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        const Gates g = gates(s.V);
        return {(-p.g_L * (s.V - p.E_L) - potassium(s) * (s.V - p.E_K) - sodium(s) * (s.V - p.E_Na) + in.I + in.GE -
                 in.G * s.V) *
                    per_C_m,
                g.alpha_n * (1.0 - s.n) - g.beta_n * s.n, g.alpha_m * (1.0 - s.m) - g.beta_m * s.m,
                g.alpha_h * (1.0 - s.h) - g.beta_h * s.h};
    }

    template <class Input>
    State decay_rates(const State& s, const Input& in) const noexcept {
        const Gates g = gates(s.V);
        return {(p.g_L + potassium(s) + sodium(s) + in.G) * per_C_m, g.alpha_n + g.beta_n, g.alpha_m + g.beta_m,
                g.alpha_h + g.beta_h};
    }

    static State kicked(State s, double jump) noexcept {
        s.V += jump;
        return s;
    }
    static State held(const State&, State after) noexcept { return after; }
    bool spikes(const State& before, const State& after) const noexcept {
        return (before.V < p.V_th) & (after.V >= p.V_th);
    }
    static State reset(State s) noexcept { return s; }

    Parameters p;
    double per_C_m;
};

}  // namespace rheobase
