#pragma once

#include <algorithm>
#include <cmath>

#include "rheobase/integration.hpp"
#include "rheobase/neuron_model.hpp"

namespace rheobase {

struct AdEx {
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
    static constexpr char source[] =
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

    AdEx(const Parameters& p_, double dt)
        : p(p_),
          ceiling(std::min(p_.V_th, p_.V_T + 700.0 * p_.D)),
          rate(1.0 / p_.tau_m),
          rate_w(1.0 / p_.tau_w),
          per_g_L(1.0 / p_.g_L),
          per_D(1.0 / p_.D),
          h(dt / p_.tau_m),
          keep(std::exp(-h)),
          second((std::expm1(-h) + h) / h),
          keep_w(std::exp(-dt * rate_w)),
          second_w((std::expm1(-dt * rate_w) + dt * rate_w) / (dt * rate_w)) {}

    static State start(const Parameters& p) { return {p.E_L, 0.0}; }
    static double leak_rate(const Parameters& p) noexcept { return 1.0 / p.tau_m; }
    double refractory_period() const noexcept { return p.t_ref; }

    /// Beyond V_th the spike is made anyway, so the upstroke is not followed further, nor what w makes of it.
    double capped(double V) const noexcept { return V < p.V_th ? V : p.V_th; }
    double upstroke(double V) const noexcept {
        return p.D * exponential_to_708(((V < ceiling ? V : ceiling) - p.V_T) * per_D);
    }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        return {(-(s.V - p.E_L) + upstroke(s.V) + (in.I + in.GE - in.G * s.V - s.w) * per_g_L) * rate,
                (p.a * (capped(s.V) - p.E_L) - s.w) * rate_w};
    }

    /// The leaks are exact; what couples V and w is to second order, as the upstroke is.
    template <class Input>
    State etd2(const State& s, const Input& in) const noexcept {
        double total = 1.0, e = keep, c = second;
        if constexpr (Input::conductance) {
            total += in.G * per_g_L;
            const double z = h * total;
            e = exponential(-z);
            c = (e - 1.0 + z) / z;
        }
        const double V_inf = (p.E_L + (in.I + in.GE) * per_g_L) / total;
        const double rest = upstroke(s.V) - s.w * per_g_L, follow = p.a * (s.V - p.E_L);
        const double V = multiply_add(s.V - V_inf, e, multiply_add(1.0 - e, rest / total, V_inf));
        const double w = multiply_add(s.w - follow, keep_w, follow);
        return {multiply_add((upstroke(V) - w * per_g_L - rest) / total, c, V),
                multiply_add(p.a * (capped(V) - s.V), second_w, w)};
    }

    static State kicked(State s, double jump) noexcept {
        s.V += jump;
        return s;
    }
    State held(const State& before, State) const noexcept {
        const double follow = p.a * (before.V - p.E_L);
        return {before.V, multiply_add(before.w - follow, keep_w, follow)};
    }
    bool spikes(const State&, const State& after) const noexcept { return after.V >= p.V_th; }
    State reset(State s) const noexcept { return {p.V_re, s.w + p.b}; }

    Parameters p;
    double ceiling, rate, rate_w, per_g_L, per_D, h, keep, second, keep_w, second_w;
};

}  // namespace rheobase
