#include <atomic>
#include <stdexcept>
#include <vector>

#include "check.hpp"
#include "rheobase/base/thread_pool.hpp"

#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

using namespace rheobase;
using namespace rheobase::test;

namespace {

bool every_thread_works_once(ThreadPool& pool) {
    std::vector<int> visits(pool.size(), 0);
    pool.run([&](std::size_t thread) { ++visits[thread]; });
    for (const int visit : visits)
        if (visit != 1) return false;
    return true;
}

void all_threads_work_again_and_again() {
    for (const std::size_t threads : {1, 2, 3, 7}) {
        ThreadPool pool(threads);
        for (int k = 0; k < 200; ++k) check(every_thread_works_once(pool), "every thread works once a run");
    }
    const ThreadPool unused(5);
}

void an_exception_reaches_the_caller() {
    for (const std::size_t thrower : {0, 1, 2}) {
        ThreadPool pool(3);
        std::atomic<int> others{0};
        const auto work = [&](std::size_t thread) {
            if (thread == thrower) throw std::runtime_error("from a thread");
            ++others;
        };
        throws<std::runtime_error>([&] { pool.run(work); }, "the exception is thrown on");
        check(others == 2, "the others finish first");
        check(every_thread_works_once(pool), "the pool works after an exception");
    }
    ThreadPool one(1);
    throws<std::runtime_error>([&] { one.run([](std::size_t) { throw std::runtime_error("alone"); }); }, "one thread");
}

void a_forked_child_has_threads_of_its_own() {
#if !defined(_WIN32) && !defined(__SANITIZE_THREAD__)  // which cannot follow threads through a fork
    if (is_emulated()) return;
    ThreadPool used(3), fresh(3);
    check(every_thread_works_once(used), "before the fork");
    const pid_t child = fork();
    if (child == 0) {
        bool good = every_thread_works_once(used) && every_thread_works_once(fresh);
        {
            ThreadPool own(2);
            good = good && every_thread_works_once(own);
        }
        _exit(good ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child's pools work");
    check(every_thread_works_once(used) && every_thread_works_once(fresh), "and the parent's go on working");
#endif
}

}  // namespace

int main() {
    all_threads_work_again_and_again();
    an_exception_reaches_the_caller();
    a_forked_child_has_threads_of_its_own();
    return failures;
}
