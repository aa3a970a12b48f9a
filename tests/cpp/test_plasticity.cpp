#include <vector>

#include "check.hpp"
#include "rheobase/simulation/simulation.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

/// What a neuron receives when a projection with a delay of ten steps is made at step 5, between spikes at 2 and 8.
std::vector<double> received(bool plastic, std::size_t threads) {
    Simulation net(0.1, 1, threads);
    net.add_trains(1, {2, 8}, {0, 0});
    ParameterValues values;
    for (const ParameterInfo& p : neuron_model("LeakyIntegrator").parameters) values.push_back({p.standard});
    net.add_neurons("LeakyIntegrator", 1, "", values);
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
    std::vector<double> standard;
    for (const ParameterInfo& p : rule.parameters) standard.push_back(p.standard);
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

}  // namespace

int main() {
    a_projection_made_between_runs_carries_no_older_spike();
    return failures;
}
