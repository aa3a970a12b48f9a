#pragma once

#include <cmath>

#include "rheobase/math/upstroke.hpp"
#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"

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
          upstroke(p_.V_T, p_.D, p_.V_th),
          rate(1.0 / p_.tau_m),
          rate_w(1.0 / p_.tau_w),
          per_g_L(1.0 / p_.g_L),
          h(dt / p_.tau_m),
          leak(decay_by(h)),
          keep_w(std::exp(-dt * rate_w)),
          second_w((std::expm1(-dt * rate_w) + dt * rate_w) / (dt * rate_w)) {}

    static State start(const Parameters& p) { return {p.E_L, 0.0}; }
    static double leak_rate(const Parameters& p) noexcept { return 1.0 / p.tau_m; }
    double refractory_period() const noexcept { return p.t_ref; }

    /// Nor is what w makes of an upstroke followed beyond V_th.
    double capped(double V) const noexcept { return V < p.V_th ? V : p.V_th; }
    /// The upstroke at V without what it is weighed against.
    double rise(double V, double less) const noexcept { return multiply_add(upstroke(V), upstroke.unit, -less); }
    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        return {multiply_add(net_current(in, s.V) - s.w, per_g_L, rise(s.V, s.V - p.E_L)) * rate,
                (p.a * (capped(s.V) - p.E_L) - s.w) * rate_w};
    }

    /// The leaks are exact; what couples V and w is to second order, as the upstroke is. Where the step leads with what
    /// drives V at its beginning beside the leak; that drive, then what it grows by until there.
    struct Predicted {
        double V, w, drive;
        static constexpr double Predicted::* members[] = {&Predicted::V, &Predicted::w, &Predicted::drive};
    };

    template <class Input>
    Predicted predict(const State& s, const Input& in) const noexcept {
        const double towards = multiply_add(in.I, per_g_L, p.E_L), total = multiply_add(in.G, per_g_L, 1.0);
        const double drive = rise(s.V, s.w * per_g_L), follow = p.a * (s.V - p.E_L);
        return {multiply_add(h * decayed(in).mean, multiply_add(-total, s.V, towards) + drive, s.V),
                multiply_add(s.w - follow, keep_w, follow), drive};
    }

    Predicted refine(const Predicted& first) const noexcept {
        return {first.V, first.w, rise(first.V, first.w * per_g_L) - first.drive};
    }

    template <class Input>
    State correct(const State& s, const Input& in, const Predicted& predicted) const noexcept {
        const auto [V, w, drive] = predicted;
        return {multiply_add(h * decayed(in).slope, drive, V), multiply_add(p.a * (capped(V) - s.V), second_w, w)};
    }

    template <class Input>
    Decay decayed(const Input& in) const noexcept {
        if constexpr (Input::conductance) return in.decayed(decay(in.G));
        return leak;
    }
    double decay(double G) const noexcept { return h * multiply_add(G, per_g_L, 1.0); }

    static State kick(State s, double jump) noexcept {
        s.V += jump;
        return s;
    }
    State hold(const State& before, State) const noexcept {
        const double follow = p.a * (before.V - p.E_L);
        return {before.V, multiply_add(before.w - follow, keep_w, follow)};
    }
    bool spikes(const State& after) const noexcept { return after.V >= p.V_th; }
    State reset(State s) const noexcept { return {p.V_re, s.w + p.b}; }

    Parameters p;
    Upstroke upstroke;
    double rate, rate_w, per_g_L, h;
    Decay leak;
    double keep_w, second_w;
};

}  // namespace rheobase
