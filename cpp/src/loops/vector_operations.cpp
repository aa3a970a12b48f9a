#include <cmath>
#include <cstring>
#include <utility>

#include "loops/instruction_set.hpp"
#include "rheobase/math/decay.hpp"
#include "rheobase/math/elementary_functions.hpp"
#include "rheobase/math/trigonometric_functions.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

template <Operation operation>
inline double result(double a, double b, double c) noexcept {
    if constexpr (operation == Operation::move) return a;
    if constexpr (operation == Operation::negate) return -a;
    if constexpr (operation == Operation::absolute) return std::fabs(a);
    if constexpr (operation == Operation::square_root) return std::sqrt(a);
    if constexpr (operation == Operation::exponential) return exponential_of_any(a);
    if constexpr (operation == Operation::exponential_less_one) return exponential_less_one(a);
    if constexpr (operation == Operation::logarithm) return logarithm_of_any(a);
    if constexpr (operation == Operation::logarithm_of_one_more) return logarithm_of_one_more(a);
    if constexpr (operation == Operation::sine) return sine_cosine(a).sine;
    if constexpr (operation == Operation::cosine) return sine_cosine(a).cosine;
    if constexpr (operation == Operation::arctangent) return arctangent(a);
    if constexpr (operation == Operation::hyperbolic_tangent) return hyperbolic_tangent(a);
    if constexpr (operation == Operation::round_down) return std::floor(a);
    if constexpr (operation == Operation::round_up) return -std::floor(-a);
    if constexpr (operation == Operation::logical_not) return 1.0 - a;
    if constexpr (operation == Operation::phi1) return phi1(a);
    if constexpr (operation == Operation::phi2) return phi2(a);
    if constexpr (operation == Operation::add) return a + b;
    if constexpr (operation == Operation::subtract) return a - b;
    if constexpr (operation == Operation::multiply) return a * b;
    if constexpr (operation == Operation::divide) return a / b;
    if constexpr (operation == Operation::minimum) return a < b ? a : b;
    if constexpr (operation == Operation::maximum) return a > b ? a : b;
    if constexpr (operation == Operation::power) return power(a, b);
    if constexpr (operation == Operation::remainder) return remainder_of(a, b);
    if constexpr (operation == Operation::less) return a < b ? 1.0 : 0.0;
    if constexpr (operation == Operation::less_equal) return a <= b ? 1.0 : 0.0;
    if constexpr (operation == Operation::equal) return a == b ? 1.0 : 0.0;
    if constexpr (operation == Operation::logical_and) return a * b;
    if constexpr (operation == Operation::logical_or) return a > b ? a : b;
    if constexpr (operation == Operation::effective_time) return effective_time(a, b);
    if constexpr (operation == Operation::multiply_add) return multiply_add(a, b, c);
    if constexpr (operation == Operation::multiply_subtract) return multiply_add(a, b, -c);
    if constexpr (operation == Operation::negate_multiply_add) return multiply_add(-a, b, c);
    if constexpr (operation == Operation::select) return a != 0.0 ? b : c;
}

inline std::uint64_t bits_of(double x) noexcept {
    std::uint64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}

/// Whether there is a loop of it that tells what it found in its results.
constexpr bool can_be_watched(Operation operation) noexcept {
    return is_comparison(operation) || is_choice(operation) || is_sum_of_products(operation) ||
           operation == Operation::add || operation == Operation::multiply_add;
}

/// Other than zero where a result is what one looks for.
template <bool comparison>
inline std::uint64_t found_in(double x) noexcept {
    return bits_of(comparison ? x : x - x);
}

template <Operation operation, unsigned same, bool watch>
RHEOBASE_FLATTEN std::uint64_t apply(std::size_t n, double* out, const double* const* in) noexcept {
    constexpr std::size_t count = count_operands(operation);
    constexpr bool same_a = (same & 1) != 0, same_b = count < 2 || (same & 2) != 0,
                   same_c = count < 3 || (same & 4) != 0;
    const double *const a = in[0], *const b = in[count < 2 ? 0 : 1], *const c = in[count < 3 ? 0 : 2];
    const double a0 = *a, b0 = *b, c0 = *c;
    std::uint64_t found = 0;
#pragma GCC ivdep
    for (std::size_t i = 0; i < n; ++i) {
        const double r = result<operation>(same_a ? a0 : a[i], same_b ? b0 : b[i], same_c ? c0 : c[i]);
        out[i] = r;
        if constexpr (watch) found |= found_in<is_comparison(operation)>(r);
    }
    return found;
}

/// Factors and terms, read where they are: `x[k]` differs from neuron to neuron.
template <std::size_t terms>
struct Products {
    const double* x[terms];
    double factor[terms];

    explicit Products(const double* const* in) noexcept {
        for (std::size_t k = 0; k < terms; ++k) x[k] = in[2 * k], factor[k] = *in[2 * k + 1];
    }
    /// The last product meets the rest first.
    double add_to(double rest, std::size_t i) const noexcept {
        for (std::size_t k = terms; k-- > 0;) rest = multiply_add(x[k][i], factor[k], rest);
        return rest;
    }
};

template <std::size_t terms, bool same_rest, bool watch>
RHEOBASE_FLATTEN std::uint64_t add_products(std::size_t n, double* out, const double* const* in) noexcept {
    const Products<terms> products(in);
    const double* const rest = in[2 * terms];
    const double rest0 = *rest;
    std::uint64_t found = 0;
#pragma GCC ivdep
    for (std::size_t i = 0; i < n; ++i) {
        const double r = products.add_to(same_rest ? rest0 : rest[i], i);
        out[i] = r;
        if constexpr (watch) found |= found_in<false>(r);
    }
    return found;
}

template <std::size_t terms>
VectorOperation find_sum_of(bool same_rest, bool watch) noexcept {
    if (same_rest) return watch ? add_products<terms, true, true> : add_products<terms, true, false>;
    return watch ? add_products<terms, false, true> : add_products<terms, false, false>;
}

VectorOperation find_sum(std::size_t terms, unsigned said) noexcept {
    const bool same_rest = (said >> (2 * terms) & 1) != 0, watch = (said & with_watch) != 0;
    if (terms == 2) return find_sum_of<2>(same_rest, watch);
    if (terms == 3) return find_sum_of<3>(same_rest, watch);
    return terms == 4 ? find_sum_of<4>(same_rest, watch) : find_sum_of<5>(same_rest, watch);
}

RHEOBASE_FLATTEN std::uint64_t exponential_of_multiply_add(std::size_t n, double* out,
                                                           const double* const* in) noexcept {
    const double* const a = in[0];
    const double b = *in[1], c = *in[2];
#pragma GCC ivdep
    for (std::size_t i = 0; i < n; ++i) out[i] = exponential_of_any(multiply_add(a[i], b, c));
    return 0;
}

/// Whether all are, by the bits of their sizes, of which the highest stays clear; zero without a sign counts as none.
inline bool are_slow_decays(const double* z, std::size_t n) noexcept {
    constexpr std::uint64_t sign = std::uint64_t{1} << 63;
    const std::uint64_t largest = bits_of(slow_decay);
    std::uint64_t beyond = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint64_t size = bits_of(z[i]) ^ sign;
        beyond |= size | (largest - size);
    }
    return (beyond & sign) == 0;
}

/// phi1 or phi2, times what is the same for all neurons. Where all decays are slow, their polynomials are all there is
/// to do; the numbers are the same.
template <Operation operation, bool scaled>
RHEOBASE_FLATTEN std::uint64_t find_phi(std::size_t n, double* out, const double* const* in) noexcept {
    constexpr bool first = operation == Operation::phi1;
    const double* const z = in[0];
    const double factor = scaled ? *in[1] : 1.0;
    if (are_slow_decays(z, n)) {
#pragma GCC ivdep
        for (std::size_t i = 0; i < n; ++i) {
            const Decay decay = slow_decay_by(-z[i]);
            out[i] = (first ? decay.mean : decay.slope) * factor;
        }
    } else {
#pragma GCC ivdep
        for (std::size_t i = 0; i < n; ++i) out[i] = result<operation>(z[i], 0.0, 0.0) * factor;
    }
    return 0;
}

/// Both at once: they share the polynomials.
RHEOBASE_FLATTEN std::uint64_t find_both_phi(std::size_t n, double* out, const double* const* in) noexcept {
    const double* const z = in[0];
    double* const second = const_cast<double*>(in[2]);
    const double factor = *in[1], second_factor = *in[3];
    if (are_slow_decays(z, n)) {
#pragma GCC ivdep
        for (std::size_t i = 0; i < n; ++i) {
            const Decay decay = slow_decay_by(-z[i]);
            out[i] = decay.mean * factor;
            second[i] = decay.slope * second_factor;
        }
    } else {
#pragma GCC ivdep
        for (std::size_t i = 0; i < n; ++i) {
            const double z_i = z[i];
            out[i] = result<Operation::phi1>(z_i, 0.0, 0.0) * factor;
            second[i] = result<Operation::phi2>(z_i, 0.0, 0.0) * second_factor;
        }
    }
    return 0;
}

/// Conditions of choices: truth as a number per neuron, or the steps from which neurons are not refractory.
class Truth {
  public:
    Truth(const double* const* in, std::size_t) noexcept : condition_(in[0]) {}
    bool at(std::size_t i) const noexcept { return condition_[i] != 0.0; }

  private:
    const double* condition_;
};

class Freedom {
  public:
    Freedom(const double* const* in, std::size_t operands) noexcept
        : free_from_(reinterpret_cast<const std::int64_t*>(in[0])) {
        std::memcpy(&now_, in[operands], sizeof now_);
    }
    bool at(std::size_t i) const noexcept { return free_from_[i] <= now_; }

  private:
    const std::int64_t* free_from_;
    std::int64_t now_;
};

template <bool same_b, bool same_c, bool watch>
RHEOBASE_FLATTEN std::uint64_t select_free(std::size_t n, double* out, const double* const* in) noexcept {
    const Freedom free(in, count_operands(Operation::select));
    const double *const b = in[1], *const c = in[2];
    const double b0 = *b, c0 = *c;
    std::uint64_t found = 0;
#pragma GCC ivdep
    for (std::size_t i = 0; i < n; ++i) {
        const double b_i = same_b ? b0 : b[i], c_i = same_c ? c0 : c[i];
        const double r = free.at(i) ? b_i : c_i;
        out[i] = r;
        if constexpr (watch) found |= found_in<false>(r);
    }
    return found;
}

VectorOperation find_select_free(unsigned said) noexcept {
    static constexpr VectorOperation all[] = {select_free<false, false, false>, select_free<true, false, false>,
                                              select_free<false, true, false>,  select_free<true, true, false>,
                                              select_free<false, false, true>,  select_free<true, false, true>,
                                              select_free<false, true, true>,   select_free<true, true, true>};
    return all[((said >> 1) & 3) | ((said & with_watch) != 0 ? 4 : 0)];
}

template <class Condition, bool same_b, bool watch>
RHEOBASE_FLATTEN std::uint64_t select_multiply_add(std::size_t n, double* out, const double* const* in) noexcept {
    const Condition condition(in, count_operands(Operation::select_multiply_add));
    const double *const b = in[1], *const c = in[2], *const d = in[3], *const e = in[4];
    const double b0 = *b;
    std::uint64_t found = 0;
#pragma GCC ivdep
    for (std::size_t i = 0; i < n; ++i) {
        const double first = multiply_add(same_b ? b0 : b[i], c[i], d[i]), second = e[i];
        const double r = condition.at(i) ? first : second;
        out[i] = r;
        if constexpr (watch) found |= found_in<false>(r);
    }
    return found;
}

template <class Condition>
VectorOperation find_select_multiply_add(unsigned said) noexcept {
    const bool watch = (said & with_watch) != 0;
    if ((said & 2) != 0)
        return watch ? select_multiply_add<Condition, true, true> : select_multiply_add<Condition, true, false>;
    return watch ? select_multiply_add<Condition, false, true> : select_multiply_add<Condition, false, false>;
}

/// One operation: a loop for each set of operands that are the same for all neurons, but that of all.
struct Variants {
    VectorOperation of[8];
};

template <Operation operation, bool watch>
constexpr Variants variants() noexcept {
    if constexpr (operation == Operation::phi1) return {{find_phi<Operation::phi1, false>}};
    if constexpr (operation == Operation::phi2) return {{find_phi<Operation::phi2, false>}};
    if constexpr (operation == Operation::move) return {{apply<operation, 0, watch>, apply<operation, 1, watch>}};
    if constexpr (count_operands(operation) == 1) return {{apply<operation, 0, watch>}};
    if constexpr (count_operands(operation) == 2)
        return {{apply<operation, 0, watch>, apply<operation, 1, watch>, apply<operation, 2, watch>}};
    return {{apply<operation, 0, watch>, apply<operation, 1, watch>, apply<operation, 2, watch>,
             apply<operation, 3, watch>, apply<operation, 4, watch>, apply<operation, 5, watch>,
             apply<operation, 6, watch>, nullptr}};
}

template <bool watch, std::size_t... k>
VectorOperation find(Operation wanted, unsigned same, std::index_sequence<k...>) noexcept {
    static constexpr Variants all[] = {
        variants<static_cast<Operation>(k), watch && can_be_watched(static_cast<Operation>(k))>()...};
    return all[static_cast<std::size_t>(wanted)].of[same];
}

}  // namespace

VectorOperation find_vector_operation(Operation operation, unsigned said) noexcept {
    constexpr unsigned operands = 7;
    if ((said & with_watch) != 0 && !can_be_watched(operation)) return nullptr;
    if (operation == Operation::select_multiply_add)
        return (said & free_by_steps) != 0 ? find_select_multiply_add<Freedom>(said)
                                           : find_select_multiply_add<Truth>(said);
    if ((said & free_by_steps) != 0) return find_select_free(said);
    if ((said & with_scaled_phi2) != 0) return find_both_phi;
    if (is_sum_of_products(operation)) return find_sum(count_products(operation), said);
    if (operation == Operation::exponential_of_multiply_add) return exponential_of_multiply_add;
    if (operation == Operation::scaled_phi1) return find_phi<Operation::phi1, true>;
    if (operation == Operation::scaled_phi2) return find_phi<Operation::phi2, true>;
    constexpr auto all = std::make_index_sequence<static_cast<std::size_t>(Operation::draw_uniform)>{};
    return (said & with_watch) != 0 ? find<true>(operation, said & operands, all)
                                    : find<false>(operation, said & operands, all);
}

std::size_t find_non_finite(const double* x, std::size_t n) noexcept {
    std::uint64_t beyond = 0;
    for (std::size_t i = 0; i < n; ++i) beyond |= bits_of(x[i] - x[i]);
    std::size_t first = n;
    if (beyond != 0)
        for (first = 0; x[first] - x[first] == 0.0;) ++first;
    return first;
}

bool find_free(const std::int64_t* free_from, std::int64_t step, std::size_t n, double* free) noexcept {
    std::int64_t any = 0;  // below zero as soon as one is
    for (std::size_t i = 0; i < n; ++i) {
        free[i] = free_from[i] <= step ? 1.0 : 0.0;
        any |= step - free_from[i];
    }
    return any >= 0;
}

std::size_t find_true(const double* condition, std::size_t n, std::uint32_t* positions) noexcept {
    const auto any = [condition](std::size_t first, std::size_t end) {
        std::uint64_t found = 0;
        for (std::size_t i = first; i < end; ++i) found |= bits_of(condition[i]);
        return found != 0;
    };
    constexpr std::size_t stretch = 32;  // most conditions hold for few neurons
    std::size_t count = 0;
    if (!any(0, n)) return count;
    for (std::size_t first = 0; first < n; first += stretch) {
        const std::size_t end = first + stretch < n ? first + stretch : n;
        if (end == first + stretch && !any(first, first + stretch)) continue;
        for (std::size_t i = first; i < end; ++i)
            if (condition[i] != 0.0) positions[count++] = static_cast<std::uint32_t>(i);
    }
    return count;
}

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
