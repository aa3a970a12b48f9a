#pragma once

#include <cmath>

#include "rheobase/math/upstroke.hpp"
#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"

namespace rheobase {

/// tau_m V' = -(V - E_L) + D exp((V - V_T) / D) + I / g_L, and its steps.
class ExponentialMembrane {
  public:
    template <class Parameters>
    ExponentialMembrane(const Parameters& p, double dt)
        : upstroke(p.V_T, p.D, p.V_th),
          E_L_(p.E_L),
          rate_(1.0 / p.tau_m),
          per_g_L_(1.0 / p.g_L),
          h_(dt / p.tau_m),
          h_per_g_L_(h_ * per_g_L_),
          h_E_L_(h_ * p.E_L),
          leak_(decay_by(h_)),
          euler_(p, h_, upstroke.unit),
          first_(p, h_ * leak_.mean, upstroke.unit),
          growth_(p.D, h_ * leak_.slope * upstroke.unit),
          per_slope_(1.0 / leak_.slope),
          grown_per_current_(h_ * leak_.slope * per_g_L_) {}

    template <class Input>
    double derivative(double V, const Input& in) const noexcept {
        const double rise = multiply_add(upstroke(V), upstroke.unit, -(V - E_L_));
        return multiply_add(net_current(in, V), per_g_L_, rise) * rate_;
    }

    template <class Input>
    double euler(double V, const Input& in) const noexcept {
        return euler_(V, net_current(in, V), upstroke(V));
    }

    /// A step of second order begins here: where it leads with the upstroke of its beginning, `rise`, to its end.
    template <class Input>
    double first(double V, const Input& in, double rise) const noexcept {
        if constexpr (Input::conductance) {
            const double towards = multiply_add(in.I, h_per_g_L_, h_E_L_), z = decay(in.G);
            const double slope = multiply_add(rise, h_ * upstroke.unit, multiply_add(-z, V, towards));
            return multiply_add(in.decayed(z).mean, slope, V);
        } else {
            return first_(V, in.I, rise);
        }
    }

    /// And ends where it leads with what the upstroke grows by until `first`.
    template <class Input>
    double second(double V, const Input& in, double rise, double first) const noexcept {
        return grow(V, rise * share(in), first, first);
    }
    /// The same where a current grows by `more` as well.
    template <class Input>
    double second(double V, const Input& in, double rise, double first, double more) const noexcept {
        const double part = share(in);
        return grow(V, rise * part, first, multiply_add(more, part * grown_per_current_, first));
    }

    /// dt times the total leak, in units of the membrane's own capacitance.
    double decay(double G) const noexcept { return multiply_add(G, h_per_g_L_, h_); }

    Upstroke upstroke;

  private:
    /// V some of its way to where it would be led without a leak in conductances: what it keeps, and what joins it.
    struct Advance {
        template <class Parameters>
        Advance(const Parameters& p, double share, double unit)
            : keep(1.0 - share), rest(share * p.E_L), per_current(share / p.g_L), per_upstroke(share * unit) {}
        double operator()(double V, double current, double rise) const noexcept {
            return multiply_add(per_upstroke, rise, multiply_add(current, per_current, multiply_add(V, keep, rest)));
        }
        double keep, rest, per_current, per_upstroke;
    };

    /// What conductances leave of the weight of all that grows within the step.
    template <class Input>
    double share(const Input& in) const noexcept {
        if constexpr (Input::conductance) return in.decayed(decay(in.G)).slope * per_slope_;
        return 1.0;
    }
    double grow(double V, double rise, double first, double from) const noexcept {
        return growth_.join(from, rise, upstroke.below_end(first) - upstroke.bounded(V));
    }

    double E_L_, rate_, per_g_L_, h_, h_per_g_L_, h_E_L_;
    Decay leak_;
    Advance euler_, first_;
    UpstrokeGrowth growth_;
    double per_slope_, grown_per_current_;
};

}  // namespace rheobase
