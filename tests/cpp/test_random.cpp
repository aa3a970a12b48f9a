#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include "check.hpp"
#include "rheobase/loops/loops.hpp"
#include "rheobase/network/sources/poisson.hpp"
#include "rheobase/random/random.hpp"
#include "rheobase/wiring/sampler.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

/// Known-answer vectors of philox4x32-10 published with Salmon et al. 2011.
void philox_gives_the_published_words() {
    struct Vector {
        Words counter;
        std::uint32_t key0, key1;
        Words words;
    };
    const Vector vectors[] = {
        {{{0, 0, 0, 0}}, 0, 0, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
        {{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
         0xffffffff,
         0xffffffff,
         {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
        {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
         0xa4093822,
         0x299f31d0,
         {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}},
    };
    for (const Vector& v : vectors) {
        const Words got = philox(v.counter, v.key0, v.key1);
        check(std::equal(std::begin(got.w), std::end(got.w), std::begin(v.words.w)), "philox known answer");
    }
}

void words_depend_on_every_key_and_counter() {
    std::set<std::uint32_t> first;
    for (const std::uint64_t seed : {0ull, 1ull, 1ull << 32, ~0ull})
        for (std::uint32_t object = 0; object < 2; ++object)
            for (const Purpose purpose : {Purpose::post, Purpose::pre, Purpose::noise})
                for (std::uint32_t a = 0; a < 2; ++a)
                    for (std::uint32_t b = 0; b < 2; ++b)
                        for (std::uint32_t c = 0; c < 2; ++c)
                            first.insert(RandomSource{seed}.words(RandomSource::tag(purpose, object), a, b, c).w[0]);
    check(first.size() == 4 * 2 * 3 * 8, "every seed, purpose, object and counter has words of its own");
}

void uniform_numbers_stay_inside() {
    check(uniform(0u) > 0.0 && uniform(~0u) < 1.0, "0 < uniform(word) < 1");
    Stream stream(RandomSource{3}, 1, 2, 3);
    double sum = 0.0;
    for (int k = 0; k < 100000; ++k) {
        const double u = stream.uniform();
        check(u > 0.0 && u < 1.0, "0 < stream.uniform() < 1");
        sum += u;
    }
    near(sum / 1e5, 0.5, 5.0 / std::sqrt(12.0 * 1e5), "the mean of 10^5 uniform numbers, five s.d.");
}

/// 3 · 2^30 does not divide 2^32: without rejection, the lower third would be drawn twice as often as the upper.
void below_is_without_bias() {
    const std::uint32_t n = 3u << 30;
    std::array<int, 3> thirds{};
    Stream stream(RandomSource{4}, 1, 2, 3);
    for (int k = 0; k < 90000; ++k) {
        const std::uint32_t i = stream.below(n);
        check(i < n, "below(n) < n");
        ++thirds[i >> 30];
    }
    for (const int third : thirds)
        near(third, 30000, 5 * std::sqrt(90000 * 2.0 / 9.0), "a third of the draws, five s.d.");
    check(stream.below(1) == 0, "below(1) is 0");
}

void normal_quantile_inverts_the_distribution_function() {
    near(normal_quantile(0.5), 0.0, 0.0, "the median");
    near(normal_quantile(0.975), 1.959963984540054, 1e-15, "97.5 %");
    near(normal_quantile(0.9), 1.2815515655446004, 1e-15, "90 %");
    near(normal_quantile(1e-10), -6.361340902404056, 2e-15, "10^-10");
    for (double p = 1e-9; p < 0.5; p *= 1.37) {
        const double z = normal_quantile(p), back = 0.5 * std::erfc(-z / std::sqrt(2.0));
        near(back / p, 1.0, 2e-14, "the distribution function takes the quantile back");
        near(normal_quantile(1.0 - p), -z, 1e-6, "the quantile is odd about one half");
    }
    check(std::fabs(standard_normal(0u)) < largest_normal && standard_normal(~0u) < largest_normal,
          "no word gives a number beyond largest_normal");
    near(standard_normal(0u), -standard_normal(~0u), 1e-9, "the min_value and the max_value number mirror one another");
}

void poisson_numbers_have_their_mean_and_variance() {
    for (const double mean : {0.01, 1.0, 31.9, 32.1, 100.0}) {
        Stream stream(RandomSource{5}, 1, static_cast<std::uint32_t>(1000 * mean), 0);
        const int n = 20000;
        double sum = 0.0, squares = 0.0;
        for (int k = 0; k < n; ++k) {
            const double x = poisson_number(stream, mean) - mean;
            sum += x;
            squares += x * x;
        }
        near(sum / n, 0.0, 5 * std::sqrt(mean / n), "the mean of Poisson numbers, five s.d.");
        near(squares / n, mean, 5 * std::sqrt((mean + 2 * mean * mean) / n), "their variance, five s.d.");
    }
    Stream stream(RandomSource{6}, 1, 2, 3);
    check(poisson_number(stream, 0.0) == 0, "mean 0 brings nothing");
}

void sampler_draws_ascending_numbers_without_the_excluded_one() {
    Sampler sampler;
    std::vector<std::uint32_t> drawn;
    for (const std::uint32_t n : {1u, 2u, 63u, 64u, 65u, 200u})
        for (const std::uint32_t excluded : {0u, n / 2, n - 1, n})
            for (const bool repeat : {false, true}) {
                const std::uint32_t choices = excluded < n ? n - 1 : n;
                for (std::uint32_t k = 0; k <= (choices == 0 ? 0 : repeat ? 2 * n : choices); ++k) {
                    sampler.draw({RandomSource{7}, n, k, excluded}, n, k, repeat, excluded, drawn);
                    check(drawn.size() == k, "as many as asked for");
                    check(std::is_sorted(drawn.begin(), drawn.end()), "ascending");
                    check(drawn.empty() || drawn.back() < n, "below n");
                    check(!std::binary_search(drawn.begin(), drawn.end(), excluded), "the excluded number stays away");
                    check(repeat || std::adjacent_find(drawn.begin(), drawn.end()) == drawn.end(), "distinct");
                }
            }
}

/// Few of many are collected another way, and so are those whose order does not matter.
void sampler_draws_the_same_numbers_in_any_order() {
    Sampler sampler;
    std::vector<std::uint32_t> sorted, any;
    for (const std::uint32_t n : {65u, 4097u, 300000u})
        for (const std::uint32_t excluded : {n / 2, n})
            for (const bool repeat : {false, true})
                for (const std::uint32_t k : {1u, 40u, 64u, 700u}) {
                    if (!repeat && k + 1 > n) continue;
                    const StreamKey key{RandomSource{9}, n, k, excluded};
                    sampler.draw(key, n, k, repeat, excluded, sorted);
                    sampler.draw_in_any_order(key, n, k, repeat, excluded, any);
                    std::sort(any.begin(), any.end());
                    check(sorted == any, "the same numbers");
                    check(std::is_sorted(sorted.begin(), sorted.end()), "ascending");
                }
}

void numbers_drawn_together_are_those_of_the_stream() {
    for (const std::uint32_t n : {1u, 1000u, 3000000000u}) {  // of the last, 3 words in 10 are rejected
        const StreamKey key{RandomSource{10}, 1, 2, 3};
        Stream stream(key);
        std::vector<std::uint32_t> numbers(StreamNumbers::room_for(37));
        std::size_t seen = 0;
        for (std::uint32_t block = 0; block < 3 * 37; block += 37) {
            const std::size_t count = loops().draw_numbers({key, block, 37, n, numbers.data()});
            for (std::size_t k = 0; k < count; ++k) check(numbers[k] == stream.below(n), "the same number");
            seen += count;
        }
        check(seen > 3 * 37 * 4 / 2, "most words give a number");
    }
}

void sampler_prefers_no_number() {
    constexpr std::uint32_t n = 50, excluded = 7;
    constexpr int repetitions = 20000;
    Sampler sampler;
    std::vector<std::uint32_t> drawn;
    for (const bool repeat : {false, true})
        for (const std::uint32_t k : {5u, 40u}) {  // above one half those that stay away are drawn
            std::vector<int> counts(n, 0);
            for (std::uint32_t r = 0; r < repetitions; ++r) {
                sampler.draw({RandomSource{8}, 1, r, k}, n, k, repeat, excluded, drawn);
                for (const std::uint32_t i : drawn) ++counts[i];
            }
            const double p = static_cast<double>(k) / (n - 1), sd = std::sqrt(repetitions * p);
            for (std::uint32_t i = 0; i < n; ++i)  // 200 comparisons at five s.d.: false alarm below 2e-4
                if (i != excluded) near(counts[i], repetitions * p, 5 * sd, "each number as often as the others");
        }
}

}  // namespace

int main() {
    philox_gives_the_published_words();
    words_depend_on_every_key_and_counter();
    uniform_numbers_stay_inside();
    below_is_without_bias();
    normal_quantile_inverts_the_distribution_function();
    poisson_numbers_have_their_mean_and_variance();
    sampler_draws_ascending_numbers_without_the_excluded_one();
    sampler_draws_the_same_numbers_in_any_order();
    numbers_drawn_together_are_those_of_the_stream();
    sampler_prefers_no_number();
    return failures;
}
