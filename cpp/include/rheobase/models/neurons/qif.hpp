#pragma once

#include "rheobase/math/quadratic_flow.hpp"
#include "rheobase/models/integrate_and_fire.hpp"
#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"

namespace rheobase {

struct QIF : IntegrateAndFire<QIF> {
    struct Parameters {
        double tau_m, E_L, V_T, D, V_th, V_re, t_ref, g_L;
    };
    struct State {
        double V;
    };

    static constexpr char name[] = "QIF";
    static constexpr char summary[] =
        "Quadratic integrate-and-fire neuron, matched to the EIF neuron of the same parameters where its drift is "
        "least.";
    static constexpr char equation[] =
        "tau_m V' = (V - V_T)^2 / (2 D) + I - (V_T - E_L - D);   V >= V_th: spike, V <- V_re for t_ref;   "
        "dimensionless V' = V^2 + I: tau_m=1, D=0.5, V_T=0, E_L=-0.5, V_th=100, V_re=-100";
    static constexpr char reference[] = "Latham et al. 2000; Rosenbaum, Modeling Neural Circuits, appendix B.3";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::tau_m, "tau_m", "ms", 15.0, positive, "membrane time constant"},
        {&Parameters::E_L, "E_L", "mV", -72.0, any,
         "leak reversal potential of the matched EIF neuron; here it sets the threshold current V_T - E_L - D alone"},
        {&Parameters::V_T, "V_T", "mV", -55.0, any, "soft threshold, the minimum of the parabola"},
        {&Parameters::D, "D", "mV", 2.0, positive, "inverse curvature of the parabola"},
        {&Parameters::V_th, "V_th", "mV", 5.0, any,
         "potential at which the spike is counted, far above V_T: the upstroke must not be cut off"},
        {&Parameters::V_re, "V_re", "mV", -75.0, any, "reset potential"},
        {&Parameters::t_ref, "t_ref", "ms", 0.0, non_negative,
         "refractory period, a multiple of dt; V is held at V_re"},
        {&Parameters::g_L, "g_L", "1 or nS", 1.0, positive,
         "leak conductance; other than 1, currents are in pA and conductances in nS"},
    };
    static constexpr Variable<State> state[] = {{&State::V, "V", "mV", "membrane potential"}};
    static constexpr Ordered<Parameters> orders[] = {{&Parameters::V_re, &Parameters::V_th},
                                                     {&Parameters::V_T, &Parameters::V_th}};
    using Methods = Schemes<Exact, Euler, Heun, RungeKutta4>;
    static constexpr Example example{40.0, "V", "V_re", false, {1.0, 12.0, 0.2, -65.0, {}}};

    QIF(const Parameters& p_, double dt)
        : p(p_),
          rate(1.0 / p_.tau_m),
          per_g_L(1.0 / p_.g_L),
          per_2D(0.5 / p_.D),
          I_th(p_.V_T - p_.E_L - p_.D),
          h(dt / p_.tau_m) {}

    static State start(const Parameters& p) { return {p.E_L < p.V_th ? p.E_L : p.V_re}; }
    double refractory_period() const noexcept { return p.t_ref; }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        const double above = s.V - p.V_T;
        return {(above * above * per_2D - I_th + (in.I - in.G * s.V) * per_g_L) * rate};
    }

    /// Within the step V follows its parabola exactly; beyond V_th, infinity included, it is at V_th.
    template <class Input>
    State exact(const State& s, const Input& in) const noexcept {
        double centre = p.V_T, drift = in.I * per_g_L - I_th;
        if constexpr (Input::conductance) {
            const double g = in.G * per_g_L;
            centre += g * p.D;
            drift -= g * (centre - 0.5 * g * p.D);
        }
        const double x = (s.V - centre) * per_2D, B = drift * per_2D;  // x' = x^2 + B in units of tau_m
        const QuadraticFlow flow(B * h * h);
        const double up = flow.cosine * x + flow.sine * h * B, down = flow.cosine - flow.sine * h * x;
        const double V = centre + 2.0 * p.D * (up / (down > 0.0 ? down : 1.0));
        return {down > 0.0 && V < p.V_th ? V : p.V_th};
    }

    Parameters p;
    double rate, per_g_L, per_2D, I_th, h;
};

}  // namespace rheobase
