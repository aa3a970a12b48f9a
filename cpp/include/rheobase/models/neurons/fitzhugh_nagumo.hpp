#pragma once

#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"
#include "rheobase/models/upward_crossing.hpp"

namespace rheobase {

struct FitzHughNagumo : UpwardCrossing<FitzHughNagumo> {
    struct Parameters {
        double a, b, tau, V_th;
    };
    struct State {
        double V, w;
    };

    static constexpr char name[] = "FitzHughNagumo";
    static constexpr char summary[] =
        "FitzHugh-Nagumo model of excitability; dimensionless, with 1 ms as the unit of time.";
    static constexpr char equation[] =
        "V' = V - V^3 / 3 - w + I,   tau w' = V + a - b w;   a spike is counted where V passes V_th upwards";
    static constexpr char reference[] = "FitzHugh 1961; Nagumo et al. 1962";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::a, "a", "1", 0.7, any, "offset of the recovery's nullcline"},
        {&Parameters::b, "b", "1", 0.8, any, "slope of the recovery's nullcline"},
        {&Parameters::tau, "tau", "1", 12.5, positive, "time constant of the recovery"},
        {&Parameters::V_th, "V_th", "1", 0.5, any, "value whose upward crossing counts as a spike; nothing is reset"},
    };
    static constexpr Variable<State> state[] = {
        {&State::V, "V", "1", "fast variable"},
        {&State::w, "w", "1", "recovery"},
    };
    static constexpr Span<const Ordered<Parameters>> orders{};
    using Methods = Schemes<RungeKutta4, Euler, Heun>;
    static constexpr Example example{0.8, "V", "", false, {0.5, 0.2, 0.2, -1.5, {}}};

    FitzHughNagumo(const Parameters& p_, double) : p(p_), rate(1.0 / p_.tau) {}

    /// On the left branch of the nullcline of V; with the standard parameters that is the resting state.
    static State start(const Parameters&) {
        const double V = -1.199408;
        return {V, V - V * V * V / 3.0};
    }
    static double refractory_period() noexcept { return 0.0; }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        return {s.V - s.V * s.V * s.V * (1.0 / 3.0) - s.w + in.I - in.G * s.V, (s.V + p.a - p.b * s.w) * rate};
    }

    Parameters p;
    double rate;
};

}  // namespace rheobase
