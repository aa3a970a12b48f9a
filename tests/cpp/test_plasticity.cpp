#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "check.hpp"
#include "rheobase/simulation/simulation.hpp"
#include "standard_values.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

/// What a neuron receives when a projection with a delay of ten steps is made at step 5, between spikes at 2 and 8.
std::vector<double> received(bool plastic, std::size_t threads) {
    Simulation net(0.1, 1, threads);
    net.add_trains(1, {2, 8}, {0, 0});
    net.add_neurons("LeakyIntegrator", 1, "", standard_values(neuron_model("LeakyIntegrator")));
    net.add_receptor(1, Receptor{&synapse_kernel("Exponential"), {5.0}, true, false, 0.0, "e"});
    ConnectionRule one;
    one.kind = ConnectionRule::Kind::out_degrees;
    one.degrees = {1};
    const Distribution weight{Distribution::Kind::constant, 1.0}, delay{Distribution::Kind::constant, 10};
    net.connect({0, 1, 0, one, weight, delay});  // so that the history reaches back
    net.recording().record_state(1, "I_e", {{0}, 1});
    net.run(5);
    // its weights cannot change: only pre neurons spike
    const PlasticityRule& rule = plasticity_rule("PairSTDP");
    const std::vector<double> standard = standard_values(rule);
    const Distribution second{Distribution::Kind::constant, 0.5};
    net.connect(
        {0, 1, 0, one, second, delay, 32, plastic ? &rule : nullptr, plastic ? standard : std::vector<double>{}});
    net.run(25);
    return net.recording().take_samples(0).values;
}

void a_projection_made_between_runs_carries_no_older_spike() {
    for (const std::size_t threads : {1, 2}) {
        const std::vector<double> fixed = received(false, threads), plastic = received(true, threads);
        check(fixed[12] == 0.0 && fixed[13] > 0.0 && fixed[19] > 1.2 * fixed[13],
              "the old spike by one way, the new one by both");
        check(plastic == fixed, "plastic or not");
    }
}

/// Weights of a recurrent network whose spikes take `post_delays` back to their synapses, after a run in pieces.
std::vector<double> learned(const PostDelays& post_delays, std::size_t threads,
                            const std::vector<std::int64_t>& steps) {
    constexpr std::uint32_t n = 600;
    Simulation net(0.1, 1, threads);
    net.add_poisson(n, {80.0});
    net.add_neurons("LIF", n, "", standard_values(neuron_model("LIF")));
    net.add_receptor(1, Receptor{&synapse_kernel("Exponential"), {5.0}, true, false, 0.0, "e"});
    ConnectionRule one, few;
    one.kind = few.kind = ConnectionRule::Kind::in_degrees;
    one.degrees = {1};
    few.degrees = {20};
    const Distribution strong{Distribution::Kind::constant, 400.0}, weight{Distribution::Kind::constant, 0.5};
    const Distribution delay{Distribution::Kind::constant, 7};
    net.connect({0, 1, 0, one, strong, delay});
    const PlasticityRule& rule = plasticity_rule("PairSTDP");
    Network::ProjectionSpec spec{1, 1, 0, few, weight, delay, 32, &rule, standard_values(rule)};
    spec.post_delays = post_delays;
    net.connect(std::move(spec));
    for (const std::int64_t k : steps) net.run(k);
    return net.built_plastic(1).weights();
}

void spikes_reach_their_synapses_after_a_delay_on_any_threads() {
    const PostDelays at_once{}, one{{Distribution::Kind::constant, 12}}, drawn{{Distribution::Kind::uniform, 0.0, 3.0}};
    const auto listed = std::make_shared<const std::vector<std::uint16_t>>(600 * 20, std::uint16_t{12});
    const std::vector<double> plain = learned(at_once, 1, {400});
    for (const PostDelays& post_delays : {one, drawn}) {
        const std::vector<double> wanted = learned(post_delays, 1, {400});
        check(wanted != plain, "the delay matters");
        for (const std::size_t threads : {2, 3})
            check(learned(post_delays, threads, {1, 150, 249}) == wanted, "threads and cuts do not");
    }
    check(learned({{}, listed}, 2, {400}) == learned(one, 1, {400}), "one delay for all or the same for each");
}

}  // namespace

int main() {
    spikes_reach_their_synapses_after_a_delay_on_any_threads();
    a_projection_made_between_runs_carries_no_older_spike();
    return failures;
}
