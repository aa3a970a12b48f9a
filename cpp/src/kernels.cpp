// The loops over neurons, kernels and synapses. This file is compiled once for each instruction set, with
// RHEOBASE_ISA as its name; nothing here but plain loops over plain memory, so that no inline function of the standard
// library is compiled for a machine that may not have the instructions.

#include "rheobase/kernels.hpp"

#include <cstring>
#include <utility>

#include "neuron_models.hpp"

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
inline void store(double* const* x, std::size_t i, bool held, const typename Model::State& hold,
                  const typename Model::State& s, std::index_sequence<v...>) noexcept {
    ((x[v][i] = held ? hold.*Model::state[v].member : s.*Model::state[v].member), ...);
}

/// A difference with itself is zero for finite numbers alone.
template <class Model, std::size_t... v>
inline bool finite(const typename Model::State& s, std::index_sequence<v...>) noexcept {
    return ((s.*Model::state[v].member - s.*Model::state[v].member == 0.0) && ...);
}

template <class Input>
inline Input input(const Block& b, std::size_t i) noexcept {
    if constexpr (Input::conductance)
        return {b.I[i], b.G[i], b.GE[i]};
    else
        return {b.I[i]};
}

template <class Model, class Scheme, class Input, bool homogeneous>
RHEOBASE_FLATTEN std::size_t advance(Block& b) noexcept {
    constexpr auto all = every_variable<Model>;
    constexpr std::uint64_t spiked = 1, endless = 2;
    const Model shared = *static_cast<const Model*>(b.model);
    const std::size_t stride = b.stride;
    const auto own = [&b, stride](std::size_t i) -> const Model& {
        return *reinterpret_cast<const Model*>(static_cast<const char*>(b.model) + i * stride);
    };
    const double dt = b.dt;
    double* x[most_variables];
    for (std::size_t v = 0; v < all.size(); ++v) x[v] = b.state[v];
    std::uint64_t marks[block_size];
    std::uint64_t marked = 0;

#pragma GCC ivdep
    for (std::size_t i = 0; i < b.n; ++i) {
        const Model& model = homogeneous ? shared : own(i);
        const auto before = load<Model>(x, i, all);
        const auto after = Model::kicked(Scheme::step(model, before, input<Input>(b, i), dt), b.jump[i]);
        const bool held = b.refractory[i] > 0;
        const auto resting = model.held(before, after);
        const std::uint64_t mark =
            ((!held & model.spikes(before, after)) ? spiked : 0) | (finite<Model>(after, all) ? 0 : endless);
        store<Model>(x, i, held, resting, after, all);
        b.refractory[i] -= held ? 1 : 0;
        marks[i] = mark;
        marked |= mark;
    }

    if (marked == 0) return 0;
    std::size_t spikes = 0;
    for (std::size_t i = 0; i < b.n; ++i) {
        if (marks[i] == 0) continue;
        const Model& model = homogeneous ? shared : own(i);
        const auto state = load<Model>(x, i, all);
        if (!finite<Model>(state, all)) {
            if (b.non_finite < 0) b.non_finite = static_cast<std::int64_t>(i);
            continue;
        }
        if ((marks[i] & spiked) == 0) continue;  // held: what is not finite did not enter its state
        b.spiking[spikes++] = static_cast<std::uint32_t>(i);
        store<Model>(x, i, false, state, model.reset(state), all);
        b.refractory[i] = static_cast<std::int32_t>(model.refractory_period() / dt + 0.5);
    }
    return spikes;
}

/// Where conductances are absent they are zero, which changes no result; a loop of its own for currents alone is worth
/// its code where a scheme then finds its exponentials prepared.
template <class Model, class Scheme>
AdvanceBlock variant(bool homogeneous, bool conductance) {
    if constexpr (Scheme::method == Method::exact || Scheme::method == Method::etd2)
        if (!conductance)
            return homogeneous ? advance<Model, Scheme, Current, true> : advance<Model, Scheme, Current, false>;
    return homogeneous ? advance<Model, Scheme, CurrentAndConductance, true>
                       : advance<Model, Scheme, CurrentAndConductance, false>;
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

/// Collects a kernel's mean current over the step, then moves its stages to the end of the step, arrivals included.
template <bool homogeneous, bool two_stages, bool conductance>
void channel(const ChannelBlock& b) noexcept {
    const Propagator shared = b.propagator[0];
    const double reversal = b.reversal;
#pragma GCC ivdep
    for (std::size_t i = 0; i < b.n; ++i) {
        const Propagator& p = homogeneous ? shared : b.propagator[i];
        const double x0 = b.stage0[i];
        double output = p.weigh0 * x0;
        if constexpr (two_stages) {
            const double x1 = b.stage1[i];
            output += p.weigh1 * x1;
            b.stage1[i] = p.keep1 * x1 + p.pass * x0;
        }
        if constexpr (conductance) {
            b.G[i] += output;
            b.GE[i] += output * reversal;
        } else {
            b.I[i] += output;
        }
        b.stage0[i] = p.keep0 * x0 + p.gain * b.slot[i];
        b.slot[i] = 0.0;
    }
}

template <bool homogeneous>
void find_channel(const ChannelBlock& b) noexcept {
    const bool two_stages = b.stage1 != nullptr, conductance = b.I == nullptr;
    if (two_stages)
        conductance ? channel<homogeneous, true, true>(b) : channel<homogeneous, true, false>(b);
    else
        conductance ? channel<homogeneous, false, true>(b) : channel<homogeneous, false, false>(b);
}

void any_channel(const ChannelBlock& b, bool homogeneous) noexcept {
    homogeneous ? find_channel<true>(b) : find_channel<false>(b);
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

void deliver(double* slots, const Segment* segments, std::size_t count) noexcept {
    constexpr std::size_t ahead = 6, lines = 5, line = 64;
    for (std::size_t s = 0; s < count; ++s) {
        if (s + ahead < count) {
            const std::uint8_t* next = segments[s + ahead].data;
            for (std::size_t l = 0; l < lines; ++l) __builtin_prefetch(next + l * line);
        }
        const Segment& segment = segments[s];
        const std::uint8_t* targets = segment.data;
        if (segment.own) {
            const std::uint8_t* weights = targets + 2 * static_cast<std::size_t>(segment.count);
            for (std::size_t k = 0; k < segment.count; ++k) slots[target(targets, k)] += weight(weights, k);
        } else {
            const double w = static_cast<double>(segment.weight);
            for (std::size_t k = 0; k < segment.count; ++k) slots[target(targets, k)] += w;
        }
    }
}

/// One word for each neuron from `first` on; four neighbours share one Philox block. `words` has room for block_size
/// + 8. Returns where that of `first` stands.
inline const std::uint32_t* neuron_words(RandomSource random, std::uint32_t tag, std::uint32_t first, std::size_t n,
                                         std::uint32_t step_low, std::uint32_t step_high,
                                         std::uint32_t* words) noexcept {
    const std::uint32_t begin = first / 4, end = (first + static_cast<std::uint32_t>(n) + 3) / 4;
    std::uint32_t w0[block_size / 4 + 2], w1[block_size / 4 + 2], w2[block_size / 4 + 2], w3[block_size / 4 + 2];
    for (std::uint32_t q = begin; q < end; ++q) {
        const Words w = random.words(tag, q, step_low, step_high);
        w0[q - begin] = w.w[0];
        w1[q - begin] = w.w[1];
        w2[q - begin] = w.w[2];
        w3[q - begin] = w.w[3];
    }
    for (std::uint32_t q = 0; q < end - begin; ++q) {
        words[4 * q] = w0[q];
        words[4 * q + 1] = w1[q];
        words[4 * q + 2] = w2[q];
        words[4 * q + 3] = w3[q];
    }
    return words + (first - 4 * begin);
}

RHEOBASE_FLATTEN void background(const BackgroundBlock& b) noexcept {
    std::uint32_t words[block_size + 8];
    const std::uint32_t* mine = neuron_words(b.random, b.tag, b.first, b.n, b.step_low, b.step_high, words);
    std::uint32_t counts[block_size];
    for (std::size_t i = 0; i < b.n; ++i) counts[i] = 0;
    for (std::size_t t = 0; t < b.threshold_count; ++t) {
        const std::uint32_t threshold = b.thresholds[t];
        for (std::size_t i = 0; i < b.n; ++i) counts[i] += mine[i] >= threshold ? 1 : 0;
    }
    for (std::size_t i = 0; i < b.n; ++i)
        b.slot[i] += b.weight * static_cast<double>(static_cast<std::int32_t>(counts[i]));
}

RHEOBASE_FLATTEN void normal_quantiles(const std::uint32_t* words, std::size_t n, double* z) noexcept {
    for (std::size_t i = 0; i < n; ++i) z[i] = standard_normal(words[i]);
}

RHEOBASE_FLATTEN void normals(double* out, std::size_t n, RandomSource random, std::uint32_t tag, std::uint32_t first,
                              std::uint32_t step_low, std::uint32_t step_high) noexcept {
    std::uint32_t words[block_size + 8];
    normal_quantiles(neuron_words(random, tag, first, n, step_low, step_high, words), n, out);
}

RHEOBASE_FLATTEN void connection_words(const ConnectionBlock& b) noexcept {
    const std::uint32_t* target = b.target;
    const std::uint32_t* repetition = b.repetition;
    std::uint32_t *w0 = b.words[0], *w1 = b.words[1], *w2 = b.words[2], *w3 = b.words[3];
#pragma GCC ivdep
    for (std::size_t i = 0; i < b.n; ++i) {
        const Words w = b.random.words(b.tag, b.source, target[i], repetition[i]);
        w0[i] = w.w[0];
        w1[i] = w.w[1];
        w2[i] = w.w[2];
        w3[i] = w.w[3];
    }
}

}  // namespace

extern const MatrixKernels matrix_table;
extern const Kernels table;
const Kernels table = {RHEOBASE_TEXT(RHEOBASE_ISA),
                       find_advance,
                       any_channel,
                       deliver,
                       background,
                       normals,
                       connection_words,
                       normal_quantiles,
                       &matrix_table};

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
