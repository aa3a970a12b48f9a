#pragma once

#include <cmath>

#include "rheobase/math/upstroke.hpp"
#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"

namespace rheobase {

struct EIF {
    struct Parameters {
        double tau_m, E_L, V_T, D, V_th, V_re, t_ref, g_L;
    };
    struct State {
        double V;
    };

    static constexpr char name[] = "EIF";
    static constexpr char summary[] = "Exponential integrate-and-fire neuron.";
    static constexpr char equation[] =
        "tau_m V' = -(V - E_L) + D exp((V - V_T) / D) + I;   V >= V_th: spike, V <- V_re for t_ref";
    static constexpr char reference[] = "Fourcaud-Trocme et al. 2003; Rosenbaum, Modeling Neural Circuits, eq. (1.5)";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::tau_m, "tau_m", "ms", 15.0, positive, "membrane time constant"},
        {&Parameters::E_L, "E_L", "mV", -72.0, any, "leak reversal potential"},
        {&Parameters::V_T, "V_T", "mV", -55.0, any, "soft threshold, where the upstroke begins"},
        {&Parameters::D, "D", "mV", 2.0, positive, "sharpness of the upstroke"},
        {&Parameters::V_th, "V_th", "mV", 5.0, any, "potential at which the spike is counted"},
        {&Parameters::V_re, "V_re", "mV", -75.0, any, "reset potential"},
        {&Parameters::t_ref, "t_ref", "ms", 0.0, non_negative,
         "refractory period, a multiple of dt; V is held at V_re"},
        {&Parameters::g_L, "g_L", "1 or nS", 1.0, positive,
         "leak conductance; other than 1, currents are in pA and conductances in nS"},
    };
    static constexpr Variable<State> state[] = {{&State::V, "V", "mV", "membrane potential"}};
    static constexpr Ordered<Parameters> orders[] = {{&Parameters::V_re, &Parameters::V_th},
                                                     {&Parameters::V_T, &Parameters::V_th}};
    using Methods = Schemes<ExponentialDifferencing, Euler, Heun, RungeKutta4>;
    static constexpr Example example{40.0, "V", "V_re", false, {1.0, 12.0, 0.2, -65.0, {}}};

    EIF(const Parameters& p_, double dt)
        : p(p_),
          upstroke(p_.V_T, p_.D, p_.V_th),
          rate(1.0 / p_.tau_m),
          per_g_L(1.0 / p_.g_L),
          h(dt / p.tau_m),
          leak(decay_by(h)),
          left(p_, h, upstroke.unit),
          predicted(p_, h * leak.mean, upstroke.unit),
          growth(h * leak.slope * upstroke.unit) {}

    static State start(const Parameters& p) { return {p.E_L}; }
    static double leak_rate(const Parameters& p) noexcept { return 1.0 / p.tau_m; }
    double refractory_period() const noexcept { return p.t_ref; }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        const double rise = multiply_add(upstroke(s.V), upstroke.unit, -(s.V - p.E_L));
        return {multiply_add(net_current(in, s.V), per_g_L, rise) * rate};
    }

    /// V some of its way to where it would be led without a leak in conductances: what it keeps, and what joins it.
    struct Advance {
        Advance(const Parameters& p_, double share, double unit)
            : keep(1.0 - share), rest(share * p_.E_L), per_current(share / p_.g_L), per_upstroke(share * unit) {}
        double operator()(double V, double current, double rise) const noexcept {
            return multiply_add(per_upstroke, rise, multiply_add(current, per_current, multiply_add(V, keep, rest)));
        }
        double keep, rest, per_current, per_upstroke;
    };

    template <class Input>
    State euler(const State& s, const Input& in) const noexcept {
        return {left(s.V, net_current(in, s.V), upstroke(s.V))};
    }

    /// Where the step leads with the upstroke of its beginning; that upstroke, then what it grows by until there.
    struct Predicted {
        double V, upstroke;
        static constexpr double Predicted::* members[] = {&Predicted::V, &Predicted::upstroke};
    };

    template <class Input>
    Predicted predict(const State& s, const Input& in) const noexcept {
        const double first = upstroke(s.V);
        if constexpr (Input::conductance) {
            const double towards = multiply_add(in.I, per_g_L, p.E_L), total = multiply_add(in.G, per_g_L, 1.0);
            const double slope = multiply_add(first, upstroke.unit, multiply_add(-total, s.V, towards));
            return {multiply_add(h * decayed(in).mean, slope, s.V), first};
        } else {
            return {predicted(s.V, in.I, first), first};
        }
    }

    Predicted refine(const Predicted& first) const noexcept { return {first.V, upstroke(first.V) - first.upstroke}; }

    template <class Input>
    State correct(const State&, const Input& in, const Predicted& refined) const noexcept {
        double weight = growth;
        if constexpr (Input::conductance) weight = h * decayed(in).slope * upstroke.unit;
        return {multiply_add(weight, refined.upstroke, refined.V)};
    }

    template <class Input>
    Decay decayed(const Input& in) const noexcept {
        return in.decayed(decay(in.G));
    }
    double decay(double G) const noexcept { return h * multiply_add(G, per_g_L, 1.0); }

    static State kick(State s, double jump) noexcept {
        s.V += jump;
        return s;
    }
    static State hold(const State& before, State after) noexcept {
        after.V = before.V;
        return after;
    }
    bool spikes(const State& after) const noexcept { return after.V >= p.V_th; }
    State reset(State s) const noexcept {
        s.V = p.V_re;
        return s;
    }

    Parameters p;
    Upstroke upstroke;
    double rate, per_g_L, h;
    Decay leak;
    Advance left, predicted;
    double growth;
};

}  // namespace rheobase
