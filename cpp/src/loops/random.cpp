#include <cstring>

#include "loops/counter_words.hpp"
#include "rheobase/math/normal_quantile.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {

RHEOBASE_FLATTEN void find_normal_quantiles(const std::uint32_t* words, std::size_t n, double* z) noexcept {
    for (std::size_t i = 0; i < n; ++i) z[i] = standard_normal(words[i]);
}

RHEOBASE_FLATTEN void draw_normals(double* out, std::size_t n, RandomSource random, std::uint32_t tag,
                                   std::uint32_t first, std::uint32_t step_low, std::uint32_t step_high) noexcept {
    std::uint32_t words[block_size + 8];
    const auto drawn = draw_words(random, tag, first / 4, count_counters(first, n, 4), step_low, step_high);
    std::memcpy(words, drawn.pairs, sizeof words);
    find_normal_quantiles(words + first % 4, n, out);
}

RHEOBASE_FLATTEN void draw_uniforms(double* out, std::size_t n, RandomSource random, std::uint32_t tag,
                                    std::uint32_t first, std::uint32_t step_low, std::uint32_t step_high) noexcept {
    std::uint32_t words[block_size + 8];
    const auto drawn = draw_words(random, tag, first / 4, count_counters(first, n, 4), step_low, step_high);
    std::memcpy(words, drawn.pairs, sizeof words);
    for (std::size_t i = 0; i < n; ++i) out[i] = uniform(words[first % 4 + i]);
}

RHEOBASE_FLATTEN void draw_connection_words(const ConnectionWords& asked) noexcept {
    std::uint64_t a[max_counters], b[max_counters], c[max_counters], first[max_counters], second[max_counters];
    for (std::uint64_t& pre : a) pre = asked.pre;
    for (std::size_t done = 0; done < asked.n; done += max_counters) {
        const std::size_t n = asked.n - done < max_counters ? asked.n - done : max_counters;
        for (std::size_t i = 0; i < n; ++i) {
            b[i] = asked.post[done + i];
            c[i] = asked.repetition[done + i];
        }
        many_words(asked.random, asked.tag, a, b, c, n, first, second);
        for (std::size_t i = 0; i < n; ++i) {
            asked.words[0][done + i] = static_cast<std::uint32_t>(first[i]);
            asked.words[1][done + i] = static_cast<std::uint32_t>(first[i] >> 32);
            asked.words[2][done + i] = static_cast<std::uint32_t>(second[i]);
            asked.words[3][done + i] = static_cast<std::uint32_t>(second[i] >> 32);
        }
    }
}

RHEOBASE_FLATTEN std::size_t draw_numbers(const StreamNumbers& asked) noexcept {
    static_assert(philox_width <= StreamNumbers::max_width, "there is room for what is drawn together");
    std::uint64_t first[philox_width], second[philox_width];
    const std::uint32_t reject = (0u - asked.n) % asked.n;
    std::uint32_t* out = asked.numbers;
    for (std::size_t done = 0; done < asked.blocks; done += philox_width) {
        stream_words(asked.stream, asked.first_block + static_cast<std::uint32_t>(done), philox_width, first, second);
        const std::size_t blocks = asked.blocks - done < philox_width ? asked.blocks - done : philox_width;
        std::uint32_t words[4 * philox_width];
        for (std::size_t i = 0; i < philox_width; ++i) {  // a stream reads each block from its end
            words[4 * i] = static_cast<std::uint32_t>(second[i] >> 32);
            words[4 * i + 1] = static_cast<std::uint32_t>(second[i]);
            words[4 * i + 2] = static_cast<std::uint32_t>(first[i] >> 32);
            words[4 * i + 3] = static_cast<std::uint32_t>(first[i]);
        }
        std::uint32_t rejected = 0;
        for (std::size_t k = 0; k < 4 * philox_width; ++k) {
            const std::uint64_t product = std::uint64_t{words[k]} * asked.n;
            out[k] = static_cast<std::uint32_t>(product >> 32);
            rejected |= static_cast<std::uint32_t>(product) < reject ? 1u : 0u;
        }
        if (rejected == 0) {
            out += 4 * blocks;
            continue;
        }
        std::uint32_t* kept = out;
        for (std::size_t k = 0; k < 4 * blocks; ++k)
            if (static_cast<std::uint32_t>(std::uint64_t{words[k]} * asked.n) >= reject) *kept++ = out[k];
        out = kept;
    }
    return static_cast<std::size_t>(out - asked.numbers);
}

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
