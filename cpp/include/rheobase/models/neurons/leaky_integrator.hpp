#pragma once

#include "rheobase/models/integration.hpp"
#include "rheobase/models/kicked_potential.hpp"
#include "rheobase/models/leaky_membrane.hpp"
#include "rheobase/models/neuron_model.hpp"

namespace rheobase {

struct LeakyIntegrator : KickedPotential {
    struct Parameters {
        double tau_m, E_L, g_L;
    };
    struct State {
        double V;
    };

    static constexpr char name[] = "LeakyIntegrator";
    static constexpr char summary[] = "Passive membrane: it filters its input and never spikes.";
    static constexpr char equation[] = "tau_m V' = -(V - E_L) + I";
    static constexpr char reference[] = "Rosenbaum, Modeling Neural Circuits, eq. (1.2)";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::tau_m, "tau_m", "ms", 15.0, positive, "membrane time constant"},
        {&Parameters::E_L, "E_L", "mV", -72.0, any, "leak reversal potential"},
        {&Parameters::g_L, "g_L", "1 or nS", 1.0, positive,
         "leak conductance; other than 1, currents are in pA and conductances in nS"},
    };
    static constexpr Variable<State> state[] = {{&State::V, "V", "mV", "membrane potential"}};
    static constexpr Span<const Ordered<Parameters>> orders{};
    using Methods = Schemes<Exact, Euler, Heun, RungeKutta4>;
    static constexpr Example example{40.0, "V", "", true, {1.0, 5.0, 0.2, -65.0, {}}};

    LeakyIntegrator(const Parameters& p_, double dt) : p(p_), membrane(p_.tau_m, p_.E_L, p_.g_L, dt) {}

    static State start(const Parameters& p) { return {p.E_L}; }
    static double leak_rate(const Parameters& p) noexcept { return 1.0 / p.tau_m; }
    static double refractory_period() noexcept { return 0.0; }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        return {membrane.derivative(s.V, in)};
    }

    template <class Input>
    State exact(const State& s, const Input& in) const noexcept {
        return {membrane.exact(s.V, in)};
    }
    double decay(double G) const noexcept { return membrane.decay(G); }

    static State hold(const State&, State after) noexcept { return after; }
    static bool spikes(const State&) noexcept { return false; }
    static State reset(State s) noexcept { return s; }

    Parameters p;
    LeakyMembrane membrane;
};

}  // namespace rheobase
