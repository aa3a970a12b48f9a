#include <initializer_list>
#include <limits>

#include "check.hpp"
#include "rheobase/math/decay.hpp"
#include "rheobase/math/exponential_function.hpp"
#include "rheobase/math/upstroke.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

double relative_error(double x) {
    const long double exact = std::exp(static_cast<long double>(x));
    return static_cast<double>(std::fabs((static_cast<long double>(exponential(x)) - exact) / exact));
}

void exponential_is_accurate() {
    double worst = 0.0;
    for (double x = -707.9; x < 707.9; x += 0.00317) worst = std::fmax(worst, relative_error(x));
    for (double x = -1.0; x < 1.0; x += 1e-5) worst = std::fmax(worst, relative_error(x));
    for (double x = 1e-18; x < 1.0; x *= 1.1)
        worst = std::fmax(worst, std::fmax(relative_error(x), relative_error(-x)));
    std::printf("max_value relative error %.3g\n", worst);
    check(worst < 5e-16, "the relative error is below 5e-16");
    near(exponential(0.0), 1.0, 0.0, "exp(0)");
}

void exponential_saturates() {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const double x : {708.0, 709.0, 1e300, infinity})
        near(exponential(x) / std::exp(708.0), 1.0, 1e-15, "the upper end");
    for (const double x : {-708.0, -709.0, -1e300, -infinity})
        near(exponential(x) / std::exp(-708.0), 1.0, 1e-15, "the lower end");
    check(std::isfinite(exponential(std::numeric_limits<double>::quiet_NaN())), "not a number saturates too");
}

/// sum of (-z)^k / (k + first)!, since not every long double has an expm1 of its own precision.
long double series(double z, int first) {
    long double sum = 0.0L, term = 1.0L;
    for (int k = 1; k <= first; ++k) term /= k;
    for (int k = first + 1; k < first + 30; ++k) {
        sum += term;
        term *= -static_cast<long double>(z) / k;
    }
    return sum;
}

void decay_is_accurate_and_one_function() {
    double worst_mean = 0.0, worst_slope = 0.0;
    const auto compare = [&](double z) {
        const bool small = z < 0.5;
        const long double exact = small ? series(z, 1) : -std::expm1(-static_cast<long double>(z)) / z;
        const long double slope = small ? series(z, 2) : (1.0L - exact) / z;
        const Decay decay = decay_by(z);
        worst_mean = std::fmax(worst_mean, std::fabs(static_cast<double>(decay.mean - exact)));
        worst_slope = std::fmax(worst_slope, std::fabs(static_cast<double>(decay.slope - slope)));
    };
    for (double z = 1e-9; z < 600.0; z *= 1.0003) compare(z);
    for (const double z : {slow_decay, std::nextafter(slow_decay, 0.0), std::nextafter(slow_decay, 1.0)}) compare(z);
    std::printf("max_value errors of a decay %.3g, %.3g\n", worst_mean, worst_slope);
    check(worst_mean < 5e-16 && worst_slope < 8e-16, "means and slopes are right to the last digits");
    near(decay_by(0.0).mean, 1.0, 0.0, "nothing decays");
    for (double z = 0.0; z <= slow_decay; z += 0.001)
        check(decay_by(z).mean == slow_decay_by(z).mean && decay_by(z).slope == slow_decay_by(z).slope,
              "both ways to a slow decay agree");
    near(decay_by(1e6).mean, 1e-6, 1e-20, "all is gone");
}

void upstroke_ends_at_threshold() {
    const Upstroke upstroke(-55.0, 2.0, 0.0);
    for (double V = -90.0; V <= 0.0; V += 0.37)
        near(upstroke.unit * upstroke(V) / (2.0 * std::exp((V + 55.0) / 2.0)), 1.0, 1e-14, "D exp((V - V_T) / D)");
    for (const double D : {0.3, 1.1, 3.48, 70.0}) {
        const Upstroke other(-50.4, D, 1e4);
        for (double V = -50.4 - 30.0 * D; V <= -50.4 + 30.0 * D; V += 0.093 * D)
            near(other.unit * other(V) / (D * std::exp((V + 50.4) / D)), 1.0, 1e-13, "with any D");
    }
    for (const double V : {1.0, 1e6, std::numeric_limits<double>::infinity()})
        near(upstroke(V), upstroke(0.0), 0.0, "no further than the threshold");
    check(upstroke(-1e5) < 1e-300 && upstroke(-1e300) >= 0.0, "far below there is none");
}

/// x / 2 times the growth, after x, is the series of -ln(1 - x).
void upstroke_grows_as_its_own_solution() {
    const double D = 1.3, N = 7.0;
    const UpstrokeGrowth growth(D, 1.0);
    for (const double x : {-0.02, -0.005, 0.005, 0.02}) {
        const double led = x + 0.5 * x * growth.join(0.0, N, x * D) / N;
        near(led + std::log1p(-x), 0.0, 0.3 * std::fabs(x * x * x * x * x), "four terms");
    }
    double last = growth.join(0.0, N, -1e300);
    near(last, -N, 1e-14 * N, "no more than all of it is lost");
    for (double x = -3.0; x < 5.0; x += 0.01) {
        const double now = growth.join(0.0, N, x * D);
        check(x < -1.13 ? now == last : now > last, "it rises");
        check(now >= -N * (1.0 + 1e-14), "no more than all of it is lost");
        last = now;
    }
    near(growth.join(2.0, N, 0.0), 2.0, 0.0, "what V does not move does not grow");
}

void fused_product_is_right_to_the_last_digits() {
    near(multiply_add(3.0, 4.0, 5.0), 17.0, 0.0, "3 * 4 + 5");
    const double tiny = std::ldexp(1.0, -30);
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
    near(multiply_add(1.0 + tiny, 1.0 - tiny, -1.0), -tiny * tiny, 0.0, "one rounding");
#else
    near(multiply_add(1.0 + tiny, 1.0 - tiny, -1.0), 0.0, 0.0, "two roundings");
#endif
}

}  // namespace

int main() {
#ifdef __FMA__
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("fma") || !__builtin_cpu_supports("avx2")) return 77;
#endif
    exponential_is_accurate();
    exponential_saturates();
    decay_is_accurate_and_one_function();
    upstroke_ends_at_threshold();
    upstroke_grows_as_its_own_solution();
    fused_product_is_right_to_the_last_digits();
    return failures;
}
