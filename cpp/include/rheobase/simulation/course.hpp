#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <vector>

#include "rheobase/base/poll.hpp"
#include "rheobase/network/network.hpp"
#include "rheobase/simulation/recording.hpp"
#include "rheobase/simulation/window.hpp"

namespace rheobase {

/// What comes when in one run: its windows one after the other, and what all threads do in the round at hand.
class Course {
  public:
    using Ids = std::vector<std::uint32_t>;
    enum class Round { prepare, sources, window };

    /// From now to `stop`, in windows of at most `free_steps`.
    Course(const Network& network, Recording& recording, std::int64_t stop, std::int64_t free_steps);

    Round round() const noexcept { return round_; }
    Window window() const noexcept { return window_; }
    std::int64_t free_steps() const noexcept { return free_steps_; }
    /// Populations that are advanced before a window.
    const Ids& ahead() const noexcept { return ahead_; }
    /// Those that are advanced step by step within it.
    const Ids& within() const noexcept { return within_; }
    /// Whether all of `within` may take the steps of a window at once.
    bool coasts() const noexcept { return coasts_; }

    /// Between rounds, on one thread, when all others wait: what must be recorded after all; whether there is one more.
    bool go_on() noexcept;

    std::int64_t begin() const noexcept { return begin_; }
    /// Where the run ends; before its time, if it was stopped.
    std::int64_t end() const noexcept { return stop_.load(std::memory_order_acquire); }
    /// From any thread, within a window: no thread can have begun the next one, so that all end with the same step.
    void stop_after_window() noexcept { stop_.store(window_.end, std::memory_order_release); }
    /// By the caller of the run, within a round: asks from time to time whether to stop.
    void look_for_stop(const Poll& poll) noexcept;
    /// What recording or asking threw, or null.
    std::exception_ptr error() const noexcept { return error_; }

  private:
    void choose_ahead(const Network& network);
    void choose_window();
    template <class Work>
    void guard(Work work) noexcept;

    Recording& recording_;
    const std::int64_t begin_, free_steps_;
    std::atomic<std::int64_t> stop_;
    Ids ahead_, within_;
    bool coasts_ = false;
    Round round_ = Round::prepare;
    Window window_;
    std::chrono::steady_clock::time_point asked_ = std::chrono::steady_clock::now();
    std::exception_ptr error_;
};

}  // namespace rheobase
