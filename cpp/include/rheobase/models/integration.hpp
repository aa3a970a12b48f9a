#pragma once

#include <cstddef>
#include <utility>

#include "rheobase/math/decay.hpp"
#include "rheobase/models/neuron_model.hpp"

// One-step schemes that serve every model with a `derivative`. Input is constant over the step. `leak` says that a
// scheme solves the leak exactly.

namespace rheobase {

/// Numbers of a model's state variables.
template <class Model>
constexpr auto every_variable = std::make_index_sequence<sizeof(Model::state) / sizeof(Model::state[0])>{};

template <class Model, std::size_t... v>
inline typename Model::State displace(typename Model::State s, double h, const typename Model::State& d,
                                      std::index_sequence<v...>) noexcept {
    ((s.*Model::state[v].member = multiply_add(h, d.*Model::state[v].member, s.*Model::state[v].member)), ...);
    return s;
}

/// s + h * d, variable by variable.
template <class Model>
inline typename Model::State displace(const typename Model::State& s, double h,
                                      const typename Model::State& d) noexcept {
    return displace<Model>(s, h, d, every_variable<Model>);
}

template <class Model, class Input, class = void>
constexpr bool has_euler = false;
/// Whether a model makes an Euler step of its own, which is the same with fewer products.
template <class Model, class Input>
constexpr bool has_euler<Model, Input,
                         std::void_t<decltype(std::declval<const Model&>().euler(
                             std::declval<const typename Model::State&>(), std::declval<const Input&>()))>> = true;

struct Euler {
    static constexpr Method method = Method::euler;
    static constexpr bool leak = false;
    template <class Model, class Input>
    static typename Model::State step(const Model& m, const typename Model::State& s, const Input& in,
                                      double dt) noexcept {
        if constexpr (has_euler<Model, Input>)
            return m.euler(s, in);
        else
            return displace<Model>(s, dt, m.derivative(s, in));
    }
};

struct Heun {
    static constexpr Method method = Method::heun;
    static constexpr bool leak = false;
    template <class Model, class Input>
    static typename Model::State step(const Model& m, const typename Model::State& s, const Input& in,
                                      double dt) noexcept {
        const auto k1 = m.derivative(s, in);
        const auto k2 = m.derivative(displace<Model>(s, dt, k1), in);
        return displace<Model>(displace<Model>(s, 0.5 * dt, k1), 0.5 * dt, k2);
    }
};

struct RungeKutta4 {
    static constexpr Method method = Method::rk4;
    static constexpr bool leak = false;
    template <class Model, class Input>
    static typename Model::State step(const Model& m, const typename Model::State& s, const Input& in,
                                      double dt) noexcept {
        const auto k1 = m.derivative(s, in);
        const auto k2 = m.derivative(displace<Model>(s, 0.5 * dt, k1), in);
        const auto k3 = m.derivative(displace<Model>(s, 0.5 * dt, k2), in);
        const auto k4 = m.derivative(displace<Model>(s, dt, k3), in);
        auto next = displace<Model>(s, dt / 6.0, k1);
        next = displace<Model>(next, dt / 3.0, k2);
        next = displace<Model>(next, dt / 3.0, k3);
        return displace<Model>(next, dt / 6.0, k4);
    }
};

template <class Model, std::size_t... v>
inline typename Model::State relax(typename Model::State s, const typename Model::State& f,
                                   const typename Model::State& rate, double dt, std::index_sequence<v...>) noexcept {
    ((s.*Model::state[v].member += f.*Model::state[v].member * effective_time(rate.*Model::state[v].member, dt)), ...);
    return s;
}

/// The given variables after dt, x' = f of each with the rate of its own decay frozen as it is `at` a moment:
/// x + f * (1 - exp(-rate * dt)) / rate. It is exact for an equation that is linear in x while all others rest.
template <class Model, class Input, class Variables>
inline typename Model::State relax(const Model& m, const typename Model::State& at, const Input& in, double dt,
                                   Variables variables) noexcept {
    return relax<Model>(at, m.derivative(at, in), m.decay_rates(at, in), dt, variables);
}

/// Every variable relaxes while the others rest.
struct ExponentialEuler {
    static constexpr Method method = Method::exponential_euler;
    static constexpr bool leak = false;
    template <class Model, class Input>
    static typename Model::State step(const Model& m, const typename Model::State& s, const Input& in,
                                      double dt) noexcept {
        return relax(m, s, in, dt, every_variable<Model>);
    }
};

/// The first variable and the others take turns: the others relax over the step with the first where it is in the
/// middle, then the first with the others' means. This is of second order where every equation is linear in its own
/// variable and those of the others depend on the first alone, as those of gates do on the potential.
struct ExponentialMidpoint {
    static constexpr Method method = Method::exponential_midpoint;
    static constexpr bool leak = false;
    template <class Model, class Input>
    static typename Model::State step(const Model& m, const typename Model::State& s, const Input& in,
                                      double dt) noexcept {
        return step(m, s, in, dt, std::make_index_sequence<every_variable<Model>.size() - 1>{});
    }

  private:
    template <class Model, class Input, std::size_t... v>
    static typename Model::State step(const Model& m, const typename Model::State& s, const Input& in, double dt,
                                      std::index_sequence<v...>) noexcept {
        constexpr std::index_sequence<0> first;
        constexpr std::index_sequence<(v + 1)...> others;
        constexpr auto member = Model::state[0].member;
        auto end = relax(m, relax(m, s, in, 0.5 * dt, first), in, dt, others);
        auto means = s;
        ((means.*Model::state[v + 1].member = 0.5 * (s.*Model::state[v + 1].member + end.*Model::state[v + 1].member)),
         ...);
        end.*member = relax(m, means, in, dt, first).*member;
        return end;
    }
};

/// The closed-form solution of a model whose equation is linear between spikes.
struct Exact {
    static constexpr Method method = Method::exact;
    static constexpr bool leak = true;
    template <class Model, class Input>
    static typename Model::State step(const Model& m, const typename Model::State& s, const Input& in,
                                      double) noexcept {
        return m.exact(s, in);
    }
};

/// Second-order exponential time differencing (Cox & Matthews 2002): linear part exact, the rest to second order.
struct ExponentialDifferencing {
    static constexpr Method method = Method::etd2;
    static constexpr bool leak = true;
    template <class Model, class Input>
    static typename Model::State step(const Model& m, const typename Model::State& s, const Input& in,
                                      double) noexcept {
        return m.etd2(s, in);
    }
};

/// The schemes that a model names, its default first.
template <class... Scheme>
struct Schemes {};

}  // namespace rheobase
