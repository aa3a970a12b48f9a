// The loops that take a few neurons of one model through several steps.

#include "loops/advance.hpp"
#include "loops/instruction_set.hpp"
#include "rheobase/loops/coast_block.hpp"
#include "rheobase/models/neuron_models.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

/// A bit each of what is 0 or 1, nearly always 0.
inline std::uint32_t bits_of_flags(const std::int64_t* flags) noexcept {
    std::int64_t any = 0;
    for (std::size_t i = 0; i < coast_size; ++i) any |= flags[i];
    std::uint32_t bits = 0;
    for (std::size_t i = 0; any != 0 && i < coast_size; ++i) bits |= static_cast<std::uint32_t>(flags[i]) << i;
    return bits;
}

/// State of neurons that coast together, in arrays that the compiler keeps in registers.
template <class Model, std::size_t receptors>
struct Coasting {
    static constexpr auto all = every_variable<Model>;
    alignas(64) double state[all.size()][coast_size];
    alignas(64) double stage[receptors + 1][coast_size];
    alignas(64) double I[coast_size];
    alignas(64) std::int64_t stopped[coast_size];

    Coasting(const CoastBlock& b, const CoastGroup& group) noexcept {
        for (std::size_t v = 0; v < all.size(); ++v) load(b.state[v], group, state[v]);
        for (std::size_t r = 0; r < receptors; ++r) load(b.stages[r], group, stage[r]);
#pragma GCC ivdep
        for (std::size_t i = 0; i < coast_size; ++i) {
            I[i] = b.I[b.same_I ? 0 : group.first + i];
            stopped[i] = b.free_from[group.first + i] > group.begin ? 1 : 0;
        }
        for (std::size_t k = 0; k < group.arrival_count; ++k)
            if (group.arrivals[k].stage >= receptors) stopped[group.arrivals[k].lane] = 1;
    }

    static void load(const double* from, const CoastGroup& group, double* to) noexcept {
        std::memcpy(to, from + group.first, coast_size * sizeof(double));
    }

    void store(const CoastBlock& b, const CoastGroup& group) const noexcept {
        for (std::size_t v = 0; v < all.size(); ++v) store(state[v], b.state[v] + group.first);
        for (std::size_t r = 0; r < receptors; ++r) store(stage[r], b.stages[r] + group.first);
    }

    void store(const double* from, double* to) const noexcept {
#pragma GCC ivdep
        for (std::size_t i = 0; i < coast_size; ++i) to[i] = stopped[i] != 0 ? to[i] : from[i];
    }

    /// All lanes at once: a number written into the midst of a vector would make the next load of it wait.
    void take_in(const CoastArrival& arrival) noexcept {
        for (std::size_t r = 0; r < receptors; ++r) {
            const std::int64_t lane = r == arrival.stage ? static_cast<std::int64_t>(arrival.lane) : -1;
#pragma GCC unroll 1
            for (std::int64_t i = 0; i < static_cast<std::int64_t>(coast_size); ++i)
                stage[r][i] = i == lane ? stage[r][i] + arrival.weight : stage[r][i];
        }
    }

    /// Which neurons have the same bits as before.
    std::uint32_t find_unchanged(const Coasting& before) const noexcept {
        alignas(64) std::int64_t same[coast_size];
#pragma GCC ivdep
        for (std::size_t i = 0; i < coast_size; ++i) {
            std::int64_t differing = 0;
            for (std::size_t v = 0; v < all.size(); ++v)
                differing |= bits_of(before.state[v][i]) ^ bits_of(state[v][i]);
            for (std::size_t r = 0; r < receptors; ++r) differing |= bits_of(before.stage[r][i]) ^ bits_of(stage[r][i]);
            same[i] = differing == 0 ? 1 : 0;
        }
        return bits_of_flags(same);
    }
};

/// Takes steps in which nothing arrives before the end of the last: the same operations in the same order as by
/// receptors, then neurons, a step at a time, and so the same bits. A kick by nothing, which makes zeros positive,
/// changes no other number of a linear membrane, and is left to the last step.
template <class Model, class Scheme, std::size_t receptors>
inline void coast_undisturbed(const Model& model, double dt, const double* keep, const double* weigh,
                              std::int64_t steps, Coasting<Model, receptors>& c) noexcept {
    constexpr auto all = every_variable<Model>;
    double* x[all.size()];
    for (std::size_t v = 0; v < all.size(); ++v) x[v] = c.state[v];
    for (std::int64_t step = 0; step < steps; ++step) {
#pragma GCC ivdep
        for (std::size_t i = 0; i < coast_size; ++i) {
            double I = c.I[i];
            for (std::size_t r = 0; r < receptors; ++r) {
                I = multiply_add(weigh[r], c.stage[r][i], I);
                c.stage[r][i] = keep[r] * c.stage[r][i];
            }
            const auto before = load<Model>(x, i, all);
            const auto after = Scheme::step(model, before, Current{I}, dt);
            store<Model>(x, i, after, all);
            c.stopped[i] = spikes(model, before, after) ? 1 : c.stopped[i];
        }
    }
#pragma GCC ivdep
    for (std::size_t i = 0; i < coast_size; ++i) store<Model>(x, i, Model::kick(load<Model>(x, i, all), 0.0), all);
}

/// From one arrival to the next. The first step tells who rests.
template <class Model, class Scheme, std::size_t receptors>
RHEOBASE_FLATTEN Coasted coast(const CoastBlock& b, const CoastGroup& group) noexcept {
    const Model model = *static_cast<const Model*>(b.model);
    double keep[receptors + 1], weigh[receptors + 1];
    for (std::size_t r = 0; r < receptors; ++r) {
        keep[r] = b.propagators[r]->keep0;
        weigh[r] = b.propagators[r]->weigh0;
    }
    Coasting<Model, receptors> c(b, group);
    const Coasting<Model, receptors> start = c;
    Coasted end{0, 0};
    const CoastArrival *next = group.arrivals, *const last = next + group.arrival_count;
    const std::int64_t steps = group.end - group.begin;
    for (std::int64_t step = 0; step < steps;) {
        const std::int64_t until = step == 0 ? 1 : next == last ? steps : next->step + 1;
        coast_undisturbed<Model, Scheme>(model, b.dt, keep, weigh, until - step, c);
        if (step == 0) end.resting = c.find_unchanged(start);
        step = until;
        for (; next != last && next->step + 1 == step; ++next) c.take_in(*next);
    }
    for (std::size_t k = 0; k < group.arrival_count; ++k) end.resting &= ~(1u << group.arrivals[k].lane);
    const std::uint32_t all = (1u << group.n) - 1;
    end.stopped = bits_of_flags(c.stopped) & all;
    end.resting &= ~end.stopped & all;
    c.store(b, group);
    return end;
}

template <class Model, class = void>
constexpr bool is_linear = false;
template <class Model>
constexpr bool
    is_linear<Model, std::void_t<decltype(Model::leak_rate(std::declval<const typename Model::Parameters&>()))>> = true;

/// Worth its code where a step is short, so that what it loads and stores is most of it.
template <class Model, class Scheme>
Coast find_variant(std::size_t receptors) {
    static_assert(max_coast_receptors == 2);
    if constexpr (is_linear<Model> && Scheme::method == Method::exact)
        return receptors == 0   ? coast<Model, Scheme, 0>
               : receptors == 1 ? coast<Model, Scheme, 1>
               : receptors == 2 ? coast<Model, Scheme, 2>
                                : nullptr;
    else
        return nullptr;
}

template <class Model, class... Scheme>
Coast find_scheme(Schemes<Scheme...>, Method method, std::size_t receptors) {
    Coast found = nullptr;
    ((Scheme::method == method ? void(found = find_variant<Model, Scheme>(receptors)) : void()), ...);
    return found;
}

template <class Model>
Coast find_model(Method method, std::size_t receptors) {
    return find_scheme<Model>(typename Model::Methods{}, method, receptors);
}

template <class... Model>
Coast find_coast(ModelList<Model...>, std::size_t model, Method method, std::size_t receptors) {
    static constexpr Coast (*of_models[])(Method, std::size_t) = {find_model<Model>...};
    return of_models[model](method, receptors);
}

}  // namespace

Coast find_coast(std::size_t model, Method method, std::size_t receptors) {
    return find_coast(NeuronModels{}, model, method, receptors);
}

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
