#include <cstdlib>
#include <vector>

#include "check.hpp"
#include "rheobase/base/errors.hpp"
#include "rheobase/simulation/simulation.hpp"
#include "standard_values.hpp"

#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

using namespace rheobase;
using namespace rheobase::test;

namespace {

ConnectionRule in_degree(std::uint32_t k) {
    ConnectionRule rule;
    rule.kind = ConnectionRule::Kind::in_degrees;
    rule.degrees = {k};
    return rule;
}

Distribution constant(double value) { return {Distribution::Kind::constant, value}; }

/// Poisson sources, drive and recurrent connections with drawn weights and delays.
void build_network(Simulation& net, const std::string& model, const std::string& method) {
    net.add_poisson(1500, {20.0});
    net.add_neurons(model, 403, method, standard_values(neuron_model(model)));
    const std::size_t fast =
        net.add_receptor(1, Receptor{&synapse_kernel("Exponential"), {4.0}, true, false, 0.0, "x"});
    const std::size_t slow = net.add_receptor(1, Receptor{&synapse_kernel("Alpha"), {2.0}, true, false, 0.0, "e"});
    const std::size_t open =
        net.add_receptor(1, Receptor{&synapse_kernel("DifferenceOfExponentials"), {0.5, 6.0}, false, true, -80.0, "i"});
    net.connect({0, 1, fast, in_degree(50), constant(25.0), constant(1)});
    net.connect({1,
                 1,
                 slow,
                 in_degree(20),
                 {Distribution::Kind::normal, 8.0, 2.0, 0.0, 20.0},
                 {Distribution::Kind::uniform, 0.1, 4.0}});
    net.connect({1, 1, open, in_degree(5), constant(0.2), constant(12)});
    net.add_drive(0, 1, fast, {0.3}, 5.0);
    net.recording().record_state(1, "V", {{0, 1, 200, 402}, 7});
}

struct Outcome {
    std::vector<std::int64_t> steps;
    std::vector<std::int32_t> indices;
    Aligned<double> V;
    std::vector<double> recorded;
    bool operator==(const Outcome& o) const {
        return steps == o.steps && indices == o.indices && V == o.V && recorded == o.recorded;
    }
};

Outcome simulate(const std::string& model, const std::string& method, std::size_t threads,
                 std::vector<std::int64_t> runs) {
    Simulation net(0.1, 9, threads);
    build_network(net, model, method);
    for (const std::int64_t steps : runs) check(net.run(steps) == steps, "all steps are done");
    auto spikes = net.recording().take_spikes(1);
    std::vector<std::int32_t> indices(spikes.size);
    spikes.unpack(indices.data());
    return {spikes.steps, indices, net.neurons(1).variables().find("V").values, net.recording().take_samples(0).values};
}

void results_do_not_depend_on_threads_or_splits() {
    // models in mV, which this input suits; the Python tests take every model through threads
    for (const char* name : {"LIF", "EIF", "AdEx"}) {
        const NeuronModel& model = neuron_model(name);
        for (const Method method : model.methods) {
            const std::string scheme = method_names[static_cast<int>(method)];
            const Outcome whole = simulate(model.name, scheme, 1, {300});
            check(whole.steps.size() > 20, (model.name + " spikes").c_str());
            check(whole.recorded.size() == 4 * 43, "samples at steps 0, 7 … 294");
            check(simulate(model.name, scheme, 3, {300}) == whole,
                  (model.name + ", " + scheme + ": three threads").c_str());
            check(simulate(model.name, scheme, 2, {1, 0, 99, 3, 197}) == whole,
                  (model.name + ", " + scheme + ": split").c_str());
        }
    }
}

/// Rows that fall due as a whole and hold few synapses of a tile: gathered by one thread of three tiles and by two of
/// two, while the spikes of three threads, of one tile each, travel.
void short_rows_are_gathered_to_the_same_bits() {
    std::vector<Aligned<double>> V;
    std::vector<std::uint64_t> events;
    for (const std::size_t threads : {1, 2, 3}) {
        Simulation net(0.1, 4, threads);
        net.add_poisson(100, {200.0});
        net.add_neurons("LIF", 66001, "exact", standard_values(neuron_model("LIF")));
        const std::size_t fast =
            net.add_receptor(1, Receptor{&synapse_kernel("Exponential"), {4.0}, true, false, 0.0, "x"});
        const std::size_t slow =
            net.add_receptor(1, Receptor{&synapse_kernel("Exponential"), {9.0}, true, false, 0.0, "e"});
        net.connect({0, 1, fast, in_degree(2), constant(900.0), constant(1)});
        net.connect({1, 1, fast, in_degree(2), {Distribution::Kind::normal, 8.0, 2.0, 0.0, 20.0}, constant(6)});
        net.connect({1, 1, slow, in_degree(3), constant(10.0), constant(6)});
        net.run(40);
        V.push_back(net.neurons(1).variables().find("V").values);
        events.push_back(net.events());
    }
    check(events[0] > 200000, "sources and neurons spike");
    check(events[1] == events[0] && events[2] == events[0], "as many events on any number of threads");
    check(V[1] == V[0] && V[2] == V[0], "the same states on any number of threads");
}

void empty_populations_and_lone_neurons_run() {
    for (const std::size_t threads : {1, 4}) {
        Simulation net(0.1, 1, threads);
        check(net.run(5) == 5, "a network of nothing");
        for (const std::size_t size : {0, 1}) net.add_neurons("LIF", size, "", standard_values(neuron_model("LIF")));
        net.add_poisson(0, {5.0});
        net.add_trains(1, {6}, {0});
        for (const std::size_t p : {0, 1})
            net.add_receptor(p, Receptor{&synapse_kernel("Delta"), {}, true, false, 0.0, "d"});
        ConnectionRule all;
        all.kind = ConnectionRule::Kind::out_degrees;
        all.degrees = {1};
        net.connect({3, 1, 0, all, constant(100.0), constant(1)});
        net.connect({2, 1, 0, all, constant(100.0), constant(1)});
        net.add_drive(0, 0, 0, {1.0}, 1.0);
        check(net.run(5) == 5, "runs");
        check(net.recording().take_spikes(1).steps == std::vector<std::int64_t>{7},
              "one step after the source's spike");
    }
}

void a_poll_stops_the_run_at_a_step() {
    Simulation net(0.1, 9, 2);
    build_network(net, "EIF", "");
    std::int64_t told = 0;
    const std::int64_t done = net.run(2000000, [&](std::int64_t so_far) {
        told = so_far;
        return false;
    });
    check(done > 0 && done == told && net.now() == done, "the poll was told the steps that were done");
    check(net.recording().take_samples(0).steps.size() == static_cast<std::size_t>(done / 7 + 1),
          "the samples of those steps are kept");
}

void a_state_that_is_not_finite_is_named() {
    for (const std::size_t threads : {1, 3}) {
        Simulation net(0.1, 1, threads);
        net.add_neurons("LIF", 10, "", standard_values(neuron_model("LIF")));
        std::vector<double> I(10, 0.0);
        I[8] = I[6] = -1e308;
        ParameterValues fast = standard_values(neuron_model("LIF"));
        fast[0] = {0.001};
        net.add_neurons("LIF", 10, "euler", fast);
        net.neurons(1).inputs().set_current(I);
        try {
            net.run(100);
            check(false, "a run with an infinite state throws");
        } catch (const NonFiniteState& error) {
            check(error.population == 1 && error.neuron == 6 && error.step == 1, "the first such neuron is named");
        }
        check(net.now() == 1, "the run ended at that step");
        net.neurons(1).inputs().set_current({0.0});
        net.neurons(1).variables().find("V").values.assign(10, -70.0);
        bool ran = true;
        try {
            net.run(0);
        } catch (const NonFiniteState&) {
            ran = false;
        }
        check(ran, "the network can be mended");
    }
}

/// A neuron that is held does not feel an infinite kick: it neither fails nor spikes.
void held_neurons_ignore_infinite_kicks() {
    Simulation net(0.1, 1, 1);
    ParameterValues values = standard_values(neuron_model("LIF"));
    values[neuron_model("LIF").parameter("t_ref")] = {5.0};
    net.add_neurons("LIF", 1, "", values);
    net.add_receptor(0, Receptor{&synapse_kernel("Delta"), {}, true, false, 0.0, "d"});
    net.neurons(0).variables().find("V").values[0] = 0.0;  // spikes at step 1 and is held for 50 steps
    net.run(1);
    net.add_drive(0, 0, 0, {3.0}, 1e308);  // two spikes and more a step, four steps in five: an infinite sum
    net.run(40);
    check(net.recording().take_spikes(0).steps == std::vector<std::int64_t>{1}, "one spike alone");
}

void counters_stand_for_what_happened() {
    Simulation net(0.1, 1, 2);
    net.add_trains(3, {2, 2, 5}, {0, 1, 2});
    net.add_neurons("LIF", 11, "", standard_values(neuron_model("LIF")));
    net.add_receptor(1, Receptor{&synapse_kernel("Exponential"), {5.0}, true, false, 0.0, "x"});
    net.connect({0, 1, 0, in_degree(3), constant(1), constant(4)});
    net.run(20);
    check(net.synapse_count() == 33, "synapses");
    check(net.events() == 33, "every spike reaches eleven synapses");
    check(net.synapse_bytes() >= 66, "two bytes per synapse at least");
    net.recording().record_spikes(0, std::vector<std::uint32_t>{});
    check(net.recording().take_spikes(0).steps.empty(), "what is not recorded is not kept");
}

void what_cannot_be_is_refused() {
    throws<InvalidArgument>([] { Simulation(0.0, 1, 1); }, "dt = 0");
    throws<InvalidArgument>([] { Simulation(std::nan(""), 1, 1); }, "dt not a number");
    Simulation net(0.1, 1, 1);
    net.add_poisson(2, {1.0});
    const ParameterValues lif = standard_values(neuron_model("LIF"));
    net.add_neurons("LIF", 4, "", lif);
    throws<InvalidArgument>([&] { net.add_neurons("LIFE", 4, "", lif); }, "an unknown model");
    throws<InvalidArgument>([&] { net.add_neurons("LIF", 4, "etd2", lif); }, "a method of another model");
    throws<InvalidArgument>([&] { net.add_neurons("LIF", 4, "rk5", lif); }, "an unknown method");
    throws<InvalidArgument>([&] { net.add_neurons("LIF", 4, "", {}); }, "parameters left out");
    throws<InvalidArgument>(
        [&] {
            ParameterValues wrong = lif;
            wrong[0] = {1.0, 2.0};
            net.add_neurons("LIF", 4, "", wrong);
        },
        "two values for four neurons");
    throws<InvalidArgument>([&] { net.neurons(0); }, "a source has no neurons");
    throws<std::out_of_range>([&] { net.neurons(7); }, "no such population");
    throws<InvalidArgument>([&] { net.connect({0, 1, 0, in_degree(1), constant(1), constant(1)}); },
                            "no such receptor");
    throws<InvalidArgument>([&] { net.neurons(1).inputs().set_current({1.0, 2.0}); }, "two inputs for four neurons");
    throws<InvalidArgument>([&] { net.neurons(1).variables().find("W"); }, "no such variable");
    throws<InvalidArgument>([&] { net.recording().record_state(1, "V", {{0}, 0}); }, "every = 0");
    throws<InvalidArgument>([&] { net.add_poisson(2, {-1.0}); }, "a negative rate");
    throws<InvalidArgument>([&] { net.add_poisson(2, {1e300}); }, "a rate that no step comes to the end of");
    throws<InvalidArgument>([&] { net.add_poisson(2, {1.0, 1.0, 1.0}); }, "three rates for two sources");
    throws<InvalidArgument>([&] { net.add_trains(2, {3, 1}, {0, 0}); }, "spikes out of order");
    throws<InvalidArgument>([&] { net.add_trains(2, {1}, {2}); }, "a spike of no source");
    throws<InvalidArgument>([] { synapse_kernel("Beta"); }, "no such kernel");
    check(net.run(3) == 3, "the network runs after all of that");
}

void a_forked_child_runs_on() {
#if !defined(_WIN32) && !defined(__SANITIZE_THREAD__)  // which cannot follow threads through a fork
    if (is_emulated()) return;
    Simulation net(0.1, 9, 3), twin(0.1, 9, 3);
    for (Simulation* each : {&net, &twin}) {
        build_network(*each, "EIF", "");
        each->run(50);
    }
    twin.run(50);
    const Aligned<double> wanted = twin.neurons(1).variables().find("V").values;
    const pid_t child = fork();
    if (child == 0) {
        net.run(50);
        _exit(net.neurons(1).variables().find("V").values == wanted ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child goes on as the parent would");
    net.run(50);
    check(net.neurons(1).variables().find("V").values == wanted, "and so does the parent");
#endif
}

}  // namespace

int main() {
    results_do_not_depend_on_threads_or_splits();
    short_rows_are_gathered_to_the_same_bits();
    empty_populations_and_lone_neurons_run();
    a_poll_stops_the_run_at_a_step();
    a_state_that_is_not_finite_is_named();
    held_neurons_ignore_infinite_kicks();
    counters_stand_for_what_happened();
    what_cannot_be_is_refused();
    a_forked_child_runs_on();
    return failures;
}
