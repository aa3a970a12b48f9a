// Neurons that take the steps between two arrivals at once.

#include <algorithm>
#include <cmath>

#include "rheobase/network/coast_groups.hpp"
#include "rheobase/network/neuron_population.hpp"

namespace rheobase {

namespace {

/// Asks for the state of neurons that will coast next, each of which may lie anywhere.
void prefetch(const CoastGroup& group, const std::vector<const void*>& columns) noexcept {
    for (std::size_t k = 0; k < group.n; ++k)
        for (const void* column : columns)
            __builtin_prefetch(static_cast<const std::uint64_t*>(column) + group.neurons[k]);
}

}  // namespace

/// Whether membranes are linear and nothing but currents of kernels, jumps and a steady current moves them.
bool NeuronPopulation::is_linear() const {
    return same_in_each_step_ && !conductances_ && method_ == Method::exact && !model_.leak_rates(values_).empty();
}

/// Then V goes a part of its way to where currents would bring it, and kernels decay. Numbers below these limits cannot
/// overflow: weights in single precision, and as many arrivals per step as there may be, add less than 1e60 to a stage.
bool NeuronPopulation::stays_finite() const {
    constexpr double moderate = 1e50, far_from_largest = 1e100;
    const auto all_below = [](const auto& numbers, double limit) {
        return std::all_of(numbers.begin(), numbers.end(), [&](double x) { return std::fabs(x) < limit; });
    };
    if (!is_linear() || !prepared_.all_below(moderate) || !all_below(I_x_, far_from_largest)) return false;
    for (const auto& values : state_)
        if (!all_below(values, far_from_largest)) return false;
    return std::all_of(receptors_.begin(), receptors_.end(), [&](const Receptor& receptor) {
        if (receptor.delta()) return true;
        for (std::size_t s = 0; s < receptor.kernel->stages; ++s)
            if (!all_below(receptor.stage[s], far_from_largest)) return false;
        return receptor.propagators.all_below(moderate);
    });
}

/// The loop of these neurons, where they are alike and have few kernels, of one stage.
Coast NeuronPopulation::find_coast() const {
    if (!is_linear() || !prepared_.homogeneous()) return nullptr;
    std::size_t stages = 0;
    for (const Receptor& receptor : receptors_) {
        if (receptor.delta()) continue;
        if (receptor.kernel->stages != 1 || !receptor.propagators.homogeneous()) return nullptr;
        ++stages;
    }
    return loops().find_coast(model_.index, method_, stages);
}

void NeuronPopulation::coast(const Stretch& stretch) {
    if (!stretch.goes_on) {
        sleepers_.wake(stretch.begin, stretch.end);
        quiet_.wake(stretch.begin, stretch.end);
    }
    const CoastBlock block = coast_block(stretch);
    const auto stages =
        std::count_if(receptors_.begin(), receptors_.end(), [](const Receptor& r) { return !r.delta(); });
    std::vector<const void*> columns{block.free_from};  // what each neuron has a number in
    columns.insert(columns.end(), block.state, block.state + state_.size());
    columns.insert(columns.end(), block.stages, block.stages + stages);
    const CoastGroups groups(stretch, stage_numbers(), loops().coast_size, sleepers_);
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const CoastGroup group = groups[g];
        if (g + 1 < groups.size()) prefetch(groups[g + 1], columns);
        const Coasted coasted = coast_(block, group);
        for (std::uint32_t k = 0; (coasted.stopped | coasted.resting) >> k != 0; ++k) {
            if (coasted.stopped >> k & 1) advance_alone(stretch, group, k);
            if (coasted.resting >> k & 1) sleepers_.sleep(stretch.begin + group.neurons[k]);
        }
    }
}

/// The k-th neuron of a group, a step at a time.
void NeuronPopulation::advance_alone(const Stretch& stretch, const CoastGroup& group, std::uint32_t k) {
    const std::size_t neuron = group.neurons[k];
    const CoastArrival *next = group.arrivals, *const end = next + group.arrival_count;
    const auto join = [&](std::int64_t s, bool kicks) {
        for (; next != end && next->step == s && (next->stage >= max_coast_receptors) == kicks; ++next)
            if (next->lane == k) stretch.slots[next->slot] += next->weight;
    };
    for (std::int64_t s = 0; s < stretch.steps; ++s) {
        join(s, true);
        advance_blocks(stretch.step(s), stretch.begin + neuron, stretch.begin + neuron + 1, stretch.slots + neuron,
                       stretch.slots_per_receptor, false, false, stretch.spikes[static_cast<std::size_t>(s)]);
        join(s, false);
    }
}

/// The numbers of receptors among those of a block, and one beyond them of those that kick.
std::vector<std::uint32_t> NeuronPopulation::stage_numbers() const {
    std::vector<std::uint32_t> numbers;
    std::uint32_t stages = 0;
    for (const Receptor& receptor : receptors_)
        numbers.push_back(receptor.delta() ? static_cast<std::uint32_t>(max_coast_receptors) : stages++);
    return numbers;
}

/// The neurons of a stretch, with what its loop needs of them.
CoastBlock NeuronPopulation::coast_block(const Stretch& stretch) {
    CoastBlock block;
    block.model = prepared_.first();
    block.dt = dt_;
    for (std::size_t v = 0; v < state_.size(); ++v) block.state[v] = state_[v].data() + stretch.begin;
    block.free_from = free_from_.data() + stretch.begin;
    block.same_I = I_x_.size() == 1;
    block.I = block.same_I ? same_I_x_.data() : I_x_.data() + stretch.begin;
    std::size_t staged = 0;
    for (std::size_t r = 0; r < receptors_.size(); ++r) {
        if (receptors_[r].delta()) continue;
        block.propagators[staged] = &receptors_[r].propagator;
        block.stages[staged++] = stretch.slots + r * stretch.slots_per_receptor;
    }
    return block;
}

}  // namespace rheobase
