#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "check.hpp"
#include "rheobase/base/rounds.hpp"
#include "rheobase/base/thread_pool.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

/// Also where most threads wait for a core. What a round writes is plain memory: the thread sanitizer watches.
void every_share_is_done_once_a_round(std::size_t threads, int rounds) {
    ThreadPool pool(threads);
    Rounds meeting(threads);
    std::vector<int> done(threads, 0);
    int over = 0;
    bool together = true;
    const auto work = [&](std::size_t share) { ++done[share]; };
    const auto next = [&] {
        ++over;
        for (const int times : done) together = together && times == over;
        return over < rounds;
    };
    pool.run([&](std::size_t thread) { meeting.take_part(thread, work, next); });
    check(together, "all shares are done, each once, before the next round begins");
    check(over == rounds, "as many rounds as asked for");
}

void nobody_waits_for_a_thread_that_does_not_come() {
    Rounds meeting(3);
    std::vector<int> done(3, 0);
    int over = 0;
    const auto work = [&](std::size_t share) { ++done[share]; };
    const auto next = [&] { return ++over < 5; };
    meeting.take_part(1, work, next);
    check(done == std::vector<int>{5, 5, 5}, "one thread does the shares of all");
    meeting.take_part(0, work, next);
    check(over == 5, "who comes when all is over does nothing");
}

void who_comes_late_takes_its_share_again() {
    ThreadPool pool(2);
    Rounds meeting(2);
    std::atomic<bool> came{false};
    int over = 0;
    const auto next = [&] {
        ++over;
        return !came || over < 3;
    };
    pool.run([&](std::size_t thread) {
        if (thread == 1) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        meeting.take_part(
            thread,
            [&](std::size_t) {
                if (thread == 1) came = true;
            },
            next);
    });
    check(came, "a late thread does shares again");
}

}  // namespace

int main() {
    every_share_is_done_once_a_round(1, 10);
    every_share_is_done_once_a_round(2, 2000);
    every_share_is_done_once_a_round(16, 300);
    nobody_waits_for_a_thread_that_does_not_come();
    who_comes_late_takes_its_share_again();
    return failures;
}
