#pragma once

namespace rheobase {

/// Which caches a line of memory is brought to.
enum class Into { all, L2 };

/// Asks for the line of memory at an address, which will be read soon. The empty statement does nothing; without it,
/// GCC takes a function that only asks for memory for one without effect, and drops all calls of it.
template <Into into = Into::all>
[[gnu::always_inline]] inline void prefetch(const void* at) noexcept {
    __builtin_prefetch(at, 0, into == Into::all ? 3 : 2);
    asm volatile("");
}

}  // namespace rheobase
