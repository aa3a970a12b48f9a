// The loops over neurons, kernels and synapses. This file is compiled once for each instruction set, with
// RHEOBASE_ISA as its name; nothing here but plain loops over plain memory, so that no inline function of the standard
// library is compiled for a machine that may not have the instructions.

#include "rheobase/loops/kernels.hpp"

#include <cstring>
#include <type_traits>
#include <utility>

#include "rheobase/models/neuron_models.hpp"
#include "rheobase/random/philox_lanes.hpp"

#define RHEOBASE_TEXT_(x) #x
#define RHEOBASE_TEXT(x) RHEOBASE_TEXT_(x)

// Everything that a loop calls becomes part of it: a function left outside would keep it from becoming vector code, and
// the linker, which keeps one copy of an inline function, might keep the one for another instruction set.
#if defined(__GNUC__)
#define RHEOBASE_FLATTEN __attribute__((flatten))
#else
#define RHEOBASE_FLATTEN
#endif

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
inline typename Model::State either(bool first, const typename Model::State& a, typename Model::State b,
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
inline std::int64_t beyond_finite(double x) noexcept { return bits_of(x - x); }

template <class Model, std::size_t... v>
inline std::int64_t beyond_finite(const typename Model::State& s, std::index_sequence<v...>) noexcept {
    return (beyond_finite(s.*Model::state[v].member) | ...);
}

template <class Model>
inline const Model& own_model(const void* models, std::size_t stride, std::size_t i) noexcept {
    return *reinterpret_cast<const Model*>(static_cast<const char*>(models) + i * stride);
}

/// `slopes` says that the scheme weighs what grows within the step.
template <class Input, bool slopes>
inline Input input(const Block& b, std::size_t i) noexcept {
    if constexpr (std::is_same_v<Input, CurrentAndDecay>)
        return {b.I[i], b.G[i], {b.mean[i], slopes ? b.slope[i] : 0.0}};
    else if constexpr (Input::conductance)
        return {b.I[i], b.G[i]};
    else
        return {b.I[i]};
}

/// A step with two upstrokes, one after the other, is a long chain of operations that wait for each other. Three loops,
/// with what one hands to the next in memory, keep more of the machine at work.
template <class Model, class Scheme, class = void>
struct Prediction {
    static constexpr bool is_needed = false;

    template <class Input>
    typename Model::State step(const Model& m, const typename Model::State& s, const Input& in, double dt,
                               std::size_t) const noexcept {
        return Scheme::step(m, s, in, dt);
    }
};

template <class Model, class Scheme>
struct Prediction<Model, Scheme, std::void_t<typename Scheme::template Predicted<Model>>> {
    using Predicted = typename Scheme::template Predicted<Model>;
    static constexpr bool is_needed = true;
    static constexpr std::size_t count = sizeof(Predicted::members) / sizeof(Predicted::members[0]);
    alignas(64) double values[count][block_size];

    Predicted at(std::size_t i) const noexcept {
        Predicted p;
        for (std::size_t k = 0; k < count; ++k) p.*Predicted::members[k] = values[k][i];
        return p;
    }
    void keep(std::size_t i, const Predicted& p) noexcept {
        for (std::size_t k = 0; k < count; ++k) values[k][i] = p.*Predicted::members[k];
    }

    template <class Input>
    typename Model::State step(const Model& m, const typename Model::State& s, const Input& in, double,
                               std::size_t i) const noexcept {
        return Scheme::step(m, s, in, at(i));
    }
};

/// Neurons whose spikes one word tells, a bit each.
constexpr std::size_t per_word = 64;

/// Bit k: whether the k-th of so many neurons spiked.
inline std::uint64_t spike_word(const std::uint64_t* spiked) noexcept {
    std::uint64_t word = 0;
    for (std::size_t k = 0; k < per_word; ++k) word |= spiked[k] << k;
    return word;
}

inline std::size_t lowest_bit(std::uint64_t word) noexcept { return static_cast<std::size_t>(__builtin_ctzll(word)); }

template <class Model, class Scheme, class Input, bool homogeneous>
RHEOBASE_FLATTEN std::size_t advance(Block& b) noexcept {
    constexpr auto all = every_variable<Model>;
    const Model shared = *static_cast<const Model*>(b.model);
    const std::size_t stride = b.stride;
    const auto own = [&b, stride](std::size_t i) -> const Model& { return own_model<Model>(b.model, stride, i); };
    const double dt = b.dt;
    const std::int64_t now = b.step;
    double* x[most_variables];
    for (std::size_t v = 0; v < all.size(); ++v) x[v] = b.state[v];
    alignas(64) std::uint64_t spiked[block_size];
    std::uint64_t any_spiked = 0;
    std::int64_t beyond = 0;
    Prediction<Model, Scheme> prediction;
    if constexpr (prediction.is_needed) {
#pragma GCC ivdep
        for (std::size_t i = 0; i < b.n; ++i)
            prediction.keep(i, Scheme::predict(homogeneous ? shared : own(i), load<Model>(x, i, all),
                                               input<Input, prediction.is_needed>(b, i)));
#pragma GCC ivdep
        for (std::size_t i = 0; i < b.n; ++i)
            prediction.keep(i, Scheme::refine(homogeneous ? shared : own(i), prediction.at(i)));
    }

#pragma GCC ivdep
    for (std::size_t i = 0; i < b.n; ++i) {
        const Model& model = homogeneous ? shared : own(i);
        const auto before = load<Model>(x, i, all);
        const auto after =
            Model::kicked(prediction.step(model, before, input<Input, prediction.is_needed>(b, i), dt, i), b.jump[i]);
        const bool free = b.free_from[i] <= now;
        const auto next = either<Model>(free, after, model.held(before, after), all);
        const std::uint64_t spike = (free & model.spikes(before, after)) ? 1 : 0;
        store<Model>(x, i, next, all);
        beyond |= beyond_finite<Model>(next, all);
        spiked[i] = spike;
        any_spiked |= spike;
    }

    for (std::size_t i = 0; beyond != 0 && b.non_finite < 0; ++i)
        if (beyond_finite<Model>(load<Model>(x, i, all), all) != 0) b.non_finite = static_cast<std::int64_t>(i);
    if (any_spiked == 0) return 0;
    for (std::size_t i = b.n; i % per_word != 0; ++i) spiked[i] = 0;
    std::size_t spikes = 0;
    for (std::size_t first = 0; first < b.n; first += per_word)
        for (std::uint64_t word = spike_word(spiked + first); word != 0; word &= word - 1) {
            const std::size_t i = first + lowest_bit(word);
            const Model& model = homogeneous ? shared : own(i);
            const auto state = load<Model>(x, i, all);
            if (beyond_finite<Model>(state, all) != 0) continue;
            b.spiking[spikes++] = static_cast<std::uint32_t>(i);
            store<Model>(x, i, model.reset(state), all);
            b.free_from[i] = now + 1 + static_cast<std::int64_t>(model.refractory_period() / dt + 0.5);
        }
    return spikes;
}

template <class Model, class = void>
constexpr bool has_decay = false;
template <class Model>
constexpr bool has_decay<Model, std::void_t<decltype(std::declval<const Model&>().decay(0.0))>> = true;

/// What the leaks of a block do over the step. Nearly always all are slow; a neuron's numbers do not depend on the
/// others'.
template <class Model, bool homogeneous, bool slopes>
RHEOBASE_FLATTEN void decays(const Block& b) noexcept {
    const Model shared = *static_cast<const Model*>(b.model);
    const std::size_t stride = b.stride;
    const double* G = b.G;
    double *mean = b.mean, *slope = b.slope;
    const auto z = [&](std::size_t i) {
        return (homogeneous ? shared : own_model<Model>(b.model, stride, i)).decay(G[i]);
    };
    const auto keep = [&](std::size_t i, const Decay& decay) {
        mean[i] = decay.mean;
        if constexpr (slopes) slope[i] = decay.slope;
    };
    std::int64_t fastest = 0;  // among numbers that are not negative, the order of their bits
#pragma GCC ivdep
    for (std::size_t i = 0; i < b.n; ++i) {
        const double z_i = z(i);
        keep(i, slow_decay_by(z_i));
        const std::int64_t bits = bits_of(z_i);
        fastest = bits > fastest ? bits : fastest;
    }
    if (fastest <= bits_of(slow_decay)) return;
#pragma GCC ivdep
    for (std::size_t i = 0; i < b.n; ++i) keep(i, decay_by(z(i)));
}

/// Decays have a loop of their own, for the reason that predictions have.
template <class Model, class Scheme, bool homogeneous>
std::size_t advance_conducting(Block& b) noexcept {
    if constexpr (has_decay<Model> && Scheme::leak) {
        decays<Model, homogeneous, Prediction<Model, Scheme>::is_needed>(b);
        return advance<Model, Scheme, CurrentAndDecay, homogeneous>(b);
    } else {
        return advance<Model, Scheme, CurrentAndConductance, homogeneous>(b);
    }
}

/// Where conductances are absent they are zero, which changes no result; a loop of its own for currents alone is worth
/// its code where a scheme then finds its exponentials prepared.
template <class Model, class Scheme>
AdvanceBlock variant(bool homogeneous, bool conductance) {
    if constexpr (Scheme::leak)
        if (!conductance)
            return homogeneous ? advance<Model, Scheme, Current, true> : advance<Model, Scheme, Current, false>;
    return homogeneous ? advance_conducting<Model, Scheme, true> : advance_conducting<Model, Scheme, false>;
}

template <class Model, class... Scheme>
AdvanceBlock with_scheme(Schemes<Scheme...>, Method method, bool homogeneous, bool conductance) {
    AdvanceBlock found = nullptr;
    ((Scheme::method == method ? void(found = variant<Model, Scheme>(homogeneous, conductance)) : void()), ...);
    return found;
}

template <class... Model>
AdvanceBlock with_model(ModelList<Model...>, std::size_t model, Method method, bool homogeneous, bool conductance) {
    AdvanceBlock found = nullptr;
    std::size_t k = 0;
    ((k++ == model ? void(found = with_scheme<Model>(typename Model::Methods{}, method, homogeneous, conductance))
                   : void()),
     ...);
    return found;
}

AdvanceBlock find_advance(std::size_t model, Method method, bool homogeneous, bool conductance) {
    return with_model(NeuronModels{}, model, method, homogeneous, conductance);
}

/// Collects what kernels of one kind give on average over the step and moves their stages to its end.
template <bool homogeneous, bool two_stages, bool conductance, bool adding, std::size_t... c>
void together(const ChannelBlock* blocks, const double* reversal, std::index_sequence<c...>) noexcept {
    const std::size_t n = blocks[0].n;
    const Propagator shared[] = {blocks[c].propagator[0]...};
    const Propagator* const own[] = {blocks[c].propagator...};
    const double driving[] = {reversal[c] * shared[c].weigh0...}, driving1[] = {reversal[c] * shared[c].weigh1...};
    double* const stage0[] = {blocks[c].stage0...};
    double* const stage1[] = {blocks[c].stage1...};
    const double* before = blocks[0].I_before;
    double *I = blocks[0].I, *G = blocks[0].G;
    const auto move = [&](std::size_t k, std::size_t i, double& current, double& g) {
        const Propagator& p = homogeneous ? shared[k] : own[k][i];
        const double x0 = stage0[k][i];
        const auto give = [&](double weigh, double weigh_I, double x) {
            current = multiply_add(conductance ? weigh_I : weigh, x, current);
            if constexpr (conductance) g = multiply_add(weigh, x, g);
        };
        give(p.weigh0, homogeneous ? driving[k] : reversal[k] * p.weigh0, x0);
        if constexpr (two_stages) {
            const double x1 = stage1[k][i];
            give(p.weigh1, homogeneous ? driving1[k] : reversal[k] * p.weigh1, x1);
            stage1[k][i] = multiply_add(p.keep1, x1, p.pass * x0);
        }
        stage0[k][i] = p.keep0 * x0;
    };
#pragma GCC ivdep
    for (std::size_t i = 0; i < n; ++i) {
        double current = before[i], g = adding ? G[i] : 0.0;
        (move(c, i, current, g), ...);
        I[i] = current;
        if constexpr (conductance) G[i] = g;
    }
}

template <bool two_stages, bool conductance, bool adding>
RHEOBASE_FLATTEN void alike(const ChannelBlock* blocks, std::size_t count) noexcept {
    double reversal[3] = {};
    for (std::size_t c = 0; c < count; ++c) reversal[c] = blocks[c].reversal;
    if (!blocks[0].homogeneous)
        together<false, two_stages, conductance, adding>(blocks, reversal, std::index_sequence<0>{});
    else if (count == 1)
        together<true, two_stages, conductance, adding>(blocks, reversal, std::index_sequence<0>{});
    else if (count == 2)
        together<true, two_stages, conductance, adding>(blocks, reversal, std::index_sequence<0, 1>{});
    else
        together<true, two_stages, conductance, adding>(blocks, reversal, std::index_sequence<0, 1, 2>{});
}

template <bool two_stages>
void conducting(const ChannelBlock* blocks, std::size_t count) noexcept {
    blocks[0].first ? alike<two_stages, true, false>(blocks, count) : alike<two_stages, true, true>(blocks, count);
}

/// Neighbours of one kind share a loop, up to three at a time.
void channels(const ChannelBlock* blocks, std::size_t count) noexcept {
    for (std::size_t first = 0, n = 0; first < count; first += n) {
        const ChannelBlock& b = blocks[first];
        const bool two_stages = b.stage1 != nullptr;
        n = 1;
        while (b.homogeneous && n < 3 && first + n < count && blocks[first + n].homogeneous &&
               (blocks[first + n].stage1 != nullptr) == two_stages && blocks[first + n].conductance == b.conductance)
            ++n;
        if (two_stages)
            b.conductance ? conducting<true>(&b, n) : alike<true, false, true>(&b, n);
        else
            b.conductance ? conducting<false>(&b, n) : alike<false, false, true>(&b, n);
    }
}

inline std::uint32_t target(const std::uint8_t* data, std::size_t k) noexcept {
    std::uint16_t t;
    std::memcpy(&t, data + 2 * k, sizeof t);
    return t;
}

inline double weight(const std::uint8_t* data, std::size_t k) noexcept {
    float w;
    std::memcpy(&w, data + 4 * k, sizeof w);
    return static_cast<double>(w);
}

inline double multiple(const std::uint8_t* data, std::size_t k) noexcept {
    std::int16_t m;
    std::memcpy(&m, data + 2 * k, sizeof m);
    return static_cast<double>(m);
}

/// Asks for a segment's memory, or for its first kilobyte: what follows, the machine foresees.
inline void prefetch(const Segment& s) noexcept {
    constexpr std::size_t line = 64, most = 1024;
    const std::size_t bytes = s.count * synapse_width(s.weights);
    for (std::size_t at = 0; at < bytes + line && at < most; at += line) __builtin_prefetch(s.data + at);
}

void deliver(double* slots, const Segment* segments, std::size_t count) noexcept {
    constexpr std::size_t ahead = 12;
    for (std::size_t s = 0; s < ahead && s < count; ++s) prefetch(segments[s]);
    for (std::size_t s = 0; s < count; ++s) {
        if (s + ahead < count) prefetch(segments[s + ahead]);
        const Segment& segment = segments[s];
        const std::uint8_t* targets = segment.data;
        const std::uint8_t* weights = targets + 2 * static_cast<std::size_t>(segment.count);
        const double w = static_cast<double>(segment.weight);
        if (segment.weights == Weights::single) {
#pragma GCC unroll 4
            for (std::size_t k = 0; k < segment.count; ++k) slots[target(targets, k)] += weight(weights, k);
        } else if (segment.weights == Weights::multiples) {
#pragma GCC unroll 4
            for (std::size_t k = 0; k < segment.count; ++k) slots[target(targets, k)] += w * multiple(weights, k);
        } else {
#pragma GCC unroll 4
            for (std::size_t k = 0; k < segment.count; ++k) slots[target(targets, k)] += w;
        }
    }
}

constexpr std::size_t most_words = 80;  // of a block of neurons: block_size / 4 + 2, and whole lanes

/// The words of Philox blocks, one block after another, two words a number.
struct BlockWords {
    std::uint64_t pairs[2 * most_words];
};

/// Blocks [begin, begin + n) of a step. n <= block_size / 4 + 2.
inline BlockWords block_words(RandomSource random, std::uint32_t tag, std::uint32_t begin, std::size_t n,
                              std::uint32_t step_low, std::uint32_t step_high) noexcept {
    std::uint64_t first[most_words], second[most_words];
    consecutive_words(random, tag, begin, step_low, step_high, n, first, second);
    BlockWords words;
    for (std::size_t q = 0; q < n; ++q) {
        words.pairs[2 * q] = first[q];
        words.pairs[2 * q + 1] = second[q];
    }
    return words;
}

/// Blocks that neurons [first, first + n) take part in, `each` of them in one.
inline std::size_t block_count(std::uint32_t first, std::size_t n, std::uint32_t each) noexcept {
    return (first + static_cast<std::uint32_t>(n) + each - 1) / each - first / each;
}

/// Each neuron draws a number of 32 bits, but the upper half decides unless a threshold has the same. So eight neurons
/// share a block of words, and the few that need it are given their lower half from a block of their own.
RHEOBASE_FLATTEN void background(const BackgroundBlock& b) noexcept {
    constexpr std::uint32_t each = 8, own_block = 0x80000000;
    std::uint16_t halves[block_size + 16];
    const auto words =
        block_words(b.random, b.tag, b.first / each, block_count(b.first, b.n, each), b.step_low, b.step_high);
    std::memcpy(halves, words.pairs, sizeof halves);
    const std::uint16_t* high = halves + b.first % each;
    std::uint16_t counts[block_size], undecided[block_size];
    for (std::size_t i = 0; i < b.n; ++i) counts[i] = undecided[i] = 0;
    for (std::size_t t = 0; t < b.step_count; ++t) {
        const Step step = b.steps[t];
        for (std::size_t i = 0; i < b.n; ++i) {
            const auto above = static_cast<std::uint16_t>(-static_cast<std::uint16_t>(high[i] > step.high));
            const auto equal = static_cast<std::uint16_t>(high[i] == step.high);
            counts[i] = static_cast<std::uint16_t>(counts[i] + (above & step.height));
            undecided[i] = static_cast<std::uint16_t>(undecided[i] | equal);
        }
    }
    std::uint16_t any = 0;
    for (std::size_t i = 0; i < b.n; ++i) any = static_cast<std::uint16_t>(any | undecided[i]);
    for (std::size_t i = 0; any != 0 && i < b.n; ++i) {
        if (undecided[i] == 0) continue;
        const std::uint32_t neuron = b.first + static_cast<std::uint32_t>(i);
        const std::uint32_t low = b.random.words(b.tag, own_block | neuron, b.step_low, b.step_high).w[0] & 0xFFFF;
        const std::uint32_t number = (static_cast<std::uint32_t>(high[i]) << 16) | low;
        counts[i] = 0;
        for (std::size_t t = 0; t < b.threshold_count && number >= b.thresholds[t]; ++t) ++counts[i];
    }
    for (std::size_t i = 0; i < b.n; ++i) b.slot[i] += b.weight * static_cast<double>(static_cast<int>(counts[i]));
}

RHEOBASE_FLATTEN void normal_quantiles(const std::uint32_t* words, std::size_t n, double* z) noexcept {
    for (std::size_t i = 0; i < n; ++i) z[i] = standard_normal(words[i]);
}

RHEOBASE_FLATTEN void normals(double* out, std::size_t n, RandomSource random, std::uint32_t tag, std::uint32_t first,
                              std::uint32_t step_low, std::uint32_t step_high) noexcept {
    std::uint32_t words[block_size + 8];
    const auto drawn = block_words(random, tag, first / 4, block_count(first, n, 4), step_low, step_high);
    std::memcpy(words, drawn.pairs, sizeof words);
    normal_quantiles(words + first % 4, n, out);
}

RHEOBASE_FLATTEN void connection_words(const ConnectionBlock& block) noexcept {
    std::uint64_t a[most_words], b[most_words], c[most_words], first[most_words], second[most_words];
    for (std::uint64_t& source : a) source = block.source;
    for (std::size_t done = 0; done < block.n; done += most_words) {
        const std::size_t n = block.n - done < most_words ? block.n - done : most_words;
        for (std::size_t i = 0; i < n; ++i) {
            b[i] = block.target[done + i];
            c[i] = block.repetition[done + i];
        }
        many_words(block.random, block.tag, a, b, c, n, first, second);
        for (std::size_t i = 0; i < n; ++i) {
            block.words[0][done + i] = static_cast<std::uint32_t>(first[i]);
            block.words[1][done + i] = static_cast<std::uint32_t>(first[i] >> 32);
            block.words[2][done + i] = static_cast<std::uint32_t>(second[i]);
            block.words[3][done + i] = static_cast<std::uint32_t>(second[i] >> 32);
        }
    }
}

}  // namespace

extern const MatrixKernels matrix_table;
extern const Kernels table;
const Kernels table = {RHEOBASE_TEXT(RHEOBASE_ISA),
                       find_advance,
                       channels,
                       deliver,
                       background,
                       normals,
                       connection_words,
                       normal_quantiles,
                       &matrix_table};

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
