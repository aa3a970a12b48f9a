#include "rheobase/simulation/saving.hpp"

#include <string>
#include <vector>

#include "rheobase/base/errors.hpp"

namespace rheobase {

namespace {

std::string name_projection(std::size_t id) { return "projection" + std::to_string(id); }

/// The spikes still under way, by step and index, for any number of threads to take up.
void archive_history(Archive& archive, const std::string& name, Network& network, std::size_t population) {
    SpikeHistory& history = network.history(population);
    std::vector<std::int64_t> steps;
    std::vector<std::uint32_t> indices;
    const std::int64_t now = network.now(), oldest = now - static_cast<std::int64_t>(history.max_delay());
    for (std::int64_t step = oldest; step <= now && !archive.loading(); ++step)
        for (const auto& spikes : history.at(step)) {
            steps.insert(steps.end(), spikes.size(), step);
            indices.insert(indices.end(), spikes.begin(), spikes.end());
        }
    archive.values(name + ".spikes.steps", steps);
    archive.values(name + ".spikes.indices", indices);
    if (!archive.loading()) return;
    require(steps.size() == indices.size(), "saved spikes must have a step and an index each");
    history.clear();
    for (std::size_t k = 0; k < steps.size(); ++k) {
        require(indices[k] < network.population(population).size() && steps[k] <= now,
                "saved spikes do not fit this network");
        // a history that callbacks look back upon is longer than delays need
        if (steps[k] >= oldest) history.at(steps[k])[0].push_back(indices[k]);
    }
}

}  // namespace

void archive_projections(Archive& archive, Network& network) {
    for (const auto& p : network.projections()) {
        archive.number(name_projection(p->id) + ".since", p->since);
        archive.number(name_projection(p->id) + ".batch", p->batch);
    }
}

void archive_state(Archive& archive, Network& network) {
    std::int64_t now = network.now();
    archive.number("now", now);
    network.set_now(now);
    for (std::size_t p = 0; p < network.size(); ++p) {
        const std::string name = "population" + std::to_string(p);
        network.population(p).archive(archive, name);
        archive_history(archive, name, network, p);
    }
    for (const auto& p : network.projections())
        if (Coupling* coupling = network.coupling(p->id)) coupling->archive(archive, name_projection(p->id));
    for (const auto& p : network.projections())
        if (PlasticProjection* plastic = network.plastic(p->id)) plastic->archive(archive, name_projection(p->id), now);
}

}  // namespace rheobase
