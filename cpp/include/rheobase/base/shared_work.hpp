#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>

#include "rheobase/base/poll.hpp"

namespace rheobase {

/// A poll stopped a call that does nothing by halves.
class Stopped : public std::exception {
  public:
    const char* what() const noexcept override { return "stopped"; }
};

/// Work that threads share, told from time to time to a poll, which may stop it.
class SharedWork {
  public:
    static constexpr std::chrono::milliseconds between_polls{50};

    /// The poll, which may be null, must outlive the work.
    explicit SharedWork(const Poll& poll) : poll_(poll), polled_(std::chrono::steady_clock::now()) {}

    /// Adds to what is done; throws Stopped if the poll has stopped the work.
    void add(std::int64_t done) {
        done_.fetch_add(done, std::memory_order_relaxed);
        if (stopped_.load(std::memory_order_relaxed)) throw Stopped();
    }
    /// Polls if it is time. For the thread that made the call alone.
    void poll() {
        if (!poll_ || std::chrono::steady_clock::now() - polled_ < between_polls) return;
        if (!poll_(done_.load(std::memory_order_relaxed))) stopped_.store(true, std::memory_order_relaxed);
        polled_ = std::chrono::steady_clock::now();
    }

  private:
    const Poll& poll_;
    std::chrono::steady_clock::time_point polled_;
    std::atomic<std::int64_t> done_{0};
    std::atomic<bool> stopped_{false};
};

/// One thread's part in it, which tells what is done by the thousand.
class WorkShare {
  public:
    WorkShare(SharedWork& work, std::size_t thread) : work_(work), thread_(thread) {}

    /// Notes that so much is done. Throws Stopped where the work is to end.
    void advance(std::size_t done) {
        waiting_ += done + 1;  // what does nothing takes time as well
        done_ += done;
        if (waiting_ < enough) return;
        if (thread_ == 0) work_.poll();
        work_.add(static_cast<std::int64_t>(done_));
        waiting_ = done_ = 0;
    }

  private:
    static constexpr std::size_t enough = 4096;
    SharedWork& work_;
    const std::size_t thread_;
    std::size_t waiting_ = 0, done_ = 0;
};

}  // namespace rheobase
