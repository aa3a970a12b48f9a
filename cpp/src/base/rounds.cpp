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

/// How many shares from the first one on are finished, the first `known` of which are.
std::size_t Rounds::count_finished(std::uint64_t round, std::size_t known) const noexcept {
    while (known < finished_.size() && finished_[known].round.load(std::memory_order_acquire) >= round) ++known;
    return known;
}

/// Whether the round ended meanwhile. Who looks in vain halves the patience of all, who waits and does not doubles it:
/// where there are more threads than cores, those that wait soon turn to what others have not begun.
bool Rounds::wait_patiently(std::uint64_t round) noexcept {
    const int patience = patience_.load(std::memory_order_relaxed);
    std::size_t finished = 0;
    for (int looks = 0; looks < patience; ++looks) {
        finished = count_finished(round, finished);
        if (finished == finished_.size()) {
            if (looks > 0 && patience < most_patience) patience_.store(2 * patience, std::memory_order_relaxed);
            return true;
        }
        pause();
    }
    if (patience > least_patience) patience_.store(patience / 2, std::memory_order_relaxed);
    return false;
}

void Rounds::wait(std::uint64_t round) const noexcept {
    for (std::size_t finished = 0; (finished = count_finished(round, finished)) < finished_.size();)
        std::this_thread::yield();
}

}  // namespace rheobase
