#pragma once

#include <cmath>

#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"

namespace rheobase {

/// tau_m V' = -(V - E_L) + I / g_L, and its exact step.
struct LeakyMembrane {
    LeakyMembrane(double tau_m, double E_L_, double g_L, double dt)
        : E_L(E_L_),
          rate(1.0 / tau_m),
          per_g_L(1.0 / g_L),
          h(dt / tau_m),
          h_per_g_L(h * per_g_L),
          h_E_L(h * E_L_),
          keep(std::exp(-h)) {}

    template <class Input>
    double derivative(double V, const Input& in) const noexcept {
        return multiply_add(net_current(in, V), per_g_L, -(V - E_L)) * rate;
    }

    template <class Input>
    double exact(double V, const Input& in) const noexcept {
        if constexpr (Input::conductance) {
            const double z = decay(in.G), towards = multiply_add(in.I, h_per_g_L, h_E_L);
            return multiply_add(in.decayed(z).mean, multiply_add(-z, V, towards), V);
        } else {
            const double V_inf = multiply_add(in.I, per_g_L, E_L);
            return multiply_add(V - V_inf, keep, V_inf);
        }
    }

    /// dt times the total leak, in units of the membrane's own capacitance.
    double decay(double G) const noexcept { return multiply_add(G, h_per_g_L, h); }

    double E_L, rate, per_g_L, h, h_per_g_L, h_E_L, keep;
};

}  // namespace rheobase
