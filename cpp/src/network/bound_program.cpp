#include "rheobase/network/bound_program.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <tuple>
#include <utility>

#include "rheobase/base/block.hpp"
#include "rheobase/loops/loops.hpp"

namespace rheobase {

namespace {

constexpr std::uint32_t none = 0xFFFFFFFF;

bool is_given(const Location& place) noexcept {
    return place.base != Location::Base::fixed && place.base != Location::Base::neurons;
}

}  // namespace

/// Ties a program down, value by value: leaves first, then results, each by its number.
class BoundProgram::Binding {
  public:
    Binding(BoundProgram& bound, const Program& program, const LocateLeaf& locate_leaf,
            const LocateOutput& locate_output)
        : bound_(bound) {
        for (const Leaf& leaf : program.leaves) {
            const Location place = locate_leaf(leaf);
            if (place.known)
                alias_.push_back(constant(*place.data));
            else
                alias_.push_back(add({place.same, std::nullopt, place, none}));
        }
        for (const Instruction& instruction : program.code) alias_.push_back(simplify(instruction));
        for (const Output& output : program.outputs) {
            const std::uint32_t value = alias_[output.value];
            outputs_.push_back({value, locate_output(output, values_[value].same)});
        }
        find_uses();
        assign();
    }

  private:
    struct Value {
        bool same;
        std::optional<double> known;
        Location place;      ///< of a leaf
        std::uint32_t made;  ///< the instruction that makes it, or none
    };
    struct Made {
        Operation operation;
        std::uint32_t out;
        std::uint32_t operands[max_operands];
        std::uint32_t draw;
    };
    struct Wanted {
        std::uint32_t value;
        Location place;
        bool direct = false;
    };

    bool is(std::uint32_t value, double number) const noexcept { return values_[value].known == number; }

    std::uint32_t add(const Value& value) {
        values_.push_back(value);
        return static_cast<std::uint32_t>(values_.size() - 1);
    }

    std::uint32_t constant(double number) {
        bound_.constants_.push_back(std::make_unique<double>(number));
        return add({true, number, {Location::Base::fixed, true, bound_.constants_.back().get(), 0, true}, none});
    }

    std::uint32_t make(Operation operation, std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t draw = 0) {
        const std::uint32_t operands[3] = {a, b, c};
        bool same = count_operands(operation) > 0;
        for (std::size_t k = 0; k < count_operands(operation); ++k) same = same && values_[operands[k]].same;
        const std::uint32_t out = add({same, std::nullopt, {}, static_cast<std::uint32_t>(made_.size())});
        made_.push_back({operation, out, {a, b, c}, draw});
        return out;
    }

    /// The value that an instruction gives: a new one, or one that is there already.
    std::uint32_t simplify(const Instruction& i) {
        if (count_operands(i.operation) == 0) return make(i.operation, 0, 0, 0, i.a);
        const std::uint32_t a = alias_[i.a], b = count_operands(i.operation) > 1 ? alias_[i.b] : 0,
                            c = count_operands(i.operation) > 2 ? alias_[i.c] : 0;
        switch (i.operation) {
            case Operation::move:
                return a;
            case Operation::add:
                if (is(a, 0.0)) return b;
                if (is(b, 0.0)) return a;
                break;
            case Operation::subtract:
                if (is(b, 0.0)) return a;
                break;
            case Operation::multiply:
            case Operation::logical_and:
                if (is(a, 0.0) || is(b, 0.0)) return constant(0.0);
                if (is(a, 1.0)) return b;
                if (is(b, 1.0)) return a;
                break;
            case Operation::multiply_add:
            case Operation::negate_multiply_add:
                if (is(a, 0.0) || is(b, 0.0)) return c;
                break;
            case Operation::multiply_subtract:
                if (is(a, 0.0) || is(b, 0.0)) return make(Operation::negate, c, 0, 0);
                break;
            case Operation::logical_not:
                if (values_[a].known) return constant(1.0 - *values_[a].known);
                break;
            case Operation::logical_or:
                if (is(a, 0.0)) return b;
                if (is(b, 0.0)) return a;
                break;
            case Operation::select:
                if (values_[a].known) return *values_[a].known != 0.0 ? b : c;
                break;
            default:
                break;
        }
        return make(i.operation, a, b, c);
    }

    /// Drops what nothing needs, and finds the last instruction that reads each value.
    void find_uses() {
        std::vector<bool> needed(values_.size(), false);
        for (const Wanted& output : outputs_) needed[output.value] = true;
        for (std::size_t k = made_.size(); k-- > 0;)
            if (needed[made_[k].out])
                for (std::size_t o = 0; o < count_operands(made_[k].operation); ++o)
                    needed[made_[k].operands[o]] = true;
        std::vector<Made> kept;
        for (Made& made : made_)
            if (needed[made.out]) kept.push_back(made);
        made_ = std::move(kept);
        join();
        for (std::size_t k = 0; k < made_.size(); ++k) values_[made_[k].out].made = static_cast<std::uint32_t>(k);
        last_use_.assign(values_.size(), -1);
        for (std::size_t k = 0; k < made_.size(); ++k)
            for (std::size_t o = 0; o < count_operands(made_[k].operation); ++o)
                last_use_[made_[k].operands[o]] = static_cast<std::ptrdiff_t>(k);
    }

    /// Joins operations of which one alone reads what the other gives: a pass over memory less, and the same bits.
    void join() {
        std::vector<std::size_t> reads(values_.size(), 0), at(values_.size(), made_.size());
        for (const Wanted& output : outputs_) ++reads[output.value];
        for (std::size_t k = 0; k < made_.size(); ++k) {
            at[made_[k].out] = k;
            for (std::size_t o = 0; o < count_operands(made_[k].operation); ++o) ++reads[made_[k].operands[o]];
        }
        std::vector<bool> joined(made_.size(), false);
        const auto read_once = [&](std::uint32_t value) -> Made* {
            const bool alone = at[value] < made_.size() && !joined[at[value]] && reads[value] == 1;
            return alone && !values_[value].same ? &made_[at[value]] : nullptr;
        };
        const auto is_scaled = [&](const Made& made) {
            return !values_[made.operands[0]].same && values_[made.operands[1]].same;
        };
        for (Made& made : made_) {
            if (values_[made.out].same) continue;
            if (made.operation == Operation::multiply && values_[made.operands[0]].same)
                std::swap(made.operands[0], made.operands[1]);
            const bool is_sum = made.operation == Operation::multiply_add && is_scaled(made);
            const std::size_t joint = is_sum ? 2 : made.operation == Operation::select ? 1 : 0;
            Made* const within = read_once(made.operands[joint]);
            if (within == nullptr) continue;
            const bool is_product = within->operation == Operation::multiply && is_scaled(*within);
            if (is_sum && is_product) {
                within->operation = Operation::multiply_add;  // a product and a sum with -0 are the same
                within->operands[2] = constant(-0.0);
            }
            const bool holds_sum = within->operation == Operation::multiply_add && is_scaled(*within);
            const bool holds_sums =
                is_sum_of_products(within->operation) && within->operation < Operation::add_five_products;
            if (is_sum && (holds_sum || holds_sums)) {
                made.operation = holds_sum ? Operation::add_two_products
                                           : static_cast<Operation>(static_cast<int>(within->operation) + 1);
                std::copy_n(within->operands, count_operands(within->operation), made.operands + 2);
            } else if (made.operation == Operation::select && within->operation == Operation::multiply_add &&
                       !values_[made.operands[0]].same && !values_[made.operands[2]].same &&
                       !values_[within->operands[1]].same && !values_[within->operands[2]].same) {
                made.operation = Operation::select_multiply_add;
                made.operands[4] = made.operands[2];
                std::copy_n(within->operands, 3, made.operands + 1);
            } else if (made.operation == Operation::exponential && holds_sum && values_[within->operands[2]].same) {
                std::copy_n(within->operands, 3, made.operands);
                made.operation = Operation::exponential_of_multiply_add;
            } else if (made.operation == Operation::multiply && is_scaled(made) &&
                       (within->operation == Operation::phi1 || within->operation == Operation::phi2)) {
                made.operands[0] = within->operands[0];
                made.operation = within->operation == Operation::phi1 ? Operation::scaled_phi1 : Operation::scaled_phi2;
            } else {
                continue;
            }
            joined[at[within->out]] = true;
        }
        std::vector<Made> kept;
        for (std::size_t k = 0; k < made_.size(); ++k)
            if (!joined[k]) kept.push_back(made_[k]);
        made_ = std::move(kept);
    }

    std::uint32_t new_slot(const Location& place, bool temporary = false, std::size_t number = 0) {
        bound_.slots_.push_back({place, temporary, false, false, number});
        return static_cast<std::uint32_t>(bound_.slots_.size() - 1);
    }

    /// The slot of memory that the population has; one for each piece, whoever reads or writes it.
    std::uint32_t slot_of(const Location& place) {
        const auto key = std::make_tuple(place.base, place.data, place.index);
        const auto found = shared_.find(key);
        if (found != shared_.end()) return found->second;
        return shared_[key] = new_slot(place);
    }

    std::uint32_t temporary(bool same) {
        if (same || free_.empty()) {
            const std::size_t number = bound_.numbers_;
            bound_.numbers_ += same ? 8 : block_size;  // numbers that differ lie in different cache lines
            return new_slot({Location::Base::fixed, same, nullptr, 0, false}, true, number);
        }
        const std::uint32_t taken = free_.back();
        free_.pop_back();
        return taken;
    }

    bool same_memory(const Location& a, const Location& b) const noexcept {
        return a.base == b.base && a.data == b.data && a.index == b.index;
    }

    /// The last instruction that reads the memory of an output as a leaf.
    std::ptrdiff_t last_read(const Location& place) const {
        std::ptrdiff_t last = -1;
        for (std::size_t v = 0; v < values_.size(); ++v)
            if (values_[v].made == none && same_memory(values_[v].place, place)) last = std::max(last, last_use_[v]);
        return last;
    }

    bool is_leaf_moved(const Location& place) const {
        return std::any_of(outputs_.begin(), outputs_.end(), [&](const Wanted& output) {
            return values_[output.value].made == none && same_memory(values_[output.value].place, place);
        });
    }

    /// Gives every value its memory: results that are outputs lie where they belong from the start, where nothing reads
    /// afterwards what was there.
    void assign() {
        std::vector<std::uint32_t> where(values_.size(), none);
        const auto at_end = static_cast<std::ptrdiff_t>(made_.size());
        for (Wanted& output : outputs_) {
            const Value& value = values_[output.value];
            output.direct = value.made != none && where[output.value] == none && value.same == output.place.same &&
                            last_read(output.place) <= static_cast<std::ptrdiff_t>(value.made) &&
                            !is_leaf_moved(output.place);
            if (output.direct) where[output.value] = slot_of(output.place);
            last_use_[output.value] = at_end;
        }
        for (std::size_t k = 0; k < made_.size(); ++k) {
            const Made& made = made_[k];
            const std::size_t count = count_operands(made.operation);
            std::uint32_t operands[max_operands] = {};
            for (std::size_t o = 0; o < count; ++o) {
                const std::uint32_t value = made.operands[o];
                if (where[value] == none) where[value] = slot_of(values_[value].place);
                operands[o] = where[value];
            }
            for (std::size_t o = 0; o < count; ++o) {
                const std::uint32_t value = made.operands[o];
                const bool again = std::count(made.operands, made.operands + o, value) > 0;
                if (!again && values_[value].made != none && !values_[value].same &&
                    last_use_[value] == static_cast<std::ptrdiff_t>(k) && bound_.slots_[where[value]].temporary)
                    free_.push_back(where[value]);
            }
            if (where[made.out] == none) where[made.out] = temporary(values_[made.out].same);
            add_step(made.operation, values_[made.out].same, where[made.out], operands, made.draw);
        }
        move_outputs(where);
    }

    void move_outputs(std::vector<std::uint32_t>& where) {
        // leaves that another output overwrites are put aside first
        std::map<std::uint32_t, std::uint32_t> aside;
        for (const Wanted& output : outputs_) {
            const Value& value = values_[output.value];
            if (value.made != none || aside.count(output.value) > 0) continue;
            const bool overwritten = std::any_of(outputs_.begin(), outputs_.end(), [&](const Wanted& other) {
                return same_memory(other.place, value.place);
            });
            if (!overwritten) continue;
            const std::uint32_t from[3] = {slot_of(value.place), none, none};
            aside[output.value] = temporary(value.same);
            add_step(Operation::move, value.same, aside[output.value], from, 0);
        }
        for (const Wanted& output : outputs_) {
            if (output.direct) continue;
            const Value& value = values_[output.value];
            if (value.made == none && same_memory(value.place, output.place)) continue;
            if (where[output.value] == none) where[output.value] = slot_of(value.place);
            const auto saved = aside.find(output.value);
            const std::uint32_t from[3] = {saved == aside.end() ? where[output.value] : saved->second, none, none};
            add_step(Operation::move, output.place.same, slot_of(output.place), from, 0);
        }
    }

    void add_step(Operation operation, bool same, std::uint32_t out, const std::uint32_t* from, std::uint32_t draw) {
        unsigned alike = 0;
        const std::size_t count = count_operands(operation);
        for (std::size_t o = 0; o < count; ++o) {
            bound_.slots_[from[o]].read = true;
            if (!same && bound_.slots_[from[o]].place.same) alike |= 1u << o;
        }
        bound_.slots_[out].written = true;
        const VectorOperation apply = count == 0 ? nullptr : loops().find_vector_operation(operation, alike);
        Step step{apply, operation, same, out, {}, draw, alike, static_cast<std::uint32_t>(count)};
        std::copy_n(from, count, step.in);
        bound_.steps_.push_back(step);
    }

    BoundProgram& bound_;
    std::vector<Value> values_;
    std::vector<std::uint32_t> alias_;  ///< the value behind each of the program's numbers
    std::vector<Made> made_;
    std::vector<Wanted> outputs_;
    std::vector<std::ptrdiff_t> last_use_;
    std::map<std::tuple<Location::Base, double*, std::size_t>, std::uint32_t> shared_;
    std::vector<std::uint32_t> free_;  ///< temporaries of a block whose value nothing reads any more
};

BoundProgram::BoundProgram(const Program& program, const LocateLeaf& locate_leaf, const LocateOutput& locate_output) {
    Binding(*this, program, locate_leaf, locate_output);
    settle();
    join_decays();
    find_places();
    watch();
}

/// Sorts the slots by what their memory depends on, and finds the steps that draw.
void BoundProgram::find_places() {
    for (std::size_t s = 0; s < slots_.size(); ++s) {
        const Slot& slot = slots_[s];
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
    const auto last = std::find_if(steps_.rbegin(), steps_.rend(), [&](const Step& step) { return step.out == slot; });
    if (last == steps_.rend() || last->apply == nullptr || last->same) return false;
    if (is_comparison(last->operation) != (what == Watch::condition)) return false;
    const VectorOperation watching = loops().find_vector_operation(last->operation, last->said | with_watch);
    if (watching == nullptr) return false;
    last->said |= with_watch;
    last->apply = watching;
    last->watch = what;
    return true;
}

/// Does once and for all what depends on settled numbers alone.
void BoundProgram::settle() {
    std::vector<Step> left;
    for (const Step& step : steps_) {
        const std::size_t count = count_operands(step.operation);
        const double* in[max_operands] = {};
        bool settled = step.same && slots_[step.out].temporary;
        for (std::size_t o = 0; o < count; ++o) {
            const Slot& slot = slots_[step.in[o]];
            settled = settled && !slot.written && (slot.place.known || slot.place.settled);
            in[o] = slot.place.data;
        }
        if (!settled) {
            left.push_back(step);
            continue;
        }
        constants_.push_back(std::make_unique<double>());
        step.apply(1, constants_.back().get(), in);
        Slot& slot = slots_[step.out];
        slot = {{Location::Base::fixed, true, constants_.back().get(), 0, false, true}, false, true, false, 0};
    }
    steps_ = std::move(left);
}

namespace {

std::uint64_t do_nothing(std::size_t, double*, const double* const*) noexcept { return 0; }

}  // namespace

/// Lets the first of two steps that find phi1 and phi2 of one number do both, where no step between them minds.
void BoundProgram::join_decays() {
    for (std::size_t k = 0; k < steps_.size(); ++k) {
        Step& first = steps_[k];
        if (first.operation != Operation::scaled_phi1 || first.same || first.out == first.in[0]) continue;
        const auto is_second = [&first](const Step& step) {
            return step.operation == Operation::scaled_phi2 && !step.same && step.in[0] == first.in[0];
        };
        const auto after = steps_.begin() + static_cast<std::ptrdiff_t>(k) + 1;
        const auto second = std::find_if(after, steps_.end(), is_second);
        const auto minds = [&](const Step& step) {
            const std::uint32_t* const end = step.in + count_operands(step.operation);
            return step.out == second->in[0] || step.out == second->in[1] || step.out == second->out ||
                   std::find(step.in, end, second->out) != end;
        };
        if (second == steps_.end() || second->out == first.out || std::any_of(after, second, minds)) continue;
        first.in[2] = second->out;
        first.in[3] = second->in[1];
        first.places = 4;
        first.apply = loops().find_vector_operation(Operation::scaled_phi1, with_scaled_phi2);
        second->apply = do_nothing;
    }
}

bool BoundProgram::choose_by_steps() {
    const auto is_free = [this](std::uint32_t slot) { return slots_[slot].place.base == Location::Base::free; };
    std::vector<Step*> choices;
    for (Step& step : steps_)
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
    for (Step* step : choices) {
        step->said |= free_by_steps;
        step->apply = loops().find_vector_operation(step->operation, step->said);
        step->in[step->places++] = now;
    }
    chooses_by_steps_ = true;
    return true;
}

bool BoundProgram::writes(const double* data) const noexcept {
    return std::any_of(slots_.begin(), slots_.end(),
                       [data](const Slot& slot) { return slot.written && slot.place.data == data; });
}

ProgramListing BoundProgram::listing() const {
    ProgramListing listing;
    for (const Slot& slot : slots_) {
        const Location& place = slot.place;
        listing.slots.push_back({place.base, place.same, slot.temporary, place.index,
                                 place.known ? std::optional<double>(*place.data) : std::nullopt});
    }
    for (const Step& step : steps_)
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
    for (const Step& step : steps_) {
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
void BoundProgram::draw(const Step& step, const ProgramRun& run, std::size_t done, double* out) const {
    if (run.ids != nullptr) {
        for (std::size_t k = done; k < run.n; ++k) out[k - done] = draw_one(step, run, run.ids[k]);
        return;
    }
    const auto draw = step.operation == Operation::draw_uniform ? loops().draw_uniforms : loops().draw_normals;
    draw(out, run.n - done, run.random, run.tag, static_cast<std::uint32_t>(run.first + done) + run.origin,
         static_cast<std::uint32_t>(run.step), counter_of(run.step, step.draw));
}

double BoundProgram::draw_one(const Step& step, const ProgramRun& run, std::uint32_t id) {
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
    return execute(run.n - done, places, [&](const Step& step, double* out) { draw(step, run, done, out); });
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
    execute(count, places, [&](const Step& step, double* out) {
        for (std::size_t k = 0; k < count; ++k)
            out[k] = draw_one(step, run, static_cast<std::uint32_t>(run.first) + positions[k] + run.origin);
    });
    for (const std::uint32_t s : gathered_) {
        double* to = original(slots_[s].place);
        for (std::size_t k = 0; k < count && slots_[s].written; ++k) to[positions[k]] = places[s][k];
    }
}

}  // namespace rheobase
