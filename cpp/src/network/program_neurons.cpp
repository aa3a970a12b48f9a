#include "rheobase/network/program_neurons.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "rheobase/base/block.hpp"
#include "rheobase/base/errors.hpp"
#include "rheobase/loops/loops.hpp"

namespace rheobase {

namespace {

/// What a run is given, by index; receptors, then conditions, follow.
enum Given : std::size_t {
    given_current,
    given_conductance,
    given_jump,
    given_free,
    given_free_from,  ///< next to it, as integers, as is the next
    given_step,
    given_time,
    given_neuron,
    given_period,
    given_others
};

/// A refractory period in steps: what is no time counts as none, what is beyond all simulations as one that ends there.
std::int64_t count_steps(double period, double dt) noexcept {
    constexpr double longest = 1e15;
    const double steps = period / dt + 0.5;
    return steps > 0.0 ? static_cast<std::int64_t>(steps < longest ? steps : longest) : 0;
}

bool has_leaf(const Program& program, Leaf::Kind kind) {
    return std::any_of(program.leaves.begin(), program.leaves.end(),
                       [kind](const Leaf& leaf) { return leaf.kind == kind; });
}

/// Whether some program reads it but the step.
bool reads_beside_step(const NeuronProgram& model, Leaf::Kind kind) {
    return has_leaf(model.release, kind) || has_leaf(model.observe, kind) ||
           std::any_of(model.events.begin(), model.events.end(),
                       [kind](const Program& event) { return has_leaf(event, kind); });
}

/// The neurons that machine code marked.
std::size_t find_marked(const double* marks, std::size_t done, std::uint32_t* positions) noexcept {
    constexpr std::size_t per_word = 64;
    std::size_t count = 0;
    for (std::size_t first = 0; first < done; first += per_word) {
        std::uint64_t word;
        std::memcpy(&word, marks + first / per_word, sizeof word);
        const std::size_t left = done - first;
        if (left < per_word) word &= (std::uint64_t{1} << left) - 1;
        for (; word != 0; word &= word - 1)
            positions[count++] = static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(__builtin_ctzll(word));
    }
    return count;
}

/// The neurons for which a condition holds, whoever found it: machine code for the first ones.
std::size_t find_true(const double* condition, std::size_t n, std::size_t done, std::uint32_t* positions) noexcept {
    std::size_t count = find_marked(condition, done, positions);
    if (done == n) return count;
    const std::size_t all = count + loops().find_true(condition + done, n - done, positions + count);
    for (; count < all; ++count) positions[count] += static_cast<std::uint32_t>(done);
    return all;
}

}  // namespace

ProgramMemory& ProgramMemory::of_thread() {
    thread_local ProgramMemory memory;
    return memory;
}

ProgramNeurons::ProgramNeurons(const NeuronProgram& program, std::uint32_t population, std::size_t size, double dt)
    : program_(program),
      tag_(RandomSource::tag(Purpose::equations, population)),
      size_(size),
      dt_(dt),
      observed_(program.observed.size()),
      is_observed_(program.observed.size(), false),
      reads_neuron_(has_leaf(program.step, Leaf::Kind::neuron) || reads_beside_step(program, Leaf::Kind::neuron)),
      reads_free_(reads_beside_step(program, Leaf::Kind::free)) {}

Location ProgramNeurons::locate(const Leaf& leaf, const Inputs& inputs) {
    switch (leaf.kind) {
        case Leaf::Kind::constant:
            return Location::fixed_at(&const_cast<Leaf&>(leaf).value, true);
        case Leaf::Kind::parameter:
            return Location::held_in((*values_)[leaf.index], true);
        case Leaf::Kind::prepared:
            return Location::held_in(prepared_[leaf.index], true);
        case Leaf::Kind::state:
            return Location::of_neurons((*state_)[leaf.index].data());
        case Leaf::Kind::current:
            return Location::given_at(given_current);
        case Leaf::Kind::conductance:
            return inputs.conductances ? Location::given_at(given_conductance) : Location::fixed_at(&zero_, true);
        case Leaf::Kind::jump:
            return inputs.jumps ? Location::given_at(given_jump) : Location::fixed_at(&zero_, true);
        case Leaf::Kind::free:
            return program_.refractoriness == Refractoriness::none
                       ? Location::fixed_at(&one_, true)
                       : Location{Location::Base::free, false, nullptr, given_free, false};
        case Leaf::Kind::time:
            return Location::given_at(given_time, true);
        case Leaf::Kind::dt:
            return Location::fixed_at(&dt_, true);
        case Leaf::Kind::neuron:
            return Location::given_at(given_neuron);
        case Leaf::Kind::receptor:
            return inputs.receptors[leaf.index] ? Location::given_at(given_others + leaf.index)
                                                : Location::fixed_at(&zero_, true);
        default:
            throw InvalidArgument("a leaf must be one that neurons have");
    }
}

Location ProgramNeurons::locate(const Output& output, bool same) {
    switch (output.kind) {
        case Output::Kind::prepared:
            prepared_[output.index].assign(same ? 1 : size_, 0.0);
            return Location::held_in(prepared_[output.index], true);
        case Output::Kind::state:
            return Location::of_neurons((*state_)[output.index].data());
        case Output::Kind::condition:
            return {Location::Base::condition, false, nullptr, given_others + program_.receptors.size() + output.index,
                    false};
        case Output::Kind::refractory_period:
            return Location::given_at(given_period);
        case Output::Kind::observed:
            return Location::of_neurons(observed_[output.index].data());
        default:
            throw InvalidArgument("an output must be one that neurons have");
    }
}

BoundProgram ProgramNeurons::bind(const Program& program, const Inputs& inputs) {
    return {program, [&](const Leaf& leaf) { return locate(leaf, inputs); },
            [&](const Output& output, bool same) { return locate(output, same); }};
}

/// Of a program that runs in each step, which machine code may take over.
BoundProgram ProgramNeurons::bind_for_steps(const Program& program) {
    BoundProgram bound = bind(program, inputs_);
    if (!bound.empty()) bound.let_machine_code_take_over();
    return bound;
}

std::vector<const BoundProgram*> ProgramNeurons::programs() const {
    std::vector<const BoundProgram*> all;
    for (const BoundProgram* program : {&step_, &observe_})
        if (!program->shape().empty()) all.push_back(program);
    return all;
}

void ProgramNeurons::prepare(ParameterValues& values, std::vector<Aligned<double>>& state, const Inputs& inputs) {
    values_ = &values;
    state_ = &state;
    inputs_ = inputs;
    prepared_.resize(program_.prepared_count);
    run_everywhere(bind(program_.prepare, inputs));
    step_ = bind_for_steps(program_.step);
    needs_free_ = !step_.choose_by_steps() && has_leaf(program_.step, Leaf::Kind::free);
    release_ = bind(program_.release, inputs);
    are_others_written_ =
        std::all_of(state.begin(), state.end(), [this](const auto& v) { return step_.writes(v.data()); });
    events_.clear();
    for (const Program& event : program_.events) events_.push_back(bind(event, inputs));
    bind_observers();
}

BoundProgram ProgramNeurons::bind_observed(bool of_state_alone) {
    Program wanted = program_.observe;
    wanted.outputs.clear();
    for (const Output& output : program_.observe.outputs)
        if (is_observed_[output.index] && !(of_state_alone && program_.reads_input[output.index]))
            wanted.outputs.push_back(output);
    if (wanted.outputs.empty()) return {};
    // who is free when it is observed is known from the beginning of the step alone
    return of_state_alone || has_leaf(wanted, Leaf::Kind::free) ? bind(wanted, inputs_) : bind_for_steps(wanted);
}

void ProgramNeurons::bind_observers() {
    observe_ = bind_observed(false);
    refresh_ = bind_observed(true);
}

void ProgramNeurons::refresh() {
    if (!refresh_.empty()) run_everywhere(refresh_);
}

void ProgramNeurons::run_everywhere(const BoundProgram& program, RandomSource random) {
    ProgramMemory& memory = ProgramMemory::of_thread();
    memory.numbers.resize(std::max(memory.numbers.size(), block_size));
    memory.given.assign(given_others, nullptr);
    memory.given[given_neuron] = memory.numbers.data();
    for (std::size_t first = 0; first < std::max<std::size_t>(size_, 1); first += block_size) {
        std::iota(memory.numbers.begin(), memory.numbers.begin() + block_size, static_cast<double>(first));
        program.run({std::min(block_size, size_ - std::min(first, size_)), first, memory.given.data(), random, tag_, 0},
                    memory.workspace);
    }
}

void ProgramNeurons::start(RandomSource random) { run_everywhere(bind(program_.start, inputs_), random); }

namespace {

std::optional<std::size_t> find(const std::vector<std::string>& names, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}

}  // namespace

std::optional<std::size_t> ProgramNeurons::find_receptor(const std::string& name) const {
    return find(program_.receptors, name);
}

std::optional<std::size_t> ProgramNeurons::find_observed(const std::string& name) const {
    return find(program_.observed, name);
}

std::vector<double> ProgramNeurons::leak_rates() const {
    if (program_.leak_rate < 0) return {};
    const auto& rates = prepared_[static_cast<std::size_t>(program_.leak_rate)];
    return {rates.begin(), rates.begin() + static_cast<std::ptrdiff_t>(rates.size() == 1 ? 1 : size_)};
}

Aligned<double>& ProgramNeurons::observe(std::size_t observed) {
    if (!is_observed_[observed]) {
        is_observed_[observed] = true;
        observed_[observed].assign(size_, 0.0);
        bind_observers();
        refresh();
    }
    return observed_[observed];
}

/// Who is not refractory. Those that a condition holds are released as soon as it does not hold any more.
void ProgramNeurons::find_free(const ProgramBlock& block, const ProgramRun& run, double* free, const double* condition,
                               ProgramWorkspace& workspace) const {
    if (program_.refractoriness == Refractoriness::none) return;
    const bool all = loops().find_free(block.free_from, block.step, block.n, free);
    if (all || program_.refractoriness != Refractoriness::condition) return;
    release_.run(run, workspace);
    for (std::size_t i = 0; i < block.n; ++i)
        if (free[i] == 0.0 && condition[i] == 0.0) block.free_from[i] = block.step;
    loops().find_free(block.free_from, block.step, block.n, free);
}

/// Takes the state a step on: the first neurons by machine code, where there is some, the others by the interpreter.
ProgramNeurons::Advanced ProgramNeurons::advance_state(const ProgramBlock& block, const ProgramRun& run,
                                                       ProgramWorkspace& workspace) const {
    double* const free = run.given[given_free];
    const MachineCode code = step_.machine_code();
    const bool asks =
        reads_free_ || program_.refractoriness == Refractoriness::condition || (code == nullptr && needs_free_);
    if (asks) find_free(block, run, free, run.given[given_others + program_.receptors.size()], workspace);
    MachineCodeResult result{0, 0, 0};
    if (code != nullptr) result = step_.run(code, run, workspace);
    const std::size_t done = result.done;
    if (done == block.n) return {done, {result.non_finite != 0, result.condition != 0}};
    if (!asks && needs_free_) loops().find_free(block.free_from + done, block.step, block.n - done, free + done);
    const ProgramFindings left = step_.interpret(run, done, workspace);
    return {done, {left.non_finite || result.non_finite != 0, left.condition || result.condition != 0}};
}

/// Looks for numbers that are not finite, in what a step has written or else only in all other variables.
void ProgramNeurons::find_non_finite(ProgramBlock& block, bool written) const {
    if (!written && are_others_written_) return;
    for (const auto& values : *state_) {
        if (!written && step_.writes(values.data())) continue;
        const std::size_t at = loops().find_non_finite(values.data() + block.first, block.n);
        if (at < block.n && (block.non_finite < 0 || static_cast<std::int64_t>(at) < block.non_finite))
            block.non_finite = static_cast<std::int64_t>(at);
    }
}

ProgramMemory& ProgramNeurons::memory_of_thread() const {
    ProgramMemory& memory = ProgramMemory::of_thread();
    const std::size_t conditions = given_others + program_.receptors.size();
    memory.numbers.resize(std::max(memory.numbers.size(), (events_.size() + 3) * block_size));
    memory.given.assign(conditions + events_.size(), nullptr);
    double* next = memory.numbers.data();
    for (const std::size_t index : {given_free, given_neuron, given_period})
        memory.given[index] = std::exchange(next, next + block_size);
    for (std::size_t e = 0; e < events_.size(); ++e)
        memory.given[conditions + e] = std::exchange(next, next + block_size);
    return memory;
}

/// Tells programs where a block's inputs lie.
void ProgramNeurons::give(const ProgramBlock& block, double* time, ProgramMemory& memory) const {
    double** const given = memory.given.data();
    given[given_current] = const_cast<double*>(block.I);
    given[given_conductance] = const_cast<double*>(block.G);
    given[given_jump] = const_cast<double*>(block.jump);
    given[given_free_from] = reinterpret_cast<double*>(block.free_from);
    given[given_step] = reinterpret_cast<double*>(const_cast<std::int64_t*>(&block.step));
    given[given_time] = time;
    for (std::size_t r = 0; r < program_.receptors.size(); ++r) given[given_others + r] = block.receptors[r];
    if (reads_neuron_) std::iota(given[given_neuron], given[given_neuron] + block.n, static_cast<double>(block.first));
}

std::size_t ProgramNeurons::advance(ProgramBlock& block, ProgramMemory& memory) {
    double time = static_cast<double>(block.step) * dt_;
    give(block, &time, memory);
    const ProgramRun run{block.n, block.first, memory.given.data(), block.random, tag_, block.step};
    const Advanced result = advance_state(block, run, memory.workspace);
    find_non_finite(block, result.found.non_finite);
    std::size_t spikes = 0;
    if (!events_.empty() && result.found.condition) {
        spikes = find_spikes(block, run.given[given_others + program_.receptors.size()], result.done);
        if (spikes > 0) reset(block, run, spikes, memory.workspace);
        if (events_.size() > 1) run_events(block, run, result.done, memory.workspace);
    }
    if (!observe_.empty()) observe(run, memory.workspace);
    return spikes;
}

/// The neurons that spike: those at threshold that are not refractory.
std::size_t ProgramNeurons::find_spikes(const ProgramBlock& block, const double* condition,
                                        std::size_t done) const noexcept {
    const std::size_t count = find_true(condition, block.n, done, block.spiking);
    if (program_.refractoriness == Refractoriness::none || count == 0) return count;
    const auto is_held = [&block](std::uint32_t i) { return block.free_from[i] > block.step; };
    return static_cast<std::size_t>(std::remove_if(block.spiking, block.spiking + count, is_held) - block.spiking);
}

/// What follows the spikes of a block.
void ProgramNeurons::reset(const ProgramBlock& block, const ProgramRun& run, std::size_t spikes,
                           ProgramWorkspace& workspace) {
    constexpr std::int64_t until_released = std::numeric_limits<std::int64_t>::max();
    if (const auto recorder = recorders_.find(0); recorder != recorders_.end())
        recorder->second.note(block.step + 1, block.first, block.spiking, spikes);
    events_[0].run_some(run, block.spiking, spikes, workspace);
    if (program_.refractoriness == Refractoriness::none) return;
    const double* periods = run.given[given_period];
    for (std::size_t k = 0; k < spikes; ++k) {
        const std::uint32_t i = block.spiking[k];
        block.free_from[i] = program_.refractoriness == Refractoriness::condition
                                 ? until_released
                                 : block.step + 1 + count_steps(periods[i], dt_);
    }
}

/// All events but the spike, each for the neurons that it concerns.
void ProgramNeurons::run_events(const ProgramBlock& block, const ProgramRun& run, std::size_t done,
                                ProgramWorkspace& workspace) {
    std::uint32_t occurring[block_size];
    for (std::size_t e = 1; e < events_.size(); ++e) {
        const double* condition = run.given[given_others + program_.receptors.size() + e];
        const std::size_t count = find_true(condition, block.n, done, occurring);
        if (count == 0) continue;
        if (const auto recorder = recorders_.find(e); recorder != recorders_.end())
            recorder->second.note(block.step + 1, block.first, occurring, count);
        if (const auto marks = marks_.find(e); marks != marks_.end())
            for (std::size_t k = 0; k < count; ++k) marks->second[block.first + occurring[k]] = 1;
        events_[e].run_some(run, occurring, count, workspace);
    }
}

void ProgramNeurons::observe(const ProgramRun& run, ProgramWorkspace& workspace) const {
    const MachineCode code = observe_.machine_code();
    const std::size_t done = code == nullptr ? 0 : observe_.run(code, run, workspace).done;
    if (done < run.n) observe_.interpret(run, done, workspace);
}

}  // namespace rheobase
