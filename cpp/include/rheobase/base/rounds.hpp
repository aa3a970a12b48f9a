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
    explicit Rounds(std::size_t threads) : begun_(threads), finished_(threads) {}

    /// One thread's part in all rounds. work(share) does a share of the round at hand. When a round is over, every
    /// thread by itself calls its next(), which turns to the next round and says whether there is one: the same on all
    /// threads. Neither may throw.
    template <class Work, class Next>
    void take_part(std::size_t thread, Work work, Next next) noexcept {
        std::uint64_t round = 0;
        do {
            attempt(thread, ++round, work);
            if (wait_patiently(round)) continue;
            for (std::size_t k = 1; k < begun_.size(); ++k) attempt((thread + k) % begun_.size(), round, work);
            wait(round);
        } while (next());
    }

  private:
    static constexpr int least_patience = 32, most_patience = 1024;

    /// The last round in which something came to pass. Cores fetch cache lines by two.
    struct alignas(128) Mark {
        std::atomic<std::uint64_t> round{0};
    };

    template <class Work>
    void attempt(std::size_t share, std::uint64_t round, Work& work) noexcept {
        std::uint64_t before = round - 1;
        auto& begun = begun_[share].round;
        if (begun.load(std::memory_order_relaxed) != before || !begun.compare_exchange_strong(before, round)) return;
        work(share);
        finished_[share].round.store(round, std::memory_order_release);
    }

    std::size_t count_finished(std::uint64_t round, std::size_t known) const noexcept;
    bool wait_patiently(std::uint64_t round) noexcept;
    void wait(std::uint64_t round) const noexcept;

    alignas(128) std::atomic<int> patience_{most_patience};  ///< how often to look before doing another's share
    /// By share. Apart, since others look whether a share is finished while nobody asks whether it was begun.
    std::vector<Mark> begun_, finished_;
};

}  // namespace rheobase
