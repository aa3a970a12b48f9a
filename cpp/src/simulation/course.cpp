#include "rheobase/simulation/course.hpp"

#include <algorithm>

namespace rheobase {

Course::Course(const Network& network, const Recording& recording, std::int64_t stop, std::int64_t free_steps)
    : recording_(recording), begin_(network.now()), free_steps_(free_steps), stop_(stop) {
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

/// A thread that comes late may find that the run was stopped after a later window than the one it follows: no earlier
/// one ends otherwise for that.
bool Course::go_on(Turn& turn) const noexcept {
    if (turn.round == Round::sources) {
        turn.round = Round::window;
        return true;
    }
    if (turn.round == Round::window && recording_.waits_for_all(turn.window.end)) {
        turn.round = Round::record;
        return true;
    }
    if (turn.window.end >= end()) return false;
    turn = {ahead_.empty() ? Round::window : Round::sources, window_after(turn.window.end)};
    return true;
}

/// An exception is kept for the end of the run, which is near then.
void Course::look_for_stop(const Turn& turn, const Poll& poll) noexcept {
    constexpr auto between = std::chrono::milliseconds(50);
    if (turn.round != Round::window || std::chrono::steady_clock::now() - asked_ <= between) return;
    try {
        if (!poll(turn.window.end - begin_)) stop_after(turn.window);
    } catch (...) {
        error_ = std::current_exception();
        stop_after(turn.window);
    }
    asked_ = std::chrono::steady_clock::now();
}

/// As many steps as may be, until the run's end or what must be recorded after all threads. Where cells coast, the step
/// that leads to a sample has a window of its own.
Window Course::window_after(std::int64_t begin) const noexcept {
    Window window{begin, std::min(begin + free_steps_, end())};
    for (std::int64_t step = begin + 1; step < window.end; ++step)
        if (recording_.waits_for_all(step)) window.end = step;
    if (coasts_ && recording_.next_sample(begin) <= window.end)
        window.end = std::max(begin + 1, recording_.next_sample(begin) - 1);
    return window;
}

}  // namespace rheobase
