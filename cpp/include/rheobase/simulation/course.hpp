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

/// What comes when in one run. Every thread follows it by itself, and all find the same.
class Course {
  public:
    using Ids = std::vector<std::uint32_t>;
    enum class Round { prepare, sources, window, record };
    /// Where in its course a run is: what all threads do now, and in which window.
    struct Turn {
        Round round;
        Window window;
    };

    /// From now to `stop`, in windows of at most `free_steps`.
    Course(const Network& network, const Recording& recording, std::int64_t stop, std::int64_t free_steps);

    std::int64_t free_steps() const noexcept { return free_steps_; }
    /// Populations that are advanced before a window.
    const Ids& ahead() const noexcept { return ahead_; }
    /// Those that are advanced step by step within it.
    const Ids& within() const noexcept { return within_; }
    /// Whether all of `within` may take the steps of a window at once.
    bool coasts() const noexcept { return coasts_; }

    Turn first() const noexcept { return {Round::prepare, {begin_, begin_}}; }
    /// When all threads have done what was theirs: what comes next, if anything does.
    bool go_on(Turn& turn) const noexcept;

    std::int64_t begin() const noexcept { return begin_; }
    /// Where the run ends; before its time, if it was stopped.
    std::int64_t end() const noexcept { return stop_.load(std::memory_order_acquire); }
    /// From any thread, within a window: no thread can have begun the next one, so that all end with the same step.
    void stop_after(Window window) noexcept { stop_.store(window.end, std::memory_order_release); }
    /// By the caller of the run, within a round: asks from time to time whether to stop.
    void look_for_stop(const Turn& turn, const Poll& poll) noexcept;
    /// What asking threw, or null.
    std::exception_ptr error() const noexcept { return error_; }

  private:
    void choose_ahead(const Network& network);
    Window window_after(std::int64_t begin) const noexcept;

    const Recording& recording_;
    const std::int64_t begin_, free_steps_;
    std::atomic<std::int64_t> stop_;
    Ids ahead_, within_;
    bool coasts_ = false;
    std::chrono::steady_clock::time_point asked_ = std::chrono::steady_clock::now();
    std::exception_ptr error_;
};

}  // namespace rheobase
