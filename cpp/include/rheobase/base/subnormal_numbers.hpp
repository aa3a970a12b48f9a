#pragma once

#ifdef RHEOBASE_X86
#include <immintrin.h>
#endif

namespace rheobase {

/// While it lives, numbers below the smallest normal one are zero for its thread, whether a result or an operand, where
/// that is wanted. On x86 alone, whose instructions take a hundred times as long with such a number among theirs.
class SubnormalsAreZero {
  public:
#ifdef RHEOBASE_X86
    explicit SubnormalsAreZero(bool wanted) noexcept : before_(_mm_getcsr()) {
        if (wanted) _mm_setcsr(before_ | results | operands);
    }
    ~SubnormalsAreZero() { _mm_setcsr(before_); }
#else
    explicit SubnormalsAreZero(bool) noexcept {}
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
