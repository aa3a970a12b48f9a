#pragma once

// One pass over the neurons of a block and the receptors that drive them, for one model: what receptors give stays in
// registers.

#include "loops/advance.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

/// Receptors of a block, the same for all of its neurons. Where the first one's reversal potential is 0, as that of
/// excitatory conductances often is, it adds to the leak alone.
template <bool conductance, bool first_at_0, std::size_t... r>
class JoinedReceptors {
  public:
    explicit JoinedReceptors(const NeuronBlock& b) noexcept
        : I_(b.I[0]),
          stage_{b.stages[r]...},
          keep_{b.propagators[r]->keep0...},
          weigh_{b.propagators[r]->weigh0...},
          weigh_I_{(conductance ? b.reversal[r] * b.propagators[r]->weigh0 : b.propagators[r]->weigh0)...} {}

    /// Moves their stages to the end of the step and tells what they give on average over it.
    CurrentAndConductance take(std::size_t i) const noexcept {
        return collect([this, i](std::size_t k) {
            const double x = stage_[k][i], left = keep_[k] * x;
            stage_[k][i] = left;
            return conductance ? left : x;
        });
    }
    /// What conductances gave, once more.
    CurrentAndConductance given(std::size_t i) const noexcept {
        static_assert(conductance);
        return collect([this, i](std::size_t k) { return stage_[k][i]; });
    }

  private:
    static constexpr std::size_t count = sizeof...(r);

    /// What receptors give whose stages are `x_of(k)`, before the step or, of conductances, after it.
    template <class Stage>
    CurrentAndConductance collect([[maybe_unused]] Stage x_of) const noexcept {
        double I = I_, G = 0.0;
        [[maybe_unused]] const auto add_one = [&](std::size_t k) {
            const double x = x_of(k);
            if (!first_at_0 || k > 0) I = multiply_add(weigh_I_[k], x, I);
            if constexpr (conductance) G = multiply_add(weigh_[k], x, G);
        };
        (add_one(r), ...);
        return {I, G};
    }

    const double I_;
    double* const stage_[count + 1];
    const double keep_[count + 1], weigh_[count + 1], weigh_I_[count + 1];
};

template <bool conductance, bool first_at_0, std::size_t... r>
JoinedReceptors<conductance, first_at_0, r...> join(const NeuronBlock& b, std::index_sequence<r...>) noexcept {
    return JoinedReceptors<conductance, first_at_0, r...>(b);
}

template <class Model, class = void>
constexpr bool has_threshold = false;
/// Whether a neuron spikes where its V is at V_th or beyond.
template <class Model>
constexpr bool has_threshold<Model, std::void_t<decltype(std::declval<const Model&>().p.V_th),
                                                decltype(std::declval<const typename Model::State&>().V)>> = true;

/// Whether anything happened in a block: a neuron at threshold, or a number that is not finite. Where the larger of two
/// integers is an operation, V - V_th tells both: its bits are those of a negative number that is finite, which
/// as integers lie below those of -infinity and all else.
template <class Model>
class Watch {
  public:
    explicit Watch([[maybe_unused]] const Model& model) noexcept {
        if constexpr (by_potential) threshold_ = model.p.V_th == 0.0 ? -0.0 : model.p.V_th;
    }
    void look_at(const Model& model, const typename Model::State& next) noexcept {
        if constexpr (by_potential) {
            const std::int64_t bits = bits_of(next.V - threshold_);
            largest_ = bits > largest_ ? bits : largest_;
            if constexpr (all.size() > 1) non_finite_ |= non_finite_bits<Model>(next, all);
        } else {
            non_finite_ |= non_finite_bits<Model>(next, all) | (model.spikes(next) ? -1 : 0);
        }
    }
    /// 1 where something happened to a neuron, or else 0.
    std::uint64_t seen(const Model& model, const typename Model::State& next) const noexcept {
        Watch alone = *this;
        alone.non_finite_ = 0;
        alone.largest_ = INT64_MIN;
        alone.look_at(model, next);
        return (alone.non_finite_ != 0) | (alone.largest_ >= lowest_that_tells) ? 1 : 0;
    }
    bool has_seen_any() const noexcept { return non_finite_ != 0 || largest_ >= lowest_that_tells; }

  private:
    static constexpr bool by_potential = has_largest && has_threshold<Model>;
    static constexpr auto all = every_variable<Model>;
    static constexpr std::int64_t lowest_that_tells = -(std::int64_t{1} << 52);  // the bits of -infinity
    double threshold_ = 0.0;  // -0 for 0: V - V_th is then +0 at threshold, never -0
    std::int64_t non_finite_ = 0, largest_ = INT64_MIN;
};

/// What a pass does to a block once its steps are made.
template <class Model, bool delta, bool refractory>
struct Steps {
    static constexpr auto all = every_variable<Model>;
    const Model model;
    const std::int64_t now;
    const std::int64_t* const free_from;
    double* const slots;
    double* x[max_variables];
    Watch<Model> watch;

    explicit Steps(const NeuronBlock& b) noexcept
        : model(*static_cast<const Model*>(b.model)),
          now(b.step),
          free_from(b.free_from),
          slots(b.slots),
          watch(model) {
        for (std::size_t v = 0; v < all.size(); ++v) x[v] = b.state[v];
    }
    typename Model::State before(std::size_t i) const noexcept { return load<Model>(x, i, all); }
    void finish(std::size_t i, const typename Model::State& before, typename Model::State after) noexcept {
        if constexpr (delta) {
            after = Model::kick(after, slots[i]);
            slots[i] = 0.0;
        }
        if constexpr (refractory) after = select<Model>(free_from[i] <= now, after, model.hold(before, after), all);
        store<Model>(x, i, after, all);
        watch.look_at(model, after);
    }
    std::size_t end(NeuronBlock& b) noexcept {
        if (!watch.has_seen_any()) return 0;
        return reset_spiking(b, Models<Model, true>(b), x,
                             [this](std::size_t i) { return watch.seen(model, before(i)); });
    }
};

/// What drives a neuron, where its leak is slow or does not matter.
template <bool leaks, bool conductance, class Model>
inline auto input_of(const Model& model, const CurrentAndConductance& given) noexcept {
    if constexpr (!conductance)
        return Current{given.I};
    else if constexpr (!leaks)
        return given;
    else
        return CurrentAndDecay{given.I, given.G, slow_decay_by(model.decay(given.G))};
}

/// All neurons of the block. Leaks are nearly always slow; where one is not, the block is done again from the states
/// that were kept and what is left of its kernels.
template <class Scheme, bool leaks, bool conductance, class Model, bool delta, bool refractory, class Receptors>
inline void advance_all(const NeuronBlock& b, const Receptors& joined,
                        Steps<Model, delta, refractory>& steps) noexcept {
    alignas(64) double was[every_variable<Model>.size()][block_size];
    double* kept[max_variables];
    for (std::size_t v = 0; v < steps.all.size(); ++v) kept[v] = was[v];
    FastLeaks fast;
#pragma GCC ivdep
    for (std::size_t i = 0; i < b.n; ++i) {
        const auto before = steps.before(i);
        const auto given = joined.take(i);
        if constexpr (leaks) {
            store<Model>(kept, i, before, steps.all);
            fast.look_at(steps.model.decay(given.G));
        }
        const auto input = input_of<leaks, conductance>(steps.model, given);
        steps.finish(i, before, Scheme::step(steps.model, before, input, b.dt));
    }
    if (!leaks || !fast.has_seen_any()) return;
    steps.watch = Watch<Model>(steps.model);
#pragma GCC ivdep
    for (std::size_t i = 0; i < b.n; ++i) {
        if constexpr (leaks) {
            const auto given = joined.given(i);
            const CurrentAndDecay input{given.I, given.G, decay_by(steps.model.decay(given.G))};
            const auto before = load<Model>(kept, i, steps.all);
            steps.finish(i, before, Scheme::step(steps.model, before, input, b.dt));
        }
    }
}

template <class Model, class Scheme, std::size_t receptors, bool conductance, bool first_at_0, bool delta,
          bool refractory>
RHEOBASE_FLATTEN std::size_t advance_joined_if(NeuronBlock& b) noexcept {
    const auto joined = join<conductance, first_at_0>(b, std::make_index_sequence<receptors>{});
    Steps<Model, delta, refractory> steps(b);
    advance_all<Scheme, conductance && Scheme::leak, conductance>(b, joined, steps);
    return steps.end(b);
}

/// Where neurons are never refractory, that is not asked of any.
template <class Model, class Scheme, std::size_t receptors, bool conductance, bool first_at_0, bool delta>
std::size_t advance_joined_at(NeuronBlock& b) noexcept {
    const auto& model = *static_cast<const Model*>(b.model);
    return refractory_steps(model, b.dt) > 0 || b.step < b.all_free_from
               ? advance_joined_if<Model, Scheme, receptors, conductance, first_at_0, delta, true>(b)
               : advance_joined_if<Model, Scheme, receptors, conductance, first_at_0, delta, false>(b);
}

/// A reversal potential of 0 is told apart where it is worth its code: where there are two kinds of conductance, as
/// most networks have them, and the leak is solved exactly.
template <class Model, class Scheme, std::size_t receptors, bool conductance, bool delta>
std::size_t advance_joined(NeuronBlock& b) noexcept {
    if constexpr (conductance && Scheme::leak && receptors == 2)
        if (b.reversal[0] == 0.0) return advance_joined_at<Model, Scheme, receptors, conductance, true, delta>(b);
    return advance_joined_at<Model, Scheme, receptors, conductance, false, delta>(b);
}

/// Worth its code where a step is short, so that what it loads and stores is much of it: those of leaky membranes.
template <class Model, class Scheme>
constexpr bool is_worth_joining =
    has_decay<Model> && spikes_by_state<Model> && (Scheme::leak || Scheme::method == Method::euler);

template <class Model, class Scheme, bool conductance, bool delta>
AdvanceBlock find_joined_variant(std::size_t kernels) {
    static_assert(max_joined == 3);
    if constexpr (is_worth_joining<Model, Scheme> && !(conductance && delta)) {
        switch (kernels) {
            case 0:
                if constexpr (delta) return advance_joined<Model, Scheme, 0, conductance, delta>;
                break;
            case 1:
                return advance_joined<Model, Scheme, 1, conductance, delta>;
            case 2:
                return advance_joined<Model, Scheme, 2, conductance, delta>;
            case 3:
                if constexpr (!delta) return advance_joined<Model, Scheme, 3, conductance, delta>;
                break;
        }
    }
    return nullptr;
}

template <class Model, class Scheme>
AdvanceBlock find_joined_variant(const Joined& joined) {
    if (joined.conductance)
        return joined.delta ? nullptr : find_joined_variant<Model, Scheme, true, false>(joined.kernels);
    return joined.delta ? find_joined_variant<Model, Scheme, false, true>(joined.kernels)
                        : find_joined_variant<Model, Scheme, false, false>(joined.kernels);
}

template <class Model, class... Scheme>
AdvanceBlock find_joined_scheme(Schemes<Scheme...>, Method method, const Joined& joined) {
    AdvanceBlock found = nullptr;
    ((Scheme::method == method ? void(found = find_joined_variant<Model, Scheme>(joined)) : void()), ...);
    return found;
}

}  // namespace

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
