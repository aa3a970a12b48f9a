#pragma once

#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"
#include "rheobase/models/upward_crossing.hpp"

namespace rheobase {

/// Rates (1/ms) with which the gates n, m and h open and close.
struct GateRates {
    double alpha_n, beta_n, alpha_m, beta_m, alpha_h, beta_h;
};

/// The membrane of Hodgkin and Huxley: a leak, potassium channels with gates n^4 and sodium channels with gates m^3 h.
/// `Kinetics` holds the Parameters, gates(V, parameters) and the potential rest(parameters) at which it starts.
template <class Kinetics>
struct SodiumPotassiumMembrane : UpwardCrossing<SodiumPotassiumMembrane<Kinetics>> {
    using Parameters = typename Kinetics::Parameters;
    struct State {
        double V, n, m, h;
    };

    static constexpr Variable<State> state[] = {
        {&State::V, "V", "mV", "membrane potential"},
        {&State::n, "n", "1", "potassium activation"},
        {&State::m, "m", "1", "sodium activation"},
        {&State::h, "h", "1", "sodium inactivation"},
    };
    static constexpr Span<const Ordered<Parameters>> orders{};
    using Methods = Schemes<ExponentialMidpoint, ExponentialEuler, Euler, Heun, RungeKutta4>;

    SodiumPotassiumMembrane(const Parameters& p_, double) : p(p_), per_C_m(1.0 / p_.C_m) {}

    /// The gates start where they settle.
    static State start(const Parameters& p) {
        const double V = Kinetics::rest(p);
        const GateRates g = Kinetics::gates(V, p);
        return {V, g.alpha_n / (g.alpha_n + g.beta_n), g.alpha_m / (g.alpha_m + g.beta_m),
                g.alpha_h / (g.alpha_h + g.beta_h)};
    }
    double refractory_period() const noexcept { return p.t_ref; }

    double potassium(const State& s) const noexcept { return p.g_K * (s.n * s.n) * (s.n * s.n); }
    double sodium(const State& s) const noexcept { return p.g_Na * (s.m * s.m) * (s.m * s.h); }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        const GateRates g = Kinetics::gates(s.V, p);
        return {
            (-p.g_L * (s.V - p.E_L) - potassium(s) * (s.V - p.E_K) - sodium(s) * (s.V - p.E_Na) + in.I - in.G * s.V) *
                per_C_m,
            g.alpha_n * (1.0 - s.n) - g.beta_n * s.n, g.alpha_m * (1.0 - s.m) - g.beta_m * s.m,
            g.alpha_h * (1.0 - s.h) - g.beta_h * s.h};
    }

    template <class Input>
    State decay_rates(const State& s, const Input& in) const noexcept {
        const GateRates g = Kinetics::gates(s.V, p);
        return {(p.g_L + potassium(s) + sodium(s) + in.G) * per_C_m, g.alpha_n + g.beta_n, g.alpha_m + g.beta_m,
                g.alpha_h + g.beta_h};
    }

    Parameters p;
    double per_C_m;
};

}  // namespace rheobase
