#include <atomic>
#include <chrono>
#include <climits>
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
    std::vector<std::vector<int>> done(static_cast<std::size_t>(rounds), std::vector<int>(threads, 0));
    std::atomic<bool> together{true};
    pool.run([&](std::size_t thread) {
        int round = 0;
        const auto work = [&](std::size_t share) {
            ++done[static_cast<std::size_t>(round)][share];
            if (round == 0) return;
            for (const int times : done[static_cast<std::size_t>(round) - 1])
                if (times != 1) together = false;
        };
        meeting.take_part(thread, work, [&] { return ++round < rounds; });
        if (round != rounds) together = false;
    });
    check(together, "all shares are done, each once, before the next round begins, and as many rounds as asked for");
    check(done.back() == std::vector<int>(threads, 1), "the last round as well");
}

void nobody_waits_for_a_thread_that_does_not_come() {
    Rounds meeting(3);
    std::vector<int> done(3, 0);
    const auto work = [&](std::size_t share) { ++done[share]; };
    for (const std::size_t thread : {1, 0}) {
        int over = 0;
        meeting.take_part(thread, work, [&] { return ++over < 5; });
        check(over == 5, "every thread follows all rounds");
        check(done == std::vector<int>{5, 5, 5}, "one thread does the shares of all, and who comes late does nothing");
    }
}

void who_comes_late_takes_its_share_again() {
    ThreadPool pool(2);
    Rounds meeting(2);
    std::atomic<int> last{INT_MAX};  // the round, as chosen in one before
    std::atomic<bool> came{false};
    pool.run([&](std::size_t thread) {
        if (thread == 1) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        int round = 0;
        meeting.take_part(
            thread,
            [&](std::size_t) {
                if (thread != 1 || came) return;
                came = true;
                last = round + 1;
            },
            [&] { return round++ < last; });
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
