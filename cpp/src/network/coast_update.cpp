#include "rheobase/network/coast_update.hpp"

#include <algorithm>

#include "rheobase/network/coast_groups.hpp"

namespace rheobase {

std::size_t CoastUpdate::coast(const Stretch& stretch) {
    AwakeNeurons& awake = stretch.awake;
    if (!awake.away()) {
        awake.fetch(home_state(stretch), stretch.end - stretch.begin, loops().coast_size);
        blocks_.wake(stretch.begin, stretch.end);
    }
    const CoastGroups groups(stretch, stage_numbers(), loops().coast_size);
    const CoastBlock block = coast_block(stretch);
    std::vector<std::uint32_t> resting;
    std::size_t alone = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const CoastGroup group = groups[g];
        const Coasted coasted = coast_(block, group);
        for (std::uint32_t k = 0; (coasted.stopped | coasted.resting) >> k != 0; ++k) {
            if (coasted.stopped >> k & 1) advance_alone(stretch, group, k), ++alone;
            if (coasted.resting >> k & 1) resting.push_back(static_cast<std::uint32_t>(group.first + k));
        }
    }
    for (; !resting.empty(); resting.pop_back()) awake.sleep(resting.back());
    for (auto& spikes : stretch.spikes) std::sort(spikes.begin(), spikes.end());
    return alone;
}

Coast CoastUpdate::find_coast() const {
    if (!neurons_.is_linear() || !neurons_.prepared.homogeneous()) return nullptr;
    std::size_t stages = 0;
    for (const Receptor& receptor : neurons_.receptors) {
        if (receptor.delta()) continue;
        if (receptor.kernel->stages != 1 || !receptor.propagators.homogeneous()) return nullptr;
        ++stages;
    }
    return loops().find_coast(neurons_.model.index, neurons_.method, stages);
}

/// The numbers of receptors among those of a block, and one beyond them of those that kick.
std::vector<std::uint32_t> CoastUpdate::stage_numbers() const {
    std::vector<std::uint32_t> numbers;
    std::uint32_t stages = 0;
    for (const Receptor& receptor : neurons_.receptors)
        numbers.push_back(receptor.delta() ? static_cast<std::uint32_t>(max_coast_receptors) : stages++);
    return numbers;
}

/// Where the neurons of a stretch have what changes of them.
StateAtHome CoastUpdate::home_state(const Stretch& stretch) {
    StateAtHome home;
    for (Aligned<double>& values : neurons_.state) home.values.push_back(values.data() + stretch.begin);
    for (std::size_t r = 0; r < neurons_.receptors.size(); ++r)
        if (!neurons_.receptors[r].delta()) home.values.push_back(stretch.slots + r * stretch.slots_per_receptor);
    home.free_from = neurons_.free_from.data() + stretch.begin;
    home.I = neurons_.inputs.same_I_x() ? nullptr : neurons_.inputs.steady_current(stretch.begin);
    return home;
}

/// Those that are awake, with what their loop needs of them.
CoastBlock CoastUpdate::coast_block(const Stretch& stretch) const {
    AwakeNeurons& awake = stretch.awake;
    CoastBlock block;
    block.model = neurons_.prepared.first();
    block.dt = neurons_.dt;
    std::size_t k = 0, staged = 0;
    for (; k < neurons_.state.size(); ++k) block.state[k] = awake.values(k);
    block.free_from = awake.free_from();
    block.same_I = neurons_.inputs.same_I_x();
    block.I = block.same_I ? neurons_.inputs.steady_current(stretch.begin) : awake.I();
    for (const Receptor& receptor : neurons_.receptors) {
        if (receptor.delta()) continue;
        block.propagators[staged] = &receptor.propagator;
        block.stages[staged++] = awake.values(k++);
    }
    return block;
}

/// The k-th neuron of a group, a step at a time.
void CoastUpdate::advance_alone(const Stretch& stretch, const CoastGroup& group, std::uint32_t k) {
    const std::size_t place = group.first + k, neuron = stretch.awake.neuron(place);
    const CoastArrival *next = group.arrivals, *const end = next + group.arrival_count;
    const auto join = [&](std::int64_t s, bool kicks) {
        for (; next != end && next->step == s && (next->stage >= max_coast_receptors) == kicks; ++next)
            if (next->lane == k) stretch.slots[next->slot] += next->weight;
    };
    const std::size_t id = stretch.begin + neuron;
    const NeuronRange alone{id, id + 1, stretch.slots + neuron, stretch.slots_per_receptor};
    stretch.awake.store(place);
    for (std::int64_t s = 0; s < stretch.steps; ++s) {
        join(s, true);
        blocks_.advance_part(stretch.step(s), alone, stretch.spikes[static_cast<std::size_t>(s)]);
        join(s, false);
    }
    stretch.awake.load(place);
}

}  // namespace rheobase
