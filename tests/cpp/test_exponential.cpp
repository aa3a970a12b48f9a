#include <initializer_list>
#include <limits>

#include "check.hpp"
#include "rheobase/exponential_function.hpp"

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
    std::printf("largest relative error %.3g\n", worst);
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

void fused_product_is_right_to_the_last_digits() {
    near(multiply_add(3.0, 4.0, 5.0), 17.0, 0.0, "3 * 4 + 5");
    const double tiny = std::ldexp(1.0, -30);
#ifdef __FMA__
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
    fused_product_is_right_to_the_last_digits();
    return failures;
}
