#pragma once

#include "rheobase/models/integrate_and_fire.hpp"
#include "rheobase/models/integration.hpp"
#include "rheobase/models/leaky_membrane.hpp"
#include "rheobase/models/neuron_model.hpp"

namespace rheobase {

struct LIF : IntegrateAndFire<LIF> {
    struct Parameters {
        double tau_m, E_L, V_th, V_re, t_ref, g_L;
    };
    struct State {
        double V;
    };

    static constexpr char name[] = "LIF";
    static constexpr char summary[] = "Leaky integrate-and-fire neuron.";
    static constexpr char equation[] = "tau_m V' = -(V - E_L) + I;   V >= V_th: spike, V <- V_re for t_ref";
    static constexpr char reference[] = "Lapicque 1907; Rosenbaum, Modeling Neural Circuits, appendix B.3";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::tau_m, "tau_m", "ms", 10.0, positive, "membrane time constant"},
        {&Parameters::E_L, "E_L", "mV", -72.0, any, "leak reversal potential"},
        {&Parameters::V_th, "V_th", "mV", -55.0, any, "threshold"},
        {&Parameters::V_re, "V_re", "mV", -75.0, any, "reset potential"},
        {&Parameters::t_ref, "t_ref", "ms", 0.0, non_negative,
         "refractory period, a multiple of dt; V is held at V_re"},
        {&Parameters::g_L, "g_L", "1 or nS", 1.0, positive,
         "leak conductance; other than 1, currents are in pA and conductances in nS"},
    };
    static constexpr Variable<State> state[] = {{&State::V, "V", "mV", "membrane potential"}};
    static constexpr Ordered<Parameters> orders[] = {{&Parameters::V_re, &Parameters::V_th}};
    using Methods = Schemes<Exact, Euler, Heun, RungeKutta4>;
    static constexpr Example example{40.0, "V", "V_re", false, {1.0, 5.0, 0.2, -65.0, {}}};

    LIF(const Parameters& p_, double dt) : p(p_), membrane(p_.tau_m, p_.E_L, p_.g_L, dt) {}

    static State start(const Parameters& p) { return {p.E_L}; }
    static double leak_rate(const Parameters& p) noexcept { return 1.0 / p.tau_m; }
    double refractory_period() const noexcept { return p.t_ref; }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        return {membrane.derivative(s.V, in)};
    }

    template <class Input>
    State exact(const State& s, const Input& in) const noexcept {
        return {membrane.exact(s.V, in)};
    }
    double decay(double G) const noexcept { return membrane.decay(G); }

    Parameters p;
    LeakyMembrane membrane;
};

}  // namespace rheobase
