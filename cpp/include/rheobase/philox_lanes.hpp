#pragma once

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "rheobase/random.hpp"

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

/// `philox` of counters in the lower halves of the lanes; what the upper halves hold does not matter. words[0] and
/// words[1] of each become the lower and the upper half of `first`, the others those of `second`.
inline void philox(Lanes c0, Lanes c1, Lanes c2, Lanes c3, std::uint32_t key0, std::uint32_t key1, Lanes& first,
                   Lanes& second) noexcept {
    const Lanes factor0 = in_all_lanes(0xD2511F53u), factor1 = in_all_lanes(0xCD9E8D57u);
    for (int round = 0; round < 10; ++round) {
        const Lanes p0 = product(c0, factor0), p1 = product(c2, factor1);
        c0 = (p1 >> 32) ^ c1 ^ in_all_lanes(key0);
        c2 = (p0 >> 32) ^ c3 ^ in_all_lanes(key1);
        c1 = p1;
        c3 = p0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    const Lanes lower = in_all_lanes(0xFFFFFFFFu);
    first = (c0 & lower) | (c1 << 32);
    second = (c2 & lower) | (c3 << 32);
}

/// The words at counters (a[i], b[i], c[i], tag): two a number of `first`, two of `second`. Room for n rounded up to
/// whole lanes is needed.
inline void many_words(RandomSource random, std::uint32_t tag, const std::uint64_t* a, const std::uint64_t* b,
                       const std::uint64_t* c, std::size_t n, std::uint64_t* first, std::uint64_t* second) noexcept {
    const auto key0 = static_cast<std::uint32_t>(random.seed), key1 = static_cast<std::uint32_t>(random.seed >> 32);
    for (std::size_t i = 0; i < n; i += lane_count) {
        Lanes c0, c1, c2, w01, w23;
        std::memcpy(&c0, a + i, sizeof c0);
        std::memcpy(&c1, b + i, sizeof c1);
        std::memcpy(&c2, c + i, sizeof c2);
        philox(c0, c1, c2, in_all_lanes(tag), key0, key1, w01, w23);
        std::memcpy(first + i, &w01, sizeof w01);
        std::memcpy(second + i, &w23, sizeof w23);
    }
}

}  // namespace rheobase
