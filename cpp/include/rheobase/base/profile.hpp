#pragma once

#include <chrono>

namespace rheobase {

/// Seconds by phase of the time loop, as the first thread spent them.
struct Profile {
    double send_off = 0.0, kick = 0.0, update = 0.0, publish = 0.0, deliver = 0.0, learn = 0.0, couple = 0.0,
           record = 0.0, wait = 0.0;

    Profile& operator+=(const Profile& other) noexcept {
        send_off += other.send_off;
        kick += other.kick;
        update += other.update;
        publish += other.publish;
        deliver += other.deliver;
        learn += other.learn;
        couple += other.couple;
        record += other.record;
        wait += other.wait;
        return *this;
    }
};

/// Adds the time since the last call to a phase; costs nothing when off.
class Stopwatch {
  public:
    using Clock = std::chrono::steady_clock;
    explicit Stopwatch(bool on) : on_(on) {
        if (on_) last_ = Clock::now();
    }
    void lap(double& phase) {
        if (!on_) return;
        const auto now = Clock::now();
        phase += std::chrono::duration<double>(now - last_).count();
        last_ = now;
    }

  private:
    bool on_;
    Clock::time_point last_{};
};

}  // namespace rheobase
