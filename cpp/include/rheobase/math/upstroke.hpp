#pragma once

#include <algorithm>
#include <cmath>

#include "rheobase/math/exponential_function.hpp"

namespace rheobase {

/// D exp((V - V_T) / D), by which exponential integrate-and-fire neurons rise; beyond V_th the spike is made anyway, so
/// the upstroke is not followed further. It comes in a unit of its own, which a factor that follows takes along: what
/// is left is a power of two of V / (D ln 2) and a whole number, which the sum that rounds can hold.
class Upstroke {
  public:
    Upstroke(double V_T, double D, double V_th)
        : per_D_(log2_e / D), lowest_(V_T - 700.0 * D), highest_(std::min(V_th, V_T + 700.0 * D)) {
        const double offset = -V_T * per_D_, lost = std::fma(-V_T, per_D_, -offset), log2_D = std::log2(D);
        const double whole = std::nearbyint(offset + log2_D);
        shift_ = round_exponent + whole;
        unit = std::exp2((offset - whole) + log2_D + lost);
    }

    /// In units of `unit`; relative error below 6e-16 + 2e-16 (|V| + |V - V_T|) / D.
    double operator()(double V) const noexcept {
        V = bounded(V);
        const double shifted = multiply_add(V, per_D_, shift_), k = shifted - shift_;
        return power_of_two(shifted) * small_power(multiply_add(V, per_D_, -k));
    }

    /// V, or where the upstroke is followed no further: upwards, and either way.
    double below_end(double V) const noexcept { return V < highest_ ? V : highest_; }
    double bounded(double V) const noexcept {
        V = below_end(V);
        return V > lowest_ ? V : lowest_;
    }

    double unit;  ///< between 0.7 and 1.5

  private:
    /// 2^f on |f| <= 1/2 as a Chebyshev sum of degree 10, error below 4e-16. One product after the other: neurons
    /// beside each other keep the machine at work.
    static double small_power(double f) noexcept {
        double p = multiply_add(f, 7.072585949269223e-09, 1.0208690299958306e-07);
        p = multiply_add(f, p, 1.321544258792169e-06);
        p = multiply_add(f, p, 1.5252657260200837e-05);
        p = multiply_add(f, p, 0.0001540353044173605);
        p = multiply_add(f, p, 0.0013333558230164974);
        p = multiply_add(f, p, 0.009618129107606888);
        p = multiply_add(f, p, 0.05550410866444772);
        p = multiply_add(f, p, 0.24022650695910097);
        p = multiply_add(f, p, 0.69314718055995);
        return multiply_add(f, p, 1.0);
    }

    double per_D_, shift_, lowest_, highest_;
};

/// By how much an upstroke N grows where V moves by x D, times a weight: N p(x), p(x) = x + 2/3 x^2 + x^3 / 2. A step
/// of second order needs its first term alone. The others follow an upstroke that outgrows all else: tau_m V' = N leads
/// to V - D ln(1 - x) with x = dt N / (tau_m D); V + x D is the prediction, and D x / 2 p(x) has the next three terms.
/// p rises everywhere; it ends where nothing is left of N, so that inhibition takes no more than that.
class UpstrokeGrowth {
  public:
    UpstrokeGrowth(double D, double weight)
        : first_(weight / D),
          second_(2.0 / 3.0 * weight / (D * D)),
          third_(0.5 * weight / (D * D * D)),
          lowest_(-1.1298709074885727 * D) {}

    /// Joins it to a number, V having moved by so much.
    double join(double number, double N, double moved) const noexcept {
        moved = moved > lowest_ ? moved : lowest_;
        return multiply_add(N * moved, multiply_add(moved, multiply_add(moved, third_, second_), first_), number);
    }

  private:
    double first_, second_, third_, lowest_;  ///< the terms, and where p is -1
};

}  // namespace rheobase
