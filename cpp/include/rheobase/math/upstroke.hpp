#pragma once

#include <algorithm>
#include <cmath>

#include "rheobase/math/exponential_function.hpp"

namespace rheobase {

/// D exp((V - V_T) / D), by which exponential integrate-and-fire neurons rise; beyond V_th the spike is made anyway, so
/// the upstroke is not followed further.
class Upstroke {
  public:
    Upstroke(double V_T, double D, double V_th)
        : slope_(1.0 / D),
          offset_(std::log(D) - V_T / D),
          lowest_(V_T - 700.0 * D),
          highest_(std::min(V_th, V_T + 700.0 * D)) {}

    double operator()(double V) const noexcept {
        V = V < highest_ ? V : highest_;
        V = V > lowest_ ? V : lowest_;
        return exponential_of_moderate(multiply_add(V, slope_, offset_));
    }

  private:
    double slope_, offset_, lowest_, highest_;
};

}  // namespace rheobase
