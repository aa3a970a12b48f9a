#include "rheobase/loops/processor.hpp"

#if defined(__x86_64__) || defined(_M_X64)
#define RHEOBASE_HAS_CPUID
#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#endif

namespace rheobase {

namespace {

constexpr bool has(std::uint64_t flags, int bit) noexcept { return (flags >> bit & 1u) != 0; }

constexpr bool has_all(std::uint64_t flags, std::uint64_t wanted) noexcept { return (flags & wanted) == wanted; }

#ifdef RHEOBASE_HAS_CPUID
struct Registers {
    std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

Registers cpuid(std::uint32_t leaf) noexcept {
    Registers r;
#if defined(_MSC_VER)
    int out[4];
    __cpuidex(out, static_cast<int>(leaf), 0);
    r = {static_cast<std::uint32_t>(out[0]), static_cast<std::uint32_t>(out[1]), static_cast<std::uint32_t>(out[2]),
         static_cast<std::uint32_t>(out[3])};
#else
    __cpuid_count(leaf, 0, r.eax, r.ebx, r.ecx, r.edx);
#endif
    return r;
}

std::uint64_t xgetbv() noexcept {
#if defined(_MSC_VER) && !defined(__clang__)
    return _xgetbv(0);
#else
    // not the intrinsic: that one asks for a flag of the compiler
    std::uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return static_cast<std::uint64_t>(high) << 32 | low;
#endif
}
#endif

}  // namespace

bool ProcessorFlags::avx2() const noexcept {
    constexpr int fma = 12, avx = 28;        // of leaf 1, ECX
    constexpr int avx2 = 5;                  // of leaf 7, EBX
    constexpr std::uint64_t xmm_ymm = 0x06;  // kept registers of 128 and 256 bits
    return has(leaf_1_ecx, fma) && has(leaf_1_ecx, avx) && has(leaf_7_ebx, avx2) && has_all(kept_registers, xmm_ymm);
}

bool ProcessorFlags::avx512() const noexcept {
    constexpr int f = 16, dq = 17, bw = 30, vl = 31;  // of leaf 7, EBX
    constexpr std::uint64_t masks_zmm = 0xE0;         // kept masks, and registers of 512 bits
    return avx2() && has(leaf_7_ebx, f) && has(leaf_7_ebx, dq) && has(leaf_7_ebx, bw) && has(leaf_7_ebx, vl) &&
           has_all(kept_registers, masks_zmm);
}

ProcessorFlags processor_flags() noexcept {
    ProcessorFlags flags;
#ifdef RHEOBASE_HAS_CPUID
    const std::uint32_t max_leaf = cpuid(0).eax;
    flags.leaf_1_ecx = cpuid(1).ecx;
    if (max_leaf >= 7) flags.leaf_7_ebx = cpuid(7).ebx;
    constexpr int osxsave = 27;  // of leaf 1, ECX: XGETBV may be asked
    if (has(flags.leaf_1_ecx, osxsave)) flags.kept_registers = xgetbv();
#endif
    return flags;
}

}  // namespace rheobase
