#include "loops/instruction_set.hpp"
#include "rheobase/base/block.hpp"
#include "rheobase/loops/noted_spike.hpp"
#include "rheobase/models/plasticity_rules.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

/// The column of a synapse, where each post neuron has one, or where each has several.
struct ByPost {
    const std::uint16_t* post;
    std::int32_t operator[](std::size_t k) const noexcept { return post[k]; }
};
struct ByColumn {
    const std::uint32_t* column;
    std::int32_t operator[](std::size_t k) const noexcept { return static_cast<std::int32_t>(column[k]); }
};

template <class Rule>
double bounded(const Rule& rule, double w) noexcept {
    const double raised = w < rule.p.w_min ? rule.p.w_min : w;
    return rule.p.w_max < raised ? rule.p.w_max : raised;
}

/// Spikes that a rule without traces of post neurons would not learn from.
template <class Rule>
constexpr bool learns_from_post = Rule::post_traces > 0;

template <class Rule>
double learn_from(const Rule& rule, const PlasticRow& row, double w,
                  const NotedSpike<Rule::post_traces>& spike) noexcept {
    double pre[max_traces];
    for (std::size_t t = 0; t < Rule::pre_traces; ++t)
        pre[t] = row.pre_decay[t].decay(row.pre[t], spike.step - row.last);
    return bounded(rule, rule.on_post(w, pre, spike.trace));
}

/// Of the synapses [first, first + n), those whose post neurons have spiked since the last arrival are found before
/// any is looked at closely, since nobody can foresee which they are.
template <class Rule, class Column>
void catch_up(const PlasticRow& row, std::size_t first, std::size_t n, Column column) noexcept {
    if constexpr (!learns_from_post<Rule>) return;
    const Rule& rule = *static_cast<const Rule*>(row.rule);
    const auto* spikes = static_cast<const NotedSpike<Rule::post_traces>*>(row.spikes);
    std::uint16_t waiting[block_size];
    std::size_t count = 0;
    for (std::size_t k = 0; k < n; ++k) {
        waiting[count] = static_cast<std::uint16_t>(k);
        count += row.last_spike[column[first + k]] >= row.last;
    }
    for (std::size_t j = 0; j < count; ++j) {
        const std::size_t k = first + waiting[j];
        const std::uint32_t newest = row.newest[column[k]];
        if (newest == 0 || spikes[newest - 1].step < row.last) continue;
        std::size_t older = 0;
        std::uint32_t place = newest;
        while (spikes[place - 1].before != 0 && spikes[place - 1].step_before >= row.last) {
            row.workspace[older++] = place;
            place = spikes[place - 1].before;
        }
        double w = learn_from(rule, row, row.weight[k], spikes[place - 1]);
        while (older > 0) w = learn_from(rule, row, w, spikes[row.workspace[--older] - 1]);
        row.weight[k] = w;
    }
}

template <class Rule, class Column>
void learn_from_arrival(const PlasticRow& row, const PlasticArrival& arrival, std::size_t first, std::size_t n,
                        Column column) noexcept {
    const Rule& rule = *static_cast<const Rule*>(row.rule);
    double post[Rule::post_traces > 0 ? Rule::post_traces : 1][block_size];
    for (std::size_t t = 0; t < Rule::post_traces; ++t) {
        const DecayTable decay = row.post_decay[t];
        const double* trace = row.post_trace[t];
        for (std::size_t k = 0; k < n; ++k) {
            const std::int32_t c = column[first + k];
            const std::uint32_t elapsed = arrival.now - row.last_spike[c];
            const auto few = static_cast<std::int32_t>(elapsed & (DecayTable::few_steps - 1));
            const auto many = static_cast<std::int32_t>(elapsed >> DecayTable::few_bits);
            post[t][k] = trace[c] * decay.few[few] * decay.many[many];
        }
    }
    double* weight = row.weight + first;
    for (std::size_t k = 0; k < n; ++k) {
        double of_post[max_traces];
        for (std::size_t t = 0; t < Rule::post_traces; ++t) of_post[t] = post[t][k];
        weight[k] = bounded(rule, rule.on_pre(weight[k], arrival.before, of_post));
    }
}

inline void bring(const PlasticRow& row, const PlasticArrival& arrival, std::size_t first, std::size_t n) noexcept {
    const double* weight = row.weight + first;
    const std::uint16_t* post = row.post + first;
#pragma GCC unroll 4
    for (std::size_t k = 0; k < n; ++k) arrival.slots[post[k]] += weight[k] * arrival.share;
}

/// Calls visit(first, n, column) for all synapses of a row, a block at a time.
template <class Visit>
void for_each_block(const PlasticRow& row, Visit visit) noexcept {
    for (std::size_t first = 0; first < row.n; first += block_size) {
        const std::size_t n = row.n - first < block_size ? row.n - first : block_size;
        row.column == nullptr ? visit(first, n, ByPost{row.post}) : visit(first, n, ByColumn{row.column});
    }
}

template <class Rule>
RHEOBASE_FLATTEN void catch_up_row(const PlasticRow& row) noexcept {
    for_each_block(row, [&](std::size_t first, std::size_t n, auto column) { catch_up<Rule>(row, first, n, column); });
}

template <class Rule>
RHEOBASE_FLATTEN void arrive_at_row(const PlasticRow& row, const PlasticArrival& arrival) noexcept {
    for_each_block(row, [&](std::size_t first, std::size_t n, auto column) {
        if (arrival.learning) {
            catch_up<Rule>(row, first, n, column);
            learn_from_arrival<Rule>(row, arrival, first, n, column);
        }
        bring(row, arrival, first, n);
    });
}

template <class... Rule>
PlasticLoops pick(RuleList<Rule...>, std::size_t rule) noexcept {
    const PlasticLoops all[] = {{catch_up_row<Rule>, arrive_at_row<Rule>}...};
    return all[rule];
}

}  // namespace

PlasticLoops find_plastic(std::size_t rule) noexcept { return pick(PlasticityRules{}, rule); }

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
