#include "rheobase/simulation/course.hpp"

#include <algorithm>

namespace rheobase {

Course::Course(const Network& network, Recording& recording, std::int64_t stop, std::int64_t free_steps)
    : recording_(recording),
      begin_(network.now()),
      free_steps_(free_steps),
      stop_(stop),
      window_{network.now(), network.now()} {
    choose_ahead(network);
}

/// Where windows have several steps, sources go before: their spikes may arrive within the window.
void Course::choose_ahead(const Network& network) {
    for (std::uint32_t p = 0; p < network.size(); ++p)
        (free_steps_ > 1 && network.population(p).is_source() ? ahead_ : within_).push_back(p);
    coasts_ =
        free_steps_ > 1 && network.drives().empty() && network.plastic_projections().empty() &&
        std::all_of(within_.begin(), within_.end(), [&](std::uint32_t p) { return network.population(p).coasts(); });
}

bool Course::go_on() noexcept {
    if (round_ == Round::sources) {
        round_ = Round::window;
        return true;
    }
    if (round_ == Round::window && recording_.waits_for_all(window_.end))
        guard([&] { recording_.record_after_all(window_.end); });
    if (window_.end >= end()) return false;
    choose_window();
    round_ = ahead_.empty() ? Round::window : Round::sources;
    return true;
}

void Course::look_for_stop(const Poll& poll) noexcept {
    constexpr auto between = std::chrono::milliseconds(50);
    if (round_ != Round::window || std::chrono::steady_clock::now() - asked_ <= between) return;
    guard([&] {
        if (!poll(window_.end - begin_)) stop_after_window();
    });
    asked_ = std::chrono::steady_clock::now();
}

/// Keeps the first exception for the end of the run, which is near then.
template <class Work>
void Course::guard(Work work) noexcept {
    try {
        work();
    } catch (...) {
        if (!error_) error_ = std::current_exception();
        stop_after_window();
    }
}

/// As many steps as may be, until the run's end or what must be recorded after all threads. Where cells coast, the step
/// that leads to a sample has a window of its own.
void Course::choose_window() {
    const std::int64_t begin = window_.end;
    window_ = {begin, std::min(begin + free_steps_, end())};
    for (std::int64_t step = begin + 1; step < window_.end; ++step)
        if (recording_.waits_for_all(step)) window_.end = step;
    if (coasts_ && recording_.next_sample(begin) <= window_.end)
        window_.end = std::max(begin + 1, recording_.next_sample(begin) - 1);
}

}  // namespace rheobase
