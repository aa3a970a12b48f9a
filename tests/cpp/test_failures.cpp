// What goes wrong on one thread ends the run on all of them, is told to the caller, and leaves a network that runs on.

#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <system_error>

#include "check.hpp"
#include "rheobase/base/errors.hpp"
#include "rheobase/simulation/simulation.hpp"
#include "standard_values.hpp"

#if defined(__linux__)
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#endif

using namespace rheobase;
using namespace rheobase::test;

namespace {

/// Throws once, where it reaches a neuron at a step.
class Failing final : public InjectedCurrent {
  public:
    Failing(std::int64_t step, std::size_t neuron) : step_(step), neuron_(neuron) {}
    void add(const StepContext& step, std::size_t begin, std::size_t end, double*) override {
        if (step.n == step_ && begin <= neuron_ && neuron_ < end) throw std::bad_alloc();
    }

  private:
    std::int64_t step_;
    std::size_t neuron_;
};

/// Neurons that fire at every second step or so, connected with delays, so that spikes are always under way.
void add_busy_neurons(Simulation& net, std::size_t n) {
    ParameterValues values = standard_values(neuron_model("LIF"));
    net.add_neurons("LIF", n, "", values);
    net.neurons(0).inputs().set_current({200.0});
    net.add_receptor(0, Receptor{&synapse_kernel("Exponential"), {5.0}, true, false, 0.0, "e"});
    ConnectionRule rule;
    rule.kind = ConnectionRule::Kind::out_degrees;
    rule.degrees = {20};
    net.connect({0, 0, 0, rule, {Distribution::Kind::constant, 0.1}, {Distribution::Kind::uniform, 0.1, 3.0}});
}

void an_exception_on_any_thread_ends_the_run_of_all() {
    constexpr std::size_t n = 4000;
    for (const std::size_t threads : {1, 2, 4})
        for (const std::size_t neuron : {std::size_t{0}, n / 2, n - 1}) {
            Simulation net(0.1, 3, threads);
            add_busy_neurons(net, n);
            net.neurons(0).inputs().inject(std::make_unique<Failing>(30, neuron));
            throws<std::bad_alloc>([&] { net.run(100); }, "what a thread threw comes out of the run");
            check(net.now() == 31, "the run ended with that step");
            check(net.run(100) == 100 && net.now() == 131, "the network runs on");
            check(!net.recording().take_spikes(0).steps.empty(), "and spikes");
        }
}

void an_exception_of_the_poll_ends_the_run() {
    for (const std::size_t threads : {1, 3}) {
        Simulation net(0.1, 3, threads);
        add_busy_neurons(net, 1000);
        throws<std::runtime_error>(
            [&] { net.run(100000000, [](std::int64_t) -> bool { throw std::runtime_error("poll"); }); },
            "what the poll threw comes out of the run");
        const std::int64_t now = net.now();
        check(now > 0 && net.run(10) == 10 && net.now() == now + 10, "the network runs on");
    }
}

/// A lone step that throws before its spikes are published must not bring back those of the last round of the ring.
void spikes_of_an_unfinished_step_are_forgotten() {
    Simulation net(0.1, 1, 1);
    net.add_trains(1, {2}, {0});
    net.add_neurons("LIF", 1, "", standard_values(neuron_model("LIF")));
    net.add_receptor(1, Receptor{&synapse_kernel("Delta"), {}, true, false, 0.0, "d"});
    ConnectionRule one;
    one.kind = ConnectionRule::Kind::out_degrees;
    one.degrees = {1};
    net.connect({0, 1, 0, one, {Distribution::Kind::constant, 1.0}, {Distribution::Kind::constant, 1}});
    net.neurons(1).inputs().inject(
        std::make_unique<Failing>(3, 0));  // on the way to step 4, whose place in the ring is that of 2
    throws<std::bad_alloc>([&] { net.run(10); }, "the step fails");
    check(net.events() == 1, "the spike was delivered once");
    net.run(10);
    check(net.events() == 1, "and only once");
}

void the_first_of_several_failures_is_named() {
    for (const std::size_t threads : {1, 2, 5}) {
        Simulation net(0.1, 1, threads);
        ParameterValues fast = standard_values(neuron_model("LIF"));
        fast[0] = {0.001};
        for (int p = 0; p < 3; ++p) net.add_neurons("LIF", 100, "euler", fast);
        std::vector<double> late(100, 0.0), early(100, 0.0);
        for (const std::size_t neuron : {97, 40}) late[neuron] = -1e308;
        for (const std::size_t neuron : {3, 2}) early[neuron] = -1e308;
        net.neurons(1).inputs().set_current(late);
        net.neurons(2).inputs().set_current(early);
        try {
            net.run(50);
            check(false, "a state that is not finite ends the run");
        } catch (const NonFiniteState& e) {
            check(e.step == 1 && e.population == 1 && e.neuron == 40, "by step, then population, then neuron");
        }
        check(net.now() == 1, "the run ended with that step");
    }
    const NonFiniteState first(5, 9, 3), later(0, 0, 4), next(5, 10, 3), last(6, 0, 3);
    check(first.before(later) && first.before(next) && first.before(last) && next.before(last), "the order");
    check(!first.before(first) && !later.before(first), "is strict");
}

/// Threads that cannot be started are an error, at every try, and none where they can be later.
void threads_that_cannot_be_started_are_an_error() {
#if defined(__linux__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)  // which reserve the memory
    if (is_emulated()) return;
    const pid_t child = fork();
    if (child == 0) {
        std::size_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        rlimit old{};
        getrlimit(RLIMIT_AS, &old);
        rlimit tight = old;
        tight.rlim_cur = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + (rlim_t{64} << 20);  // a few stacks
        setrlimit(RLIMIT_AS, &tight);
        ThreadPool pool(200);
        int caught = 0, done = 0;
        for (int k = 0; k < 2; ++k) try {
                pool.run([](std::size_t) {});
            } catch (const std::system_error&) {
                ++caught;
            }
        setrlimit(RLIMIT_AS, &old);
        std::atomic<int> calls{0};
        pool.run([&](std::size_t) { ++calls; });
        done = calls;
        _exit(caught == 2 && done == 200 ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "an error twice, then every thread");
#endif
}

}  // namespace

int main() {
    an_exception_on_any_thread_ends_the_run_of_all();
    an_exception_of_the_poll_ends_the_run();
    spikes_of_an_unfinished_step_are_forgotten();
    the_first_of_several_failures_is_named();
    threads_that_cannot_be_started_are_an_error();
    return failures;
}
