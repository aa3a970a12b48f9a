#include <initializer_list>

#include "check.hpp"
#include "rheobase/loops/processor.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

// CPUID of an AVX-512 server (Ice Lake): FMA, OSXSAVE and AVX; AVX2, AVX-512 F, DQ, BW and VL.
constexpr std::uint32_t fma = 1u << 12, osxsave = 1u << 27, avx = 1u << 28;
constexpr std::uint32_t avx2 = 1u << 5, avx512f = 1u << 16, avx512dq = 1u << 17, avx512bw = 1u << 30,
                        avx512vl = 1u << 31;
constexpr std::uint64_t all_kept = 0xE7;

ProcessorFlags server() {
    ProcessorFlags flags;
    flags.leaf_1_ecx = fma | osxsave | avx;
    flags.leaf_7_ebx = avx2 | avx512f | avx512dq | avx512bw | avx512vl;
    flags.kept_registers = all_kept;
    return flags;
}

void a_server_has_both() {
    check(server().avx2(), "AVX2");
    check(server().avx512(), "AVX-512");
    check(!ProcessorFlags{}.avx2() && !ProcessorFlags{}.avx512(), "no flag, no instruction set");
}

void each_flag_counts() {
    for (const std::uint32_t missing : {fma, avx}) {
        ProcessorFlags flags = server();
        flags.leaf_1_ecx &= ~missing;
        check(!flags.avx2() && !flags.avx512(), "neither without FMA or AVX");
    }
    for (const std::uint32_t missing : {avx512f, avx512dq, avx512bw, avx512vl}) {
        ProcessorFlags flags = server();
        flags.leaf_7_ebx &= ~missing;
        check(flags.avx2() && !flags.avx512(), "AVX2 alone without one part of AVX-512");
    }
}

void registers_must_be_kept() {
    ProcessorFlags flags = server();
    flags.kept_registers = 0x07;  // a system that does not know of AVX-512
    check(flags.avx2() && !flags.avx512(), "AVX2 alone where 512 bits are not kept");
    flags.kept_registers = 0x03;  // nor of AVX
    check(!flags.avx2() && !flags.avx512(), "neither where 256 bits are not kept");
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
void the_compiler_agrees() {
    const ProcessorFlags flags = processor_flags();
    check(flags.avx2() == (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")), "AVX2 as GCC says");
    check(flags.avx512() == (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")),
          "AVX-512 as GCC says");
}
#else
void the_compiler_agrees() {}
#endif

}  // namespace

int main() {
    a_server_has_both();
    each_flag_counts();
    registers_must_be_kept();
    the_compiler_agrees();
    return failures;
}
