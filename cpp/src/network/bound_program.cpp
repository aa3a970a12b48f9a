#include "rheobase/network/bound_program.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "rheobase/base/block.hpp"
#include "rheobase/loops/loops.hpp"

namespace rheobase {

namespace {

bool is_given(const Location& place) noexcept {
    return place.base != Location::Base::fixed && place.base != Location::Base::neurons;
}

}  // namespace

BoundProgram::BoundProgram(const Program& program, const LocateLeaf& locate_leaf, const LocateOutput& locate_output) {
    BoundSteps bound = bind_steps(program, locate_leaf, locate_output);
    constants_ = std::move(bound.constants);
    slots_ = std::move(bound.slots);
    steps_ = std::move(bound.steps);
    numbers_ = bound.numbers;
    find_places();
    watch();
}

/// Sorts the slots by what their memory depends on, and finds the steps that draw.
void BoundProgram::find_places() {
    for (std::size_t s = 0; s < slots_.size(); ++s) {
        const BoundSlot& slot = slots_[s];
        data_.push_back(slot.place.data);
        if (slot.temporary)
            temporary_.push_back(static_cast<std::uint32_t>(s));
        else if (is_given(slot.place))
            given_.push_back(static_cast<std::uint32_t>(s));
        else if (slot.place.base == Location::Base::neurons)
            moving_.push_back(static_cast<std::uint32_t>(s));
        if (!slot.temporary && !slot.place.same) gathered_.push_back(static_cast<std::uint32_t>(s));
    }
    for (std::size_t k = 0; k < steps_.size(); ++k)
        if (steps_[k].apply == nullptr) drawing_.push_back(static_cast<std::uint32_t>(k));
}

/// Lets the last steps that write to the population, and those that write conditions, look at what they write.
void BoundProgram::watch() {
    watches_numbers_ = watches_conditions_ = true;
    for (std::size_t s = 0; s < slots_.size(); ++s) {
        const auto slot = static_cast<std::uint32_t>(s);
        if (!slots_[s].written) continue;
        if (slots_[s].place.base == Location::Base::neurons)
            watches_numbers_ = watch_last(slot, Watch::non_finite) && watches_numbers_;
        else if (slots_[s].place.base == Location::Base::condition)
            watches_conditions_ = watch_last(slot, Watch::condition) && watches_conditions_;
    }
}

/// Lets the last step that writes to a slot look at it, where there is a loop that does.
bool BoundProgram::watch_last(std::uint32_t slot, Watch what) {
    const auto last =
        std::find_if(steps_.rbegin(), steps_.rend(), [&](const BoundStep& step) { return step.out == slot; });
    if (last == steps_.rend() || last->apply == nullptr || last->same) return false;
    if (is_comparison(last->operation) != (what == Watch::condition)) return false;
    const VectorOperation watching = loops().find_vector_operation(last->operation, last->said | with_watch);
    if (watching == nullptr) return false;
    last->said |= with_watch;
    last->apply = watching;
    last->watch = what;
    return true;
}

bool BoundProgram::choose_by_steps() {
    const auto is_free = [this](std::uint32_t slot) { return slots_[slot].place.base == Location::Base::free; };
    std::vector<BoundStep*> choices;
    for (BoundStep& step : steps_)
        for (std::size_t o = 0; o < count_operands(step.operation); ++o) {
            if (!is_free(step.in[o])) continue;
            if (o != 0 || !is_choice(step.operation)) return false;
            choices.push_back(&step);
        }
    if (choices.empty()) return false;
    const Location& free = slots_[choices[0]->in[0]].place;
    slots_.push_back({{Location::Base::given, true, nullptr, free.index + 2, false}, false, true, false, 0});
    data_.push_back(nullptr);
    const auto now = static_cast<std::uint32_t>(slots_.size() - 1);
    given_.push_back(now);
    for (BoundStep* step : choices) {
        step->said |= free_by_steps;
        step->apply = loops().find_vector_operation(step->operation, step->said);
        step->in[step->places++] = now;
    }
    chooses_by_steps_ = true;
    return true;
}

bool BoundProgram::writes(const double* data) const noexcept {
    return std::any_of(slots_.begin(), slots_.end(),
                       [data](const BoundSlot& slot) { return slot.written && slot.place.data == data; });
}

ProgramListing BoundProgram::listing() const {
    ProgramListing listing;
    for (const BoundSlot& slot : slots_) {
        const Location& place = slot.place;
        listing.slots.push_back({place.base, place.same, slot.temporary, place.index,
                                 place.known ? std::optional<double>(*place.data) : std::nullopt});
    }
    for (const BoundStep& step : steps_)
        listing.steps.push_back(
            {step.operation, step.same, step.out, {step.in, step.in + count_operands(step.operation)}});
    return listing;
}

namespace {

std::string shape_of(const ProgramListing& listing) {
    std::ostringstream text;
    text << std::hexfloat;
    for (const ProgramListing::Slot& slot : listing.slots) {
        text << static_cast<int>(slot.base) << ' ' << slot.same << slot.temporary << ' ' << slot.index;
        if (slot.known) text << ' ' << *slot.known;
        text << ';';
    }
    for (const ProgramListing::Step& step : listing.steps) {
        text << static_cast<int>(step.operation) << ' ' << step.same << ' ' << step.out;
        for (const std::uint32_t in : step.in) text << ' ' << in;
        text << ';';
    }
    return text.str();
}

}  // namespace

void BoundProgram::let_machine_code_take_over() {
    shape_ = shape_of(listing());
    machine_code_ = &machine_code_place(shape_);
}

template <class Draw>
ProgramFindings BoundProgram::execute(std::size_t n, double* const* places, const Draw& draw) const {
    std::uint64_t found[3] = {};  // by what a step watches
    for (const BoundStep& step : steps_) {
        const std::size_t count = step.same ? 1 : n;
        if (count == 0) continue;
        if (step.apply == nullptr) {
            draw(step, places[step.out]);
            continue;
        }
        const double* in[max_operands];
        for (std::uint32_t o = 0; o < step.places; ++o) in[o] = places[step.in[o]];
        found[static_cast<std::size_t>(step.watch)] |= step.apply(count, places[step.out], in);
    }
    return {!watches_numbers_ || found[static_cast<std::size_t>(Watch::non_finite)] != 0,
            !watches_conditions_ || found[static_cast<std::size_t>(Watch::condition)] != 0};
}

namespace {

/// The counter's third word: a step's upper half leaves its upper bits free.
std::uint32_t counter_of(std::int64_t step, std::uint32_t draw) noexcept {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(step) >> 32) | (draw << 24);
}

}  // namespace

/// Random numbers of the run's neurons but the first ones, which are done.
void BoundProgram::draw(const BoundStep& step, const ProgramRun& run, std::size_t done, double* out) const {
    if (run.ids != nullptr) {
        for (std::size_t k = done; k < run.n; ++k) out[k - done] = draw_one(step, run, run.ids[k]);
        return;
    }
    const auto draw = step.operation == Operation::draw_uniform ? loops().draw_uniforms : loops().draw_normals;
    draw(out, run.n - done, run.random, run.tag, static_cast<std::uint32_t>(run.first + done) + run.origin,
         static_cast<std::uint32_t>(run.step), counter_of(run.step, step.draw));
}

double BoundProgram::draw_one(const BoundStep& step, const ProgramRun& run, std::uint32_t id) {
    const std::uint32_t word =
        run.random.words(run.tag, id / 4, static_cast<std::uint32_t>(run.step), counter_of(run.step, step.draw))
            .w[id % 4];
    return step.operation == Operation::draw_uniform ? uniform(word) : standard_normal(word);
}

MachineCodeResult BoundProgram::run(MachineCode code, const ProgramRun& run, ProgramWorkspace& workspace) const {
    workspace.draws.resize(std::max(workspace.draws.size(), drawing_.size() * block_size));
    for (std::size_t d = 0; d < drawing_.size(); ++d)
        draw(steps_[drawing_[d]], run, 0, workspace.draws.data() + d * block_size);
    const MachineCodeRun work{run.n, run.first, run.step, data_.data(), run.given, workspace.draws.data()};
    MachineCodeResult result;
    code(&work, &result);
    return result;
}

ProgramFindings BoundProgram::interpret(const ProgramRun& run, std::size_t done, ProgramWorkspace& workspace) const {
    workspace.numbers.resize(std::max(workspace.numbers.size(), numbers_));
    workspace.places.resize(std::max(workspace.places.size(), slots_.size()));
    double** const places = workspace.places.data();
    std::copy(data_.begin(), data_.end(), places);
    for (const std::uint32_t s : temporary_) places[s] = workspace.numbers.data() + slots_[s].number;
    for (const std::uint32_t s : moving_) places[s] += run.first + done;
    for (const std::uint32_t s : given_) {
        const Location& place = slots_[s].place;
        const bool is_by_steps = chooses_by_steps_ && place.base == Location::Base::free;
        places[s] = run.given[place.index + (is_by_steps ? 1 : 0)] + (place.same ? 0 : done);
    }
    return execute(run.n - done, places, [&](const BoundStep& step, double* out) { draw(step, run, done, out); });
}

void BoundProgram::run_some(const ProgramRun& run, const std::uint32_t* positions, std::size_t count,
                            ProgramWorkspace& workspace) const {
    workspace.numbers.resize(std::max(workspace.numbers.size(), numbers_ + gathered_.size() * block_size));
    workspace.places.resize(std::max(workspace.places.size(), slots_.size()));
    const auto original = [&run](const Location& place) {
        return is_given(place) ? run.given[place.index]
                               : place.data + (place.base == Location::Base::neurons ? run.first : 0);
    };
    double** const places = workspace.places.data();
    std::copy(data_.begin(), data_.end(), places);
    for (const std::uint32_t s : temporary_) places[s] = workspace.numbers.data() + slots_[s].number;
    for (const std::uint32_t s : given_) places[s] = run.given[slots_[s].place.index];
    double* next = workspace.numbers.data() + numbers_;
    for (const std::uint32_t s : gathered_) {
        const double* from = original(slots_[s].place);
        places[s] = std::exchange(next, next + block_size);
        for (std::size_t k = 0; k < count && slots_[s].read; ++k) places[s][k] = from[positions[k]];
    }
    execute(count, places, [&](const BoundStep& step, double* out) {
        for (std::size_t k = 0; k < count; ++k)
            out[k] = draw_one(step, run, static_cast<std::uint32_t>(run.first) + positions[k] + run.origin);
    });
    for (const std::uint32_t s : gathered_) {
        double* to = original(slots_[s].place);
        for (std::size_t k = 0; k < count && slots_[s].written; ++k) to[positions[k]] = places[s][k];
    }
}

}  // namespace rheobase
