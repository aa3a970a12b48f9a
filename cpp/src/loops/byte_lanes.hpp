#pragma once

#include <cstring>

#include "rheobase/random/philox_lanes.hpp"

// As many bytes as a vector holds.

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

typedef std::uint8_t Bytes __attribute__((vector_size(sizeof(Lanes))));
typedef std::int8_t SignedBytes __attribute__((vector_size(sizeof(Lanes))));

inline Bytes in_all_bytes(std::uint8_t x) noexcept { return Bytes{} + x; }

/// Bytes as numbers less 128, which keep their order: x86 compares signed ones.
inline SignedBytes signed_at(const std::uint8_t* memory) noexcept {
    Bytes bytes;
    std::memcpy(&bytes, memory, sizeof bytes);
    return reinterpret_cast<SignedBytes>(bytes ^ in_all_bytes(128));
}

inline SignedBytes signed_bytes(std::uint8_t x) noexcept {
    return reinterpret_cast<SignedBytes>(in_all_bytes(x ^ 0x80));
}

/// One more in each lane where a > b. AVX-512 has this with a mask, the others subtract what a comparison gives.
inline Bytes count_above(Bytes counts, SignedBytes a, SignedBytes b) noexcept {
#if defined(__AVX512BW__)
    return a > b ? counts + in_all_bytes(1) : counts;
#else
    return counts - reinterpret_cast<Bytes>(a > b);
#endif
}

/// 255 in each lane where a > b.
inline Bytes find_above(SignedBytes a, SignedBytes b) noexcept { return reinterpret_cast<Bytes>(a > b); }

/// Bit k: the k-th byte, each of which is 0 or 255.
inline std::uint64_t find_set(Bytes bytes) noexcept {
#if defined(__AVX512BW__)
    return _mm512_movepi8_mask(reinterpret_cast<__m512i>(bytes));
#elif defined(__AVX2__)
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(reinterpret_cast<__m256i>(bytes)));
#elif defined(__SSE2__) && defined(__GNUC__)
    return static_cast<std::uint32_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(bytes)));
#else
    std::uint64_t word = 0;
    for (std::size_t k = 0; k < sizeof bytes; ++k) word |= std::uint64_t{bytes[k] & 1u} << k;
    return word;
#endif
}

}  // namespace
}  // namespace RHEOBASE_ISA
}  // namespace rheobase
