#include "rheobase/network/end_variables.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "rheobase/base/block.hpp"
#include "rheobase/base/errors.hpp"
#include "rheobase/loops/loops.hpp"

namespace rheobase {

namespace {

/// What a run is given, by index.
enum Given : std::size_t { given_arrivals, given_driving, given_time, given_neuron, given_count };

ProgramWorkspace& workspace_of_thread() {
    thread_local ProgramWorkspace workspace;
    return workspace;
}

}  // namespace

EndVariables::EndVariables(const EndProgram& program, const std::vector<double>& values, std::uint32_t tag,
                           std::size_t size, double dt)
    : program_(program), tag_(tag), size_(size), dt_(dt), prepared_(program.prepared_count), driving_(size, 0.0) {
    for (const double value : values) values_.push_back({value});
    for (std::size_t v = 0; v < program.variable_count; ++v) state_.emplace_back(size, 0.0);
}

Location EndVariables::locate(const Leaf& leaf) {
    switch (leaf.kind) {
        case Leaf::Kind::constant:
            return Location::fixed_at(&const_cast<Leaf&>(leaf).value, true);
        case Leaf::Kind::parameter:
            return Location::held_in(values_[leaf.index]);
        case Leaf::Kind::prepared:
            return Location::held_in(prepared_[leaf.index]);
        case Leaf::Kind::state:
            return Location::of_neurons(state_[leaf.index].data());
        case Leaf::Kind::of_neuron:
            return Location::of_neurons(around_.of_neuron[leaf.index]);
        case Leaf::Kind::sum:
            return Location::of_neurons(around_.sums[leaf.index]);
        case Leaf::Kind::leak:
            return Location::held_in(around_.leak);
        case Leaf::Kind::arrival:
            return Location::given_at(given_arrivals);
        case Leaf::Kind::time:
            return Location::given_at(given_time, true);
        case Leaf::Kind::dt:
            return Location::fixed_at(&dt_, true);
        case Leaf::Kind::neuron:
            return Location::given_at(given_neuron);
        default:
            throw InvalidArgument("a leaf must be one that synapses have");
    }
}

Location EndVariables::locate(const Output& output, bool same) {
    switch (output.kind) {
        case Output::Kind::prepared:
            prepared_[output.index].assign(same ? 1 : size_, 0.0);
            return Location::held_in(prepared_[output.index]);
        case Output::Kind::state:
            return Location::of_neurons(state_[output.index].data());
        case Output::Kind::driving:
            if (output.index == 0) return Location::given_at(given_driving);
            if (output.index > 1) return Location::given_at(given_count + output.index - 2);
            return Location::of_neurons(driving_.data());
        default:
            throw InvalidArgument("an output must be one that synapses have");
    }
}

BoundProgram EndVariables::bind(const Program& program) {
    return {program, [this](const Leaf& leaf) { return locate(leaf); },
            [this](const Output& output, bool same) { return locate(output, same); }};
}

void EndVariables::bind(Surroundings surroundings) {
    around_ = std::move(surroundings);
    run_everywhere(bind(program_.prepare));
    step_ = bind_step();
    arrive_ = bind(program_.arrive);
    observe_ = bind(program_.observe);
    if (!std::exchange(started_, true)) run_everywhere(bind(program_.start));
}

/// The step; what nobody records is not computed.
BoundProgram EndVariables::bind_step() {
    Program wanted = around_.left ? program_.step_left : program_.step;
    const auto is_idle = [this](const Output& output) {
        return output.kind == Output::Kind::driving && output.index > 0 && !around_.recorded;
    };
    wanted.outputs.erase(std::remove_if(wanted.outputs.begin(), wanted.outputs.end(), is_idle), wanted.outputs.end());
    step_numbers_ = std::any_of(wanted.leaves.begin(), wanted.leaves.end(),
                                [](const Leaf& leaf) { return leaf.kind == Leaf::Kind::neuron; });
    return bind(wanted);
}

void EndVariables::record() {
    if (!std::exchange(around_.recorded, true)) step_ = bind_step();
}

ProgramRun EndVariables::run(const StepContext& step, std::size_t first, std::size_t n, double* const* given) const {
    return {n, first, given, step.random, tag_, step.n};
}

/// Tells the numbers of n neurons.
void EndVariables::number(std::size_t first, std::size_t n, double* neurons) const {
    if (around_.ids.empty())
        std::iota(neurons, neurons + n, static_cast<double>(first));
    else
        std::copy_n(around_.ids.begin() + static_cast<std::ptrdiff_t>(first), n, neurons);
}

void EndVariables::run_everywhere(const BoundProgram& program) {
    alignas(64) double neurons[block_size];
    for (std::size_t first = 0; first < std::max<std::size_t>(size_, 1); first += block_size) {
        const std::size_t n = std::min(block_size, size_ - std::min(first, size_));
        number(first, n, neurons);
        double* const given[given_count] = {nullptr, nullptr, nullptr, neurons};
        program.run({n, first, given, {}, tag_, 0}, workspace_of_thread());
    }
}

void EndVariables::move(const StepContext& step, std::size_t first, std::size_t n, double* driving) {
    alignas(64) double neurons[block_size];
    double time = static_cast<double>(step.n) * dt_;
    if (step_numbers_) number(first, n, neurons);
    double* const given[given_count] = {nullptr, driving, &time, neurons};
    step_.run(run(step, first, n, given), workspace_of_thread());
}

std::size_t EndVariables::advance(const StepContext& step, std::size_t first, std::size_t n, double* driving) {
    move(step, first, n, driving);
    std::size_t bad = n;
    for (const auto& values : state_) bad = std::min(bad, loops().find_non_finite(values.data() + first, n));
    return bad;
}

void EndVariables::arrive(const StepContext& step, std::size_t first, std::size_t n, const double* arrivals) {
    std::uint32_t reached[block_size];
    const std::size_t count = loops().find_true(arrivals, n, reached);
    if (count == 0) return;
    double time = static_cast<double>(step.n + 1) * dt_;
    double* const given[given_count] = {const_cast<double*>(arrivals), nullptr, &time, nullptr};
    arrive_.run_some(run(step, first, n, given), reached, count, workspace_of_thread());
}

void EndVariables::spike(const StepContext& step, std::size_t first, std::size_t n, const std::uint32_t* positions,
                         std::size_t count, std::uint32_t origin) {
    double time = static_cast<double>(step.n + 1) * dt_;
    double* const given[given_count] = {nullptr, nullptr, &time, nullptr};
    ProgramRun spikes = run(step, first, n, given);
    spikes.origin = origin;
    if (!arrive_.empty()) arrive_.run_some(spikes, positions, count, workspace_of_thread());
}

void EndVariables::give(const StepContext& step, std::size_t first, std::size_t n, double* const* out) {
    alignas(64) double neurons[block_size];
    double time = static_cast<double>(step.n) * dt_;
    number(first, n, neurons);
    std::vector<double*> given{nullptr, nullptr, &time, neurons};
    for (const Output& output : program_.observe.outputs) given.push_back(out[output.index - 2]);
    observe_.run(run(step, first, n, given.data()), workspace_of_thread());
}

void EndVariables::observe() { run_everywhere(observe_); }

void EndVariables::archive(Archive& archive, const std::string& name) {
    for (std::size_t v = 0; v < state_.size(); ++v) archive.state(name + "." + std::to_string(v), state_[v]);
}

}  // namespace rheobase
