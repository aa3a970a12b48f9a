#pragma once

#include "rheobase/models/exponential_membrane.hpp"
#include "rheobase/models/integrate_and_fire.hpp"
#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"

namespace rheobase {

struct EIF : IntegrateAndFire<EIF> {
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

    EIF(const Parameters& p_, double dt) : p(p_), membrane(p_, dt) {}

    static State start(const Parameters& p) { return {p.E_L}; }
    static double leak_rate(const Parameters& p) noexcept { return 1.0 / p.tau_m; }
    double refractory_period() const noexcept { return p.t_ref; }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        return {membrane.derivative(s.V, in)};
    }
    template <class Input>
    State euler(const State& s, const Input& in) const noexcept {
        return {membrane.euler(s.V, in)};
    }
    template <class Input>
    State etd2(const State& s, const Input& in) const noexcept {
        const double rise = membrane.upstroke(s.V), first = membrane.first(s.V, in, rise);
        return {membrane.second(s.V, in, rise, first)};
    }
    double decay(double G) const noexcept { return membrane.decay(G); }

    Parameters p;
    ExponentialMembrane membrane;
};

}  // namespace rheobase
