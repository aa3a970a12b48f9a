#pragma once

// The loop over the neurons of a block, made for one model and included by its file alone.

#include <cstring>
#include <type_traits>
#include <utility>

#include "loops/flatten.hpp"
#include "rheobase/loops/neuron_block.hpp"
#include "rheobase/models/integration.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

template <class Model, std::size_t... v>
inline typename Model::State load(double* const* x, std::size_t i, std::index_sequence<v...>) noexcept {
    typename Model::State s;
    ((s.*Model::state[v].member = x[v][i]), ...);
    return s;
}

template <class Model, std::size_t... v>
inline typename Model::State select(bool first, const typename Model::State& a, typename Model::State b,
                                    std::index_sequence<v...>) noexcept {
    ((b.*Model::state[v].member = first ? a.*Model::state[v].member : b.*Model::state[v].member), ...);
    return b;
}

template <class Model, std::size_t... v>
inline void store(double* const* x, std::size_t i, const typename Model::State& s, std::index_sequence<v...>) noexcept {
    ((x[v][i] = s.*Model::state[v].member), ...);
}

inline std::int64_t bits_of(double x) noexcept {
    std::int64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}

/// Zero where a number is finite; integers are what compilers gather over a loop.
inline std::int64_t non_finite_bits(double x) noexcept { return bits_of(x - x); }

template <class Model, std::size_t... v>
inline std::int64_t non_finite_bits(const typename Model::State& s, std::index_sequence<v...>) noexcept {
    return (non_finite_bits(s.*Model::state[v].member) | ...);
}

/// The models of a block's neurons: one for all, or each put together from its words.
template <class Model, bool homogeneous>
class Models {
  public:
    explicit Models(const NeuronBlock& b) noexcept : shared_(*static_cast<const Model*>(b.model)) {}
    const Model& at(std::size_t) const noexcept { return shared_; }

  private:
    const Model shared_;
};

template <class Model>
class Models<Model, false> {
  public:
    explicit Models(const NeuronBlock& b) noexcept : shared_(*static_cast<const Model*>(b.model)) {
        for (std::size_t k = 0; k < count; ++k) words_[k] = b.words[k];
    }
    Model at(std::size_t i) const noexcept { return at(i, std::make_index_sequence<count>{}); }

  private:
    static constexpr std::size_t count = sizeof(Model) / sizeof(double);

    template <std::size_t... k>
    Model at(std::size_t i, std::index_sequence<k...>) const noexcept {
        const double words[count] = {words_[k][i]...};
        Model model = shared_;
        std::memcpy(&model, words, sizeof model);
        return model;
    }

    const Model shared_;
    const double* words_[count];
};

/// Whether a scheme weighs what grows within the step.
template <class Scheme>
constexpr bool weighs_slopes = Scheme::method == Method::etd2;

template <class Input, class Scheme>
inline Input input_at(const NeuronBlock& b, std::size_t i) noexcept {
    if constexpr (std::is_same_v<Input, CurrentAndDecay>)
        return {b.I[i], b.G[i], {b.mean[i], weighs_slopes<Scheme> ? b.slope[i] : 0.0}};
    else if constexpr (Input::conductance)
        return {b.I[i], b.G[i]};
    else
        return {b.I[i]};
}

template <class Model, class = void>
constexpr bool spikes_by_state = false;
/// Whether the state at the end of a step alone tells if a neuron spikes.
template <class Model>
constexpr bool spikes_by_state<
    Model, std::void_t<decltype(std::declval<const Model&>().spikes(std::declval<const typename Model::State&>()))>> =
    true;

template <class Model>
inline bool spikes(const Model& model, const typename Model::State& before,
                   const typename Model::State& after) noexcept {
    if constexpr (spikes_by_state<Model>)
        return model.spikes(after);
    else
        return model.spikes(before, after);
}

/// Neurons whose spikes one word tells, a bit each.
constexpr std::size_t per_word = 64;

/// Bit k: whether the k-th of n neurons spiked, at most `per_word`.
template <class Spiked>
inline std::uint64_t spike_word(std::size_t n, const Spiked& spiked) noexcept {
    std::uint64_t word = 0;
    for (std::size_t k = 0; k < n; ++k) word |= spiked(k) << k;
    return word;
}

inline std::size_t lowest_bit(std::uint64_t word) noexcept { return static_cast<std::size_t>(__builtin_ctzll(word)); }

/// Looks at each neuron only where some number of the block is not finite.
template <class Model>
inline void note_non_finite(NeuronBlock& b, double* const* x) noexcept {
    constexpr auto all = every_variable<Model>;
    std::int64_t beyond = 0;
    for (std::size_t i = 0; i < b.n; ++i) beyond |= non_finite_bits<Model>(load<Model>(x, i, all), all);
    for (std::size_t i = 0; beyond != 0 && b.non_finite < 0; ++i)
        if (non_finite_bits<Model>(load<Model>(x, i, all), all) != 0) b.non_finite = static_cast<std::int64_t>(i);
}

template <class Model>
inline std::int64_t refractory_steps(const Model& model, double dt) noexcept {
    return static_cast<std::int64_t>(model.refractory_period() / dt + 0.5);
}

/// Resets the neurons for which `seen` is 1 and not 0, but for those that are refractory, and tells how many there are.
/// Notes the first of them whose state is not finite instead.
template <class Model, bool homogeneous, class Seen>
inline std::size_t reset_spiking(NeuronBlock& b, const Models<Model, homogeneous>& models, double* const* x,
                                 const Seen& seen) noexcept {
    constexpr auto all = every_variable<Model>;
    std::uint64_t words[block_size / per_word], that_have_any = 0;
    for (std::size_t w = 0; w * per_word < b.n; ++w) {
        const std::size_t first = w * per_word, n = b.n - first < per_word ? b.n - first : per_word;
        words[w] = spike_word(n, [&](std::size_t k) { return seen(first + k); });
        that_have_any |= std::uint64_t{words[w] != 0} << w;
    }
    std::size_t spikes = 0;
    for (; that_have_any != 0; that_have_any &= that_have_any - 1) {
        const std::size_t w = lowest_bit(that_have_any);
        for (std::uint64_t word = words[w]; word != 0; word &= word - 1) {
            const std::size_t i = w * per_word + lowest_bit(word);
            const auto state = load<Model>(x, i, all);
            if (non_finite_bits<Model>(state, all) != 0) {
                if (b.non_finite < 0) b.non_finite = static_cast<std::int64_t>(i);
                continue;
            }
            if (b.free_from[i] > b.step) continue;
            const auto& model = models.at(i);
            b.spiking[spikes++] = static_cast<std::uint32_t>(i);
            store<Model>(x, i, model.reset(state), all);
            b.free_from[i] = b.step + 1 + refractory_steps(model, b.dt);
        }
    }
    return spikes;
}

template <class Model, class Scheme, class Input, bool homogeneous>
RHEOBASE_FLATTEN std::size_t advance(NeuronBlock& b) noexcept {
    constexpr auto all = every_variable<Model>;
    const Models<Model, homogeneous> models(b);
    const double dt = b.dt;
    const std::int64_t now = b.step;
    double* x[max_variables];
    for (std::size_t v = 0; v < all.size(); ++v) x[v] = b.state[v];
    alignas(64) std::uint64_t spiked[block_size];
    std::uint64_t any_spiked = 0;
    std::int64_t beyond = 0;

#pragma GCC ivdep
    for (std::size_t i = 0; i < b.n; ++i) {
        const auto& model = models.at(i);
        const auto before = load<Model>(x, i, all);
        const auto after = Model::kick(Scheme::step(model, before, input_at<Input, Scheme>(b, i), dt), b.jump[i]);
        const bool free = b.free_from[i] <= now;
        const auto next = select<Model>(free, after, model.hold(before, after), all);
        const std::uint64_t spike = (free & spikes(model, before, after)) ? 1 : 0;
        store<Model>(x, i, next, all);
        beyond |= non_finite_bits<Model>(next, all);
        spiked[i] = spike;
        any_spiked |= spike;
    }

    if (beyond != 0) note_non_finite<Model>(b, x);
    return any_spiked == 0 ? 0 : reset_spiking(b, models, x, [&](std::size_t i) { return spiked[i]; });
}

template <class Model, class = void>
constexpr bool has_decay = false;
template <class Model>
constexpr bool has_decay<Model, std::void_t<decltype(std::declval<const Model&>().decay(0.0))>> = true;

/// Whether the larger of two integers is an operation.
#ifdef __AVX512F__
constexpr bool has_largest = true;
#else
constexpr bool has_largest = false;
#endif

/// Whether the leak of any neuron of a block is fast. Bits of numbers that are not negative have the numbers' order.
class FastLeaks {
  public:
    void look_at(double decay) noexcept {
        if constexpr (has_largest) {
            const std::int64_t bits = bits_of(decay);
            seen_ = bits > seen_ ? bits : seen_;
        } else {
            seen_ |= decay <= slow_decay ? 0 : -1;
        }
    }
    bool has_seen_any() const noexcept { return has_largest ? seen_ > bits_of(slow_decay) : seen_ != 0; }

  private:
    std::int64_t seen_ = 0;
};

/// What the leaks of a block do over the step. Nearly always all are slow; a neuron's numbers do not depend on the
/// others'.
template <class Model, bool homogeneous, bool slopes>
RHEOBASE_FLATTEN void find_decays(const NeuronBlock& b) noexcept {
    const Models<Model, homogeneous> models(b);
    const double* G = b.G;
    double *mean = b.mean, *slope = b.slope;
    const auto z = [&](std::size_t i) { return models.at(i).decay(G[i]); };
    const auto store_decay = [&](std::size_t i, const Decay& decay) {
        mean[i] = decay.mean;
        if constexpr (slopes) slope[i] = decay.slope;
    };
    FastLeaks fast;
#pragma GCC ivdep
    for (std::size_t i = 0; i < b.n; ++i) {
        const double z_i = z(i);
        store_decay(i, slow_decay_by(z_i));
        fast.look_at(z_i);
    }
    if (!fast.has_seen_any()) return;
#pragma GCC ivdep
    for (std::size_t i = 0; i < b.n; ++i) store_decay(i, decay_by(z(i)));
}

/// Decays have a loop of their own: one step after the other is a long chain of operations that wait for each other,
/// and two loops, with what one hands to the next in memory, keep more of the machine at work.
template <class Model, class Scheme, bool homogeneous>
std::size_t advance_conducting(NeuronBlock& b) noexcept {
    if constexpr (has_decay<Model> && Scheme::leak) {
        find_decays<Model, homogeneous, weighs_slopes<Scheme>>(b);
        return advance<Model, Scheme, CurrentAndDecay, homogeneous>(b);
    } else {
        return advance<Model, Scheme, CurrentAndConductance, homogeneous>(b);
    }
}

/// Where conductances are absent they are zero, which changes no result; a loop of its own for currents alone is worth
/// its code where a scheme then finds its exponentials prepared.
template <class Model, class Scheme>
AdvanceBlock find_variant(bool homogeneous, bool conductance) {
    if constexpr (Scheme::leak)
        if (!conductance)
            return homogeneous ? advance<Model, Scheme, Current, true> : advance<Model, Scheme, Current, false>;
    return homogeneous ? advance_conducting<Model, Scheme, true> : advance_conducting<Model, Scheme, false>;
}

template <class Model, class... Scheme>
AdvanceBlock find_scheme(Schemes<Scheme...>, Method method, bool homogeneous, bool conductance) {
    AdvanceBlock found = nullptr;
    ((Scheme::method == method ? void(found = find_variant<Model, Scheme>(homogeneous, conductance)) : void()), ...);
    return found;
}

}  // namespace

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
