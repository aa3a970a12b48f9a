#pragma once

#include "rheobase/models/integrate_and_fire.hpp"
#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"

namespace rheobase {

struct Izhikevich : IntegrateAndFire<Izhikevich> {
    struct Parameters {
        double a, b, c, d, V_th;
    };
    struct State {
        double V, u;
    };

    static constexpr char name[] = "Izhikevich";
    static constexpr char summary[] =
        "Quadratic neuron with recovery, which bursts, adapts or chatters by four parameters.";
    static constexpr char equation[] =
        "V' = 0.04 V^2 + 5 V + 140 - u + I,   u' = a (b V - u);   V >= V_th: spike, V <- c, u <- u + d";
    static constexpr char reference[] =
        "Izhikevich 2003: regular spiking as by default; fast spiking a=0.1, d=2; chattering c=-50, d=2; intrinsically "
        "bursting c=-55, d=4";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::a, "a", "1/ms", 0.02, non_negative, "rate of the recovery"},
        {&Parameters::b, "b", "1", 0.2, any, "how strongly the recovery follows V"},
        {&Parameters::c, "c", "mV", -65.0, any, "reset potential"},
        {&Parameters::d, "d", "mV/ms", 8.0, any, "recovery that each spike adds"},
        {&Parameters::V_th, "V_th", "mV", 30.0, any, "peak, at which the spike is counted"},
    };
    static constexpr Variable<State> state[] = {
        {&State::V, "V", "mV", "membrane potential"},
        {&State::u, "u", "mV/ms", "recovery"},
    };
    static constexpr Ordered<Parameters> orders[] = {{&Parameters::c, &Parameters::V_th}};
    using Methods = Schemes<RungeKutta4, Euler, Heun>;
    static constexpr Example example{20.0, "V", "c", false, {0.25, 2.0, 0.2, -65.0, {{"V", -70.0}}}};

    Izhikevich(const Parameters& p_, double) : p(p_) {}

    static State start(const Parameters& p) { return {p.c, p.b * p.c}; }
    static double refractory_period() noexcept { return 0.0; }

    /// Beyond V_th the spike is made anyway, so the upstroke is not followed further.
    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        const double V = s.V < p.V_th ? s.V : p.V_th;
        return {(0.04 * V + 5.0) * V + 140.0 - s.u + in.I - in.G * V, p.a * (p.b * V - s.u)};
    }

    static State hold(const State&, State after) noexcept { return after; }
    State reset(State s) const noexcept { return {p.c, s.u + p.d}; }

    Parameters p;
};

}  // namespace rheobase
