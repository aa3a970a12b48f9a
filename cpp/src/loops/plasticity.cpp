#include "loops/instruction_set.hpp"
#include "rheobase/base/block.hpp"
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

/// The last spikes of columns.
template <class Rule>
const LastSpike<Rule::post_traces>* last_spikes(const PlasticRow& row) noexcept {
    return static_cast<const LastSpike<Rule::post_traces>*>(row.last_spike);
}

/// The traces of the column of a spike, given by its place plus one.
template <class Rule>
const double* traces_of(const PlasticRow& row, std::uint32_t place) noexcept {
    return row.spike_trace + (place - 1) * Rule::post_traces;
}

/// Spikes that synapses of a block learn from, round after round: one of every synapse that has as many, a round being
/// older than the one before.
struct Lessons {
    static constexpr std::size_t most = 8;
    std::size_t rounds = 0, end[most];    ///< where a round ends, and the next one begins
    NotedSpike spike[most * block_size];  ///< of a synapse; written as they are found, and not set to zero before

    std::size_t begin(std::size_t round) const noexcept { return round == 0 ? 0 : end[round - 1]; }
    std::size_t size() const noexcept { return begin(rounds); }
};

/// Finds them branch by branch none, since nobody can foresee which synapses have how many. The last spike of a column
/// is the newest that is noted, if any is.
template <class Rule, class Column>
void find_lessons(const PlasticRow& row, std::size_t first, std::size_t n, Column column, Lessons& found) noexcept {
    std::size_t kept = 0;
    const auto keep = [&](NotedSpike spike, std::uint64_t synapse) {
        found.spike[kept] = spike.of_synapse(synapse);
        kept += spike.after(row.learned);
    };
    for (std::size_t k = 0; k < n; ++k) keep(last_spikes<Rule>(row)[column[first + k]].spike, k);
    while (kept > found.size()) {
        const std::size_t begin = found.size(), end = kept;
        found.end[found.rounds++] = end;
        if (found.rounds == Lessons::most) return;
        for (std::size_t j = begin; j < end; ++j)
            keep(row.spikes[found.spike[j].place() - 1], found.spike[j].synapse());
    }
}

/// What a synapse has learned from the spikes before one of its own, in their order.
template <class Rule>
double learn_from_older(const Rule& rule, const PlasticRow& row, double w, std::uint32_t place) noexcept {
    std::size_t older = 0;
    for (NotedSpike spike = row.spikes[place - 1]; spike.after(row.learned); spike = row.spikes[spike.place() - 1])
        row.workspace[older++] = spike;
    while (older > 0) {
        const NotedSpike spike = row.workspace[--older];
        double pre[max_traces];
        for (std::size_t t = 0; t < Rule::pre_traces; ++t)
            pre[t] = row.pre_decay[t].decay(row.pre[t], spike.step() - row.last);
        w = bounded(rule, rule.on_post(w, pre, traces_of<Rule>(row, spike.place())));
    }
    return w;
}

/// Lets the synapses [first, first + n) learn from the spikes of their post neurons since the last arrival.
template <class Rule, class Column>
void catch_up(const PlasticRow& row, std::size_t first, std::size_t n, Column column) noexcept {
    if constexpr (!learns_from_post<Rule>) return;
    if (row.spikes == nullptr) return;
    const Rule rule = *static_cast<const Rule*>(row.rule);  // a copy, which no weight can be part of
    double* weight = row.weight + first;
    Lessons lessons;
    find_lessons<Rule>(row, first, n, column, lessons);
    if (lessons.rounds == Lessons::most)
        for (std::size_t j = lessons.begin(Lessons::most - 1); j < lessons.size(); ++j) {
            double& w = weight[lessons.spike[j].synapse()];
            w = learn_from_older(rule, row, w, lessons.spike[j].place());
        }
    double pre[Rule::pre_traces > 0 ? Rule::pre_traces : 1][Lessons::most * block_size];
    for (std::size_t t = 0; t < Rule::pre_traces; ++t) {
        const DecayTable decay = row.pre_decay[t];
        const auto elapsed = [&](std::size_t j) { return lessons.spike[j].step() - row.last; };
        if (row.recent)
            for (std::size_t j = 0; j < lessons.size(); ++j) pre[t][j] = row.pre[t] * decay.few[elapsed(j)];
        else
            for (std::size_t j = 0; j < lessons.size(); ++j) pre[t][j] = decay.decay(row.pre[t], elapsed(j));
    }
    for (std::size_t r = lessons.rounds; r-- > 0;)
        for (std::size_t j = lessons.begin(r); j < lessons.end[r]; ++j) {
            double of_pre[max_traces];
            for (std::size_t t = 0; t < Rule::pre_traces; ++t) of_pre[t] = pre[t][j];
            double& w = weight[lessons.spike[j].synapse()];
            w = bounded(rule, rule.on_post(w, of_pre, traces_of<Rule>(row, lessons.spike[j].place())));
        }
}

template <class Rule, class Column>
void learn_from_arrival(const PlasticRow& row, const PlasticArrival& arrival, std::size_t first, std::size_t n,
                        Column column) noexcept {
    const Rule rule = *static_cast<const Rule*>(row.rule);  // a copy, which no weight can be part of
    double post[Rule::post_traces > 0 ? Rule::post_traces : 1][block_size];
    for (std::size_t t = 0; t < Rule::post_traces; ++t) {
        const DecayTable decay = row.post_decay[t];
        for (std::size_t k = 0; k < n; ++k) {
            const auto& last = last_spikes<Rule>(row)[column[first + k]];
            const std::uint32_t elapsed = arrival.now - last.spike.step();
            const auto few = static_cast<std::int32_t>(elapsed & (DecayTable::few_steps - 1));
            const auto many = static_cast<std::int32_t>(elapsed >> DecayTable::few_bits);
            post[t][k] = last.traces[t] * decay.few[few] * decay.many[many];
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
    const double *weight = row.weight + first, share = arrival.share;
    const std::uint16_t* post = row.post + first;
    double* slots = arrival.slots;
#pragma GCC unroll 4
    for (std::size_t k = 0; k < n; ++k) slots[post[k]] += weight[k] * share;
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
