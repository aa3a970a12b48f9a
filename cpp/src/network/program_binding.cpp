#include "rheobase/network/program_binding.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "rheobase/base/block.hpp"
#include "rheobase/loops/loops.hpp"

namespace rheobase {

namespace {

constexpr std::uint32_t none = 0xFFFFFFFF;

/// Ties a program down, value by value: leaves first, then results, each by its number.
class Binding {
  public:
    Binding(BoundSteps& bound, const Program& program, const LocateLeaf& locate_leaf, const LocateOutput& locate_output)
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
        bound_.constants.push_back(std::make_unique<double>(number));
        return add({true, number, Location::fixed_at(bound_.constants.back().get(), true), none});
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
        bound_.slots.push_back({place, temporary, false, false, number});
        return static_cast<std::uint32_t>(bound_.slots.size() - 1);
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
            const std::size_t number = bound_.numbers;
            bound_.numbers += same ? 8 : block_size;  // numbers that differ lie in different cache lines
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
                    last_use_[value] == static_cast<std::ptrdiff_t>(k) && bound_.slots[where[value]].temporary)
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
            bound_.slots[from[o]].read = true;
            if (!same && bound_.slots[from[o]].place.same) alike |= 1u << o;
        }
        bound_.slots[out].written = true;
        const VectorOperation apply = count == 0 ? nullptr : loops().find_vector_operation(operation, alike);
        BoundStep step{apply, operation, same, out, {}, draw, alike, static_cast<std::uint32_t>(count)};
        std::copy_n(from, count, step.in);
        bound_.steps.push_back(step);
    }

    BoundSteps& bound_;
    std::vector<Value> values_;
    std::vector<std::uint32_t> alias_;  ///< the value behind each of the program's numbers
    std::vector<Made> made_;
    std::vector<Wanted> outputs_;
    std::vector<std::ptrdiff_t> last_use_;
    std::map<std::tuple<Location::Base, double*, std::size_t>, std::uint32_t> shared_;
    std::vector<std::uint32_t> free_;  ///< temporaries of a block whose value nothing reads any more
};

/// Does once and for all what depends on settled numbers alone.
void settle(BoundSteps& bound) {
    std::vector<BoundStep> left;
    for (const BoundStep& step : bound.steps) {
        const std::size_t count = count_operands(step.operation);
        const double* in[max_operands] = {};
        bool settled = step.same && bound.slots[step.out].temporary;
        for (std::size_t o = 0; o < count; ++o) {
            const BoundSlot& slot = bound.slots[step.in[o]];
            settled = settled && !slot.written && (slot.place.known || slot.place.settled);
            in[o] = slot.place.data;
        }
        if (!settled) {
            left.push_back(step);
            continue;
        }
        bound.constants.push_back(std::make_unique<double>());
        step.apply(1, bound.constants.back().get(), in);
        BoundSlot& slot = bound.slots[step.out];
        slot = {{Location::Base::fixed, true, bound.constants.back().get(), 0, false, true}, false, true, false, 0};
    }
    bound.steps = std::move(left);
}

std::uint64_t do_nothing(std::size_t, double*, const double* const*) noexcept { return 0; }

/// Lets the first of two steps that find phi1 and phi2 of one number do both, where no step between them minds.
void join_decays(std::vector<BoundStep>& steps) {
    for (std::size_t k = 0; k < steps.size(); ++k) {
        BoundStep& first = steps[k];
        if (first.operation != Operation::scaled_phi1 || first.same || first.out == first.in[0]) continue;
        const auto is_second = [&first](const BoundStep& step) {
            return step.operation == Operation::scaled_phi2 && !step.same && step.in[0] == first.in[0];
        };
        const auto after = steps.begin() + static_cast<std::ptrdiff_t>(k) + 1;
        const auto second = std::find_if(after, steps.end(), is_second);
        const auto minds = [&](const BoundStep& step) {
            const std::uint32_t* const end = step.in + count_operands(step.operation);
            return step.out == second->in[0] || step.out == second->in[1] || step.out == second->out ||
                   std::find(step.in, end, second->out) != end;
        };
        if (second == steps.end() || second->out == first.out || std::any_of(after, second, minds)) continue;
        first.in[2] = second->out;
        first.in[3] = second->in[1];
        first.places = 4;
        first.apply = loops().find_vector_operation(Operation::scaled_phi1, with_scaled_phi2);
        second->apply = do_nothing;
    }
}

}  // namespace

BoundSteps bind_steps(const Program& program, const LocateLeaf& locate_leaf, const LocateOutput& locate_output) {
    BoundSteps bound;
    Binding(bound, program, locate_leaf, locate_output);
    settle(bound);
    join_decays(bound.steps);
    return bound;
}

}  // namespace rheobase
