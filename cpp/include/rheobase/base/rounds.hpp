#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rheobase {

/// Work in rounds, of which every thread has a share. Who has done its own does those that others have not begun, so
/// that nobody waits for a thread that has no core, but only for one that lost it within its share.
class Rounds {
  public:
    explicit Rounds(std::size_t threads) : unfinished_(threads), begun_(threads) {}

    /// One thread's part in all rounds. work(share) does a share; next() is called between rounds, by whoever finished
    /// the last share, and says whether there is another round. Neither may throw.
    template <class Work, class Next>
    void take_part(std::size_t thread, Work work, Next next) noexcept {
        for (std::uint64_t round = round_.load(std::memory_order_acquire); round != over;
             round = round_.load(std::memory_order_acquire)) {
            attempt(thread, round, work, next);
            if (wait_patiently(round)) continue;
            for (std::size_t k = 1; k < begun_.size(); ++k) attempt((thread + k) % begun_.size(), round, work, next);
            wait(round);
        }
    }

  private:
    static constexpr std::uint64_t over = UINT64_MAX;
    static constexpr int least_patience = 32, most_patience = 1024;

    /// In a cache line of its own.
    struct alignas(64) Begun {
        std::atomic<std::uint64_t> round{0};
    };

    template <class Work, class Next>
    void attempt(std::size_t share, std::uint64_t round, Work& work, Next& next) noexcept {
        std::uint64_t before = round - 1;
        auto& begun = begun_[share].round;
        if (begun.load(std::memory_order_relaxed) != before || !begun.compare_exchange_strong(before, round)) return;
        work(share);
        if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
        unfinished_.store(begun_.size(), std::memory_order_relaxed);
        round_.store(next() ? round + 1 : over, std::memory_order_release);
    }

    bool is_on(std::uint64_t round) const noexcept { return round_.load(std::memory_order_acquire) == round; }
    bool wait_patiently(std::uint64_t round) noexcept;
    void wait(std::uint64_t round) const noexcept;

    alignas(64) std::atomic<int> patience_{most_patience};  ///< how often to look before doing another's share
    alignas(64) std::atomic<std::size_t> unfinished_;
    alignas(64) std::atomic<std::uint64_t> round_{1};
    std::vector<Begun> begun_;  ///< by share: the last round in which it was begun
};

}  // namespace rheobase
