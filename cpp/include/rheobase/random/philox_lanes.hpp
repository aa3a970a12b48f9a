#pragma once

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "rheobase/random/random.hpp"

// Philox for many counters at once. x86 multiplies the lower halves of 64-bit lanes in one instruction, which compilers
// do not find by themselves.

namespace rheobase {

#if defined(__AVX512F__)
typedef std::uint64_t Lanes __attribute__((vector_size(64)));
inline Lanes product(Lanes a, Lanes b) noexcept {
    // every lane; the unmasked form makes GCC 12 warn of its own header
    return reinterpret_cast<Lanes>(
        _mm512_maskz_mul_epu32(0xFF, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
}
#elif defined(__AVX2__)
typedef std::uint64_t Lanes __attribute__((vector_size(32)));
inline Lanes product(Lanes a, Lanes b) noexcept {
    return reinterpret_cast<Lanes>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
}
#elif defined(__SSE2__) && defined(__GNUC__)
typedef std::uint64_t Lanes __attribute__((vector_size(16)));
inline Lanes product(Lanes a, Lanes b) noexcept {
    return reinterpret_cast<Lanes>(_mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
}
#else
using Lanes = std::uint64_t;
inline Lanes product(Lanes a, Lanes b) noexcept { return (a & 0xFFFFFFFFu) * (b & 0xFFFFFFFFu); }
#endif

constexpr std::size_t lane_count = sizeof(Lanes) / sizeof(std::uint64_t);

inline Lanes in_all_lanes(std::uint64_t x) noexcept { return Lanes{} + x; }

/// So many counters take every round together: one alone is a chain of multiplications that wait for each other.
constexpr std::size_t philox_width = 2 * lane_count;

/// What consecutive counters add to the first one: loaded, since a vector made of numbers just stored waits for them.
constexpr std::uint64_t ascending[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static_assert(philox_width <= sizeof ascending / sizeof *ascending, "there is one for each counter");

/// Counters in the lower halves of lanes; what the upper halves hold does not matter.
struct Counters {
    Lanes c0[2], c1[2], c2[2], c3[2];
};

inline Lanes lanes_at(const std::uint64_t* memory) noexcept {
    Lanes lanes;
    std::memcpy(&lanes, memory, sizeof lanes);
    return lanes;
}

/// `philox` of each: words[0] and words[1] become the lower and the upper half of a number of `first`, the others those
/// of one of `second`.
inline void philox(Counters c, std::uint32_t key0, std::uint32_t key1, std::uint64_t* first,
                   std::uint64_t* second) noexcept {
    const Lanes factor0 = in_all_lanes(0xD2511F53u), factor1 = in_all_lanes(0xCD9E8D57u);
    for (int round = 0; round < 10; ++round) {
        for (int j = 0; j < 2; ++j) {
            const Lanes p0 = product(c.c0[j], factor0), p1 = product(c.c2[j], factor1);
            c.c0[j] = (p1 >> 32) ^ c.c1[j] ^ in_all_lanes(key0);
            c.c2[j] = (p0 >> 32) ^ c.c3[j] ^ in_all_lanes(key1);
            c.c1[j] = p1;
            c.c3[j] = p0;
        }
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    const Lanes lower = in_all_lanes(0xFFFFFFFFu);
    for (std::size_t j = 0; j < 2; ++j) {
        const Lanes w01 = (c.c0[j] & lower) | (c.c1[j] << 32), w23 = (c.c2[j] & lower) | (c.c3[j] << 32);
        std::memcpy(first + j * lane_count, &w01, sizeof w01);
        std::memcpy(second + j * lane_count, &w23, sizeof w23);
    }
}

/// The words at counters (a + i, b, c, tag), i < n: two a number of `first`, two of `second`. Room for n rounded up to
/// a multiple of philox_width is needed.
inline void consecutive_words(RandomSource random, std::uint32_t tag, std::uint32_t a, std::uint32_t b, std::uint32_t c,
                              std::size_t n, std::uint64_t* first, std::uint64_t* second) noexcept {
    const auto key0 = static_cast<std::uint32_t>(random.seed), key1 = static_cast<std::uint32_t>(random.seed >> 32);
    const Lanes all_b = in_all_lanes(b), all_c = in_all_lanes(c), all_tag = in_all_lanes(tag);
    Lanes c0 = in_all_lanes(a) + lanes_at(ascending);
    Lanes c0_next = in_all_lanes(a) + lanes_at(ascending + lane_count);
    for (std::size_t i = 0; i < n; i += philox_width, c0 += philox_width, c0_next += philox_width)
        philox({{c0, c0_next}, {all_b, all_b}, {all_c, all_c}, {all_tag, all_tag}}, key0, key1, first + i, second + i);
}

/// The same at counters (a, b, c + i, tag): blocks of one stream.
inline void stream_words(const StreamKey& key, std::uint32_t c, std::size_t n, std::uint64_t* first,
                         std::uint64_t* second) noexcept {
    const auto key0 = static_cast<std::uint32_t>(key.random.seed);
    const auto key1 = static_cast<std::uint32_t>(key.random.seed >> 32);
    const Lanes all_a = in_all_lanes(key.a), all_b = in_all_lanes(key.b), all_tag = in_all_lanes(key.tag);
    Lanes c2 = in_all_lanes(c) + lanes_at(ascending);
    Lanes c2_next = in_all_lanes(c) + lanes_at(ascending + lane_count);
    for (std::size_t i = 0; i < n; i += philox_width, c2 += philox_width, c2_next += philox_width)
        philox({{all_a, all_a}, {all_b, all_b}, {c2, c2_next}, {all_tag, all_tag}}, key0, key1, first + i, second + i);
}

/// The same at any counters (a[i], b[i], c[i], tag).
inline void many_words(RandomSource random, std::uint32_t tag, const std::uint64_t* a, const std::uint64_t* b,
                       const std::uint64_t* c, std::size_t n, std::uint64_t* first, std::uint64_t* second) noexcept {
    const auto key0 = static_cast<std::uint32_t>(random.seed), key1 = static_cast<std::uint32_t>(random.seed >> 32);
    const Lanes all_tag = in_all_lanes(tag);
    for (std::size_t i = 0; i < n; i += philox_width)
        philox({{lanes_at(a + i), lanes_at(a + i + lane_count)},
                {lanes_at(b + i), lanes_at(b + i + lane_count)},
                {lanes_at(c + i), lanes_at(c + i + lane_count)},
                {all_tag, all_tag}},
               key0, key1, first + i, second + i);
}

}  // namespace rheobase
