#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <vector>

#include "rheobase/base/errors.hpp"
#include "rheobase/base/poll.hpp"
#include "rheobase/base/profile.hpp"
#include "rheobase/base/thread_pool.hpp"
#include "rheobase/network/network.hpp"
#include "rheobase/simulation/delivery.hpp"
#include "rheobase/simulation/recording.hpp"
#include "rheobase/wiring/layout.hpp"

namespace rheobase {

/// What a run works on.
struct Stage {
    Network& network;
    Layout& layout;
    Delivery& delivery;
    Recording& recording;
};

/// What threads share during one run: when to stop, where to wait.
struct Rendezvous {
    Rendezvous(std::int64_t stop_, std::size_t threads) : stop(stop_), barrier(threads) {}

    std::atomic<std::int64_t> stop;
    Barrier barrier;
};

/// One thread's part in a run: the time loop over the tiles that it owns. Cache lines apart, since every thread writes
/// its own at every step.
class alignas(64) TimeLoop {
  public:
    TimeLoop(const Stage& stage, Rendezvous& rendezvous, std::size_t thread, const Poll& poll, bool profiled);

    void run();

    std::uint64_t events() const noexcept { return events_; }
    const Profile& profile() const noexcept { return profile_; }
    /// What was thrown on this thread, or null.
    std::exception_ptr error() const noexcept { return error_; }
    const std::optional<NonFiniteState>& failure() const noexcept { return failure_; }

  private:
    void send_off(std::size_t tile, const StepContext& step);
    void kick(std::size_t tile, const StepContext& step);
    void update(std::size_t tile, const StepContext& step);
    void publish(std::size_t tile, const StepContext& step);
    void deliver(std::size_t tile, const StepContext& step);
    void learn(std::size_t tile, const StepContext& step);
    void couple(std::size_t tile, const StepContext& step);
    void record(const StepContext& step);
    void wait(const StepContext& step);
    void note_arrivals(std::size_t tile, std::uint64_t events);

    template <class Work>
    void guard(const StepContext& step, Work work) noexcept;
    void stop_after(const StepContext& step) noexcept;
    void abandon(const StepContext& step) noexcept;
    void poll(const StepContext& step);

    Stage stage_;
    Rendezvous& rendezvous_;
    const std::size_t thread_, first_tile_, last_tile_;
    const std::int64_t start_;
    const Poll& poll_;
    std::chrono::steady_clock::time_point polled_;
    Stopwatch stopwatch_;
    Profile profile_;
    std::uint64_t events_ = 0;
    std::vector<std::uint8_t> reached_;  ///< by own tile: something may have arrived since it was updated
    SpikeHistory::Lists found_;          ///< by population: the spikes of the tile at hand
    bool published_ = false;             ///< all spikes of the step are in the histories
    std::optional<NonFiniteState> failure_;
    std::exception_ptr error_;
};

}  // namespace rheobase
