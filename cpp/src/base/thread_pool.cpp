#include "rheobase/base/thread_pool.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <system_error>

#if defined(_WIN32)
#include <process.h>
static long process_id() { return _getpid(); }
#else
#include <unistd.h>
static long process_id() { return static_cast<long>(getpid()); }
#endif

namespace rheobase {

struct ThreadPool::Crew {
    std::mutex mutex;
    std::condition_variable wake, done;
    const std::function<void(std::size_t)>* work = nullptr;
    std::uint64_t job = 0;
    std::size_t busy = 0;
    bool leave = false;
    std::exception_ptr error;
    std::vector<std::thread> threads;

    void serve(std::size_t thread) {
        std::uint64_t last = 0;
        std::unique_lock lock(mutex);
        for (;;) {
            wake.wait(lock, [&] { return leave || job != last; });
            if (leave) return;
            last = job;
            lock.unlock();
            attempt(thread);
            lock.lock();
            if (--busy == 0) done.notify_one();
        }
    }

    void attempt(std::size_t thread) noexcept {
        guarded([&] { (*work)(thread); });
    }

    /// Keeps the first exception for when all are done.
    template <class Part>
    void guarded(Part part) noexcept {
        try {
            part();
        } catch (...) {
            const std::lock_guard guard(mutex);
            if (!error) error = std::current_exception();
        }
    }

    void wait_for_all(const std::function<void()>& meanwhile) {
        constexpr auto between_calls = std::chrono::milliseconds(20);
        const auto all_done = [&] { return busy == 0; };
        std::unique_lock lock(mutex);
        if (!meanwhile) return done.wait(lock, all_done);
        while (!done.wait_for(lock, between_calls, all_done)) {
            lock.unlock();
            guarded(meanwhile);
            lock.lock();
        }
    }
};

ThreadPool::ThreadPool(std::size_t threads) : size_(threads) {}

ThreadPool::~ThreadPool() { dismiss(); }

void ThreadPool::dismiss() noexcept {
    if (!crew_) return;
    if (owner_ != process_id()) {
        static_cast<void>(crew_.release());  // a forked child has none of these threads to join
        return;
    }
    {
        const std::lock_guard guard(crew_->mutex);
        crew_->leave = true;
    }
    crew_->wake.notify_all();
    for (auto& thread : crew_->threads) thread.join();
    crew_.reset();
}

void ThreadPool::start() {
    if (crew_ && owner_ == process_id()) return;
    dismiss();
    crew_ = std::make_unique<Crew>();
    owner_ = process_id();
    try {
        crew_->threads.reserve(size_ - 1);
        for (std::size_t t = 1; t < size_; ++t)
            crew_->threads.emplace_back([crew = crew_.get(), t] { crew->serve(t); });
    } catch (const std::system_error& error) {
        const std::size_t started = crew_->threads.size() + 1;
        dismiss();  // a crew that lacks threads would be waited for in vain
        throw std::system_error(error.code(), "only " + std::to_string(started) + " of " + std::to_string(size_) +
                                                  " threads could be started");
    } catch (...) {
        dismiss();
        throw;
    }
}

void ThreadPool::run(const std::function<void(std::size_t)>& work, const std::function<void()>& meanwhile) {
    if (size_ == 1) {
        work(0);
        return;
    }
    start();
    {
        const std::lock_guard guard(crew_->mutex);
        crew_->work = &work;
        crew_->busy = size_ - 1;
        crew_->error = nullptr;
        ++crew_->job;
    }
    crew_->wake.notify_all();
    crew_->attempt(0);
    crew_->wait_for_all(meanwhile);
    if (crew_->error) std::rethrow_exception(crew_->error);
}

}  // namespace rheobase
