#pragma once

#include <cmath>

#include "rheobase/models/exponential_membrane.hpp"
#include "rheobase/models/integrate_and_fire.hpp"
#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"

namespace rheobase {

struct AdEx : IntegrateAndFire<AdEx> {
    struct Parameters {
        double tau_m, E_L, V_T, D, tau_w, a, b, V_th, V_re, t_ref, g_L;
    };
    struct State {
        double V, w;
    };

    static constexpr char name[] = "AdEx";
    static constexpr char summary[] = "Adaptive exponential integrate-and-fire neuron.";
    static constexpr char equation[] =
        "tau_m V' = -(V - E_L) + D exp((V - V_T) / D) + (I - w) / g_L,   tau_w w' = a (V - E_L) - w;   "
        "V >= V_th: spike, w <- w + b, V <- V_re for t_ref";
    static constexpr char reference[] =
        "Brette & Gerstner 2005, whose set is tau_m=281/30, g_L=30, E_L=-70.6, V_T=-50.4, D=2, tau_w=144, a=4, b=80.5; "
        "Rosenbaum, Modeling Neural Circuits, appendix B.3";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::tau_m, "tau_m", "ms", 15.0, positive, "membrane time constant"},
        {&Parameters::E_L, "E_L", "mV", -72.0, any, "leak reversal potential"},
        {&Parameters::V_T, "V_T", "mV", -55.0, any, "soft threshold, where the upstroke begins"},
        {&Parameters::D, "D", "mV", 2.0, positive, "sharpness of the upstroke"},
        {&Parameters::tau_w, "tau_w", "ms", 400.0, positive, "time constant of the adaptation"},
        {&Parameters::a, "a", "1 or nS", 0.1, any, "how strongly the adaptation follows V"},
        {&Parameters::b, "b", "mV or pA", 0.75, any, "adaptation that each spike adds"},
        {&Parameters::V_th, "V_th", "mV", 5.0, any, "potential at which the spike is counted"},
        {&Parameters::V_re, "V_re", "mV", -75.0, any, "reset potential"},
        {&Parameters::t_ref, "t_ref", "ms", 0.0, non_negative,
         "refractory period, a multiple of dt; V is held at V_re while w goes on"},
        {&Parameters::g_L, "g_L", "1 or nS", 1.0, positive,
         "leak conductance; other than 1, currents, w and b are in pA, conductances and a in nS"},
    };
    static constexpr Variable<State> state[] = {
        {&State::V, "V", "mV", "membrane potential"},
        {&State::w, "w", "mV or pA", "adaptation current"},
    };
    static constexpr Ordered<Parameters> orders[] = {{&Parameters::V_re, &Parameters::V_th},
                                                     {&Parameters::V_T, &Parameters::V_th}};
    using Methods = Schemes<ExponentialDifferencing, Euler, Heun, RungeKutta4>;
    static constexpr Example example{
        40.0, "V", "V_re", false, {1.0, 12.0, 0.2, -65.0, {{"w", -3.0}, {"tau_w", 20.0}, {"a", 0.5}}}};

    AdEx(const Parameters& p_, double dt)
        : p(p_),
          membrane(p_, dt),
          rate_w(1.0 / p_.tau_w),
          keep_w(std::exp(-dt * rate_w)),
          second_w((std::expm1(-dt * rate_w) + dt * rate_w) / (dt * rate_w)),
          dt_per_tau_w(dt * rate_w) {}

    static State start(const Parameters& p) { return {p.E_L, 0.0}; }
    static double leak_rate(const Parameters& p) noexcept { return 1.0 / p.tau_m; }
    double refractory_period() const noexcept { return p.t_ref; }

    /// Nor is what w makes of an upstroke followed beyond V_th.
    double capped(double V) const noexcept { return V < p.V_th ? V : p.V_th; }
    /// What drives V beside its leak and upstroke.
    template <class Input>
    static Input adapted(Input in, double w) noexcept {
        in.I -= w;
        return in;
    }
    double towards_w(const State& s) const noexcept { return multiply_add(p.a, capped(s.V) - p.E_L, -s.w); }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        return {membrane.derivative(s.V, adapted(in, s.w)), towards_w(s) * rate_w};
    }
    template <class Input>
    State euler(const State& s, const Input& in) const noexcept {
        return {membrane.euler(s.V, adapted(in, s.w)), multiply_add(towards_w(s), dt_per_tau_w, s.w)};
    }

    /// The leaks are exact; what couples V and w is to second order, as the upstroke is.
    template <class Input>
    State etd2(const State& s, const Input& in) const noexcept {
        const double rise = membrane.upstroke(s.V), first = membrane.first(s.V, adapted(in, s.w), rise);
        const double w = decayed(s);
        return {membrane.second(s.V, in, rise, first, s.w - w), multiply_add(p.a * (capped(first) - s.V), second_w, w)};
    }
    /// w at the end of a step in which V rests.
    double decayed(const State& s) const noexcept {
        const double follow = p.a * (s.V - p.E_L);
        return multiply_add(s.w - follow, keep_w, follow);
    }
    double decay(double G) const noexcept { return membrane.decay(G); }

    State hold(const State& before, State) const noexcept { return {before.V, decayed(before)}; }
    State reset(State s) const noexcept { return {p.V_re, s.w + p.b}; }

    Parameters p;
    ExponentialMembrane membrane;
    double rate_w, keep_w, second_w, dt_per_tau_w;
};

}  // namespace rheobase
