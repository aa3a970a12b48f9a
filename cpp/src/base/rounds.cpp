#include "rheobase/base/rounds.hpp"

#include <thread>

namespace rheobase {

namespace {

/// Leaves the core's other work a moment, if any can be left.
inline void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

}  // namespace

/// Whether the round ended meanwhile. Who looks in vain halves the patience of all, who does not doubles it: where
/// there are more threads than cores, those that wait soon turn to what others have not begun.
bool Rounds::wait_patiently(std::uint64_t round) noexcept {
    const int patience = patience_.load(std::memory_order_relaxed);
    for (int looks = 0; looks < patience; ++looks) {
        if (!is_on(round)) {
            if (patience < most_patience) patience_.store(2 * patience, std::memory_order_relaxed);
            return true;
        }
        pause();
    }
    if (patience > least_patience) patience_.store(patience / 2, std::memory_order_relaxed);
    return false;
}

void Rounds::wait(std::uint64_t round) const noexcept {
    while (is_on(round)) std::this_thread::yield();
}

}  // namespace rheobase
