#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace rheobase {

/// Threads that run one function together; the caller is thread 0. They are started at the first use and started
/// again after a fork, which copies only the caller.
class ThreadPool {
  public:
    explicit ThreadPool(std::size_t threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    std::size_t size() const noexcept { return size_; }

    /// Calls work(thread) on every thread and returns when all are done; the first exception is thrown on. While the
    /// caller, its own part done, waits for others, it calls `meanwhile` from time to time. Throws std::system_error,
    /// and calls nothing, where the threads cannot be started; the next call tries again.
    void run(const std::function<void(std::size_t)>& work, const std::function<void()>& meanwhile = nullptr);

  private:
    struct Crew;  // the threads and what they wait on
    void start();
    void dismiss() noexcept;

    std::size_t size_;
    std::unique_ptr<Crew> crew_;
    long owner_ = 0;  // process that started the crew
};

}  // namespace rheobase
