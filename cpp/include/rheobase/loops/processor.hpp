#pragma once

#include <cstdint>

namespace rheobase {

/// What decides which instruction sets an x86 processor offers: the answers of CPUID, and of XGETBV, which says the
/// registers that the operating system keeps when it changes from one thread to another.
struct ProcessorFlags {
    std::uint32_t leaf_1_ecx = 0, leaf_7_ebx = 0;
    std::uint64_t kept_registers = 0;

    /// AVX2 and fused multiply-add.
    bool avx2() const noexcept;
    /// AVX-512 F, DQ, BW and VL besides.
    bool avx512() const noexcept;
};

/// The flags of the machine at hand; none where it is no x86. They are asked from the processor itself, for the answer
/// of a compiler's run-time library depends on the compiler (that of Zig knows of no instruction set at all).
ProcessorFlags processor_flags() noexcept;

}  // namespace rheobase
