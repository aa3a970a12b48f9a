#pragma once

#include "rheobase/math/quadratic_flow.hpp"
#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"

namespace rheobase {

struct ThetaNeuron {
    struct Parameters {
        double tau_m;
    };
    struct State {
        double theta;
    };

    static constexpr char name[] = "ThetaNeuron";
    static constexpr char summary[] = "Quadratic integrate-and-fire neuron between -infinity and infinity, as a phase.";
    static constexpr char equation[] =
        "tau_m theta' = (1 - cos theta) + (1 + cos theta) I;   theta >= pi: spike, theta <- theta - 2 pi;   "
        "V = tan(theta / 2) follows tau_m V' = V^2 + I, and a delta synapse moves V";
    static constexpr char reference[] = "Ermentrout & Kopell 1986; Rosenbaum, Modeling Neural Circuits, appendix B.3";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::tau_m, "tau_m", "ms", 1.0, positive, "unit of time"}};
    static constexpr Variable<State> state[] = {{&State::theta, "theta", "rad", "phase"}};
    static constexpr Span<const Ordered<Parameters>> orders{};
    using Methods = Schemes<Exact, Euler, Heun, RungeKutta4>;
    static constexpr Example example{1.0, "", "", false, {0.125, 0.6, 0.2, 0.0, {}}};

    ThetaNeuron(const Parameters& p, double dt) : rate(1.0 / p.tau_m), h(dt / p.tau_m) {}

    /// Where V = 0.
    static State start(const Parameters&) { return {0.0}; }
    static double refractory_period() noexcept { return 0.0; }

    /// The phase of V = up / down; `down` < 0 is the half turn after a spike.
    static State phase(double up, double down) noexcept {
        return {2.0 * (arctangent(up / down) + (down < 0.0 ? pi : 0.0))};
    }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        const SineCosine at = sine_cosine(s.theta);
        return {(1.0 - at.cosine + (1.0 + at.cosine) * in.I - at.sine * in.G) * rate};
    }

    /// With V = up / down, V' = V^2 + I - G V is linear: up' = I down - G / 2 up, down' = -up + G / 2 down.
    template <class Input>
    State exact(const State& s, const Input& in) const noexcept {
        const double B = in.I, g = 0.5 * in.G;
        const QuadraticFlow flow((B - g * g) * h * h);
        const SineCosine half = sine_cosine(0.5 * s.theta);
        const double turn = flow.sine * h;
        return phase(flow.cosine * half.sine + turn * (B * half.cosine - g * half.sine),
                     flow.cosine * half.cosine + turn * (g * half.cosine - half.sine));
    }

    static State kick(State s, double jump) noexcept {
        const SineCosine half = sine_cosine(0.5 * s.theta);
        const State moved = phase(half.sine + jump * half.cosine, half.cosine);
        return {jump != 0.0 ? moved.theta : s.theta};
    }
    static State hold(const State&, State after) noexcept { return after; }
    static bool spikes(const State& after) noexcept { return after.theta >= pi; }
    static State reset(State s) noexcept { return {s.theta - 2.0 * pi}; }

    double rate, h;
};

}  // namespace rheobase
