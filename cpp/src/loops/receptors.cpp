#include <cstring>
#include <utility>

#include "loops/instruction_set.hpp"
#include "rheobase/math/exponential_function.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

/// What receptors give: a current; a conductance, the first of the block; or one more.
enum class Gives { current, first_conductance, further_conductance };

/// What receptors must have in common to share a loop.
template <bool homogeneous_, bool two_stages_, Gives gives>
struct Kind {
    static constexpr bool homogeneous = homogeneous_, two_stages = two_stages_;
    static constexpr bool conductance = gives != Gives::current, adding = gives == Gives::further_conductance;
};

constexpr std::size_t max_together = 3;

/// The propagators of receptors: each one for all neurons, or put together from its words.
template <bool homogeneous, std::size_t count>
class Propagators {
  public:
    explicit Propagators(const ReceptorBlock* blocks) noexcept {
        for (std::size_t r = 0; r < count; ++r) shared_[r] = *blocks[r].propagator;
    }
    const Propagator& at(std::size_t r, std::size_t) const noexcept { return shared_[r]; }

  private:
    Propagator shared_[count];
};

template <std::size_t count>
class Propagators<false, count> {
  public:
    explicit Propagators(const ReceptorBlock* blocks) noexcept {
        for (std::size_t r = 0; r < count; ++r)
            for (std::size_t k = 0; k < propagator_words; ++k) words_[r][k] = blocks[r].words[k];
    }
    Propagator at(std::size_t r, std::size_t i) const noexcept {
        return at(r, i, std::make_index_sequence<propagator_words>{});
    }

  private:
    template <std::size_t... k>
    Propagator at(std::size_t r, std::size_t i, std::index_sequence<k...>) const noexcept {
        const double words[] = {words_[r][k][i]...};
        Propagator p;
        std::memcpy(&p, words, sizeof p);
        return p;
    }

    const double* words_[count][propagator_words];
};

/// Collects what receptors of one kind give on average over the step and moves their stages to its end.
template <class Kind, std::size_t... r>
void advance_kind(const ReceptorBlock* blocks, const double* reversal, std::index_sequence<r...>) noexcept {
    const std::size_t n = blocks[0].n;
    const Propagator shared[] = {*blocks[r].propagator...};
    const Propagators<Kind::homogeneous, sizeof...(r)> propagators(blocks);
    const double driving[] = {reversal[r] * shared[r].weigh0...}, driving1[] = {reversal[r] * shared[r].weigh1...};
    double* const stage0[] = {blocks[r].stage0...};
    double* const stage1[] = {blocks[r].stage1...};
    const double* before = blocks[0].I_before;
    double *I = blocks[0].I, *G = blocks[0].G;
    const auto advance_stages = [&](std::size_t k, std::size_t i, double& current, double& g) {
        const auto& p = propagators.at(k, i);
        const double x0 = stage0[k][i], left = p.keep0 * x0;
        const auto add_stage = [&](double weigh, double weigh_I, double x) {
            current = multiply_add(Kind::conductance ? weigh_I : weigh, x, current);
            if constexpr (Kind::conductance) g = multiply_add(weigh, x, g);
        };
        add_stage(p.weigh0, Kind::homogeneous ? driving[k] : reversal[k] * p.weigh0, Kind::conductance ? left : x0);
        if constexpr (Kind::two_stages) {
            const double x1 = stage1[k][i];
            add_stage(p.weigh1, Kind::homogeneous ? driving1[k] : reversal[k] * p.weigh1, x1);
            stage1[k][i] = multiply_add(p.keep1, x1, p.pass * x0);
        }
        stage0[k][i] = left;
    };
#pragma GCC ivdep
    for (std::size_t i = 0; i < n; ++i) {
        double current = before[i], g = Kind::adding ? G[i] : 0.0;
        (advance_stages(r, i, current, g), ...);
        I[i] = current;
        if constexpr (Kind::conductance) G[i] = g;
    }
}

template <bool homogeneous, bool two_stages, Gives gives>
RHEOBASE_FLATTEN void advance_alike(const ReceptorBlock* blocks, std::size_t count) noexcept {
    using Alike = Kind<homogeneous, two_stages, gives>;
    double reversal[max_together] = {};
    for (std::size_t r = 0; r < count; ++r) reversal[r] = blocks[r].reversal;
    if (count == 1)
        advance_kind<Alike>(blocks, reversal, std::index_sequence<0>{});
    else if (count == 2)
        advance_kind<Alike>(blocks, reversal, std::index_sequence<0, 1>{});
    else
        advance_kind<Alike>(blocks, reversal, std::index_sequence<0, 1, 2>{});
}

template <bool two_stages, Gives gives>
void advance_giving(const ReceptorBlock* blocks, std::size_t count) noexcept {
    if (blocks[0].words[0] == nullptr)
        advance_alike<true, two_stages, gives>(blocks, count);
    else
        advance_alike<false, two_stages, gives>(blocks, count);
}

template <bool two_stages>
void advance_with_stages(const ReceptorBlock* blocks, std::size_t count) noexcept {
    if (!blocks[0].conductance)
        advance_giving<two_stages, Gives::current>(blocks, count);
    else if (blocks[0].first)
        advance_giving<two_stages, Gives::first_conductance>(blocks, count);
    else
        advance_giving<two_stages, Gives::further_conductance>(blocks, count);
}

bool share_a_loop(const ReceptorBlock& a, const ReceptorBlock& b) noexcept {
    return (a.words[0] == nullptr) == (b.words[0] == nullptr) && (a.stage1 != nullptr) == (b.stage1 != nullptr) &&
           a.conductance == b.conductance;
}

}  // namespace

/// Neighbours of one kind share a loop, up to three at a time.
void advance_receptors(const ReceptorBlock* blocks, std::size_t count) noexcept {
    for (std::size_t first = 0, n = 0; first < count; first += n) {
        const ReceptorBlock& b = blocks[first];
        n = 1;
        while (n < max_together && first + n < count && share_a_loop(b, blocks[first + n])) ++n;
        b.stage1 != nullptr ? advance_with_stages<true>(&b, n) : advance_with_stages<false>(&b, n);
    }
}

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
