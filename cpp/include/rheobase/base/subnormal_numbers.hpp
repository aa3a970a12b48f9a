#pragma once

#ifdef RHEOBASE_X86
#include <immintrin.h>
#endif

namespace rheobase {

/// While it lives, numbers below the smallest normal one are zero for its thread, whether a result or an operand. On
/// x86 alone, whose instructions take a hundred times as long with such a number among theirs.
class SubnormalsAreZero {
  public:
#ifdef RHEOBASE_X86
    SubnormalsAreZero() noexcept : before_(_mm_getcsr()) { _mm_setcsr(before_ | results | operands); }
    ~SubnormalsAreZero() { _mm_setcsr(before_); }
#else
    SubnormalsAreZero() noexcept {}
    ~SubnormalsAreZero() {}
#endif
    SubnormalsAreZero(const SubnormalsAreZero&) = delete;
    SubnormalsAreZero& operator=(const SubnormalsAreZero&) = delete;

#ifdef RHEOBASE_X86
  private:
    static constexpr unsigned results = 0x8000, operands = 0x0040;
    unsigned before_;
#endif
};

}  // namespace rheobase
