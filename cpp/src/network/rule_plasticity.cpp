#include "rheobase/network/rule_plasticity.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "rheobase/base/errors.hpp"
#include "rheobase/base/prefetch.hpp"
#include "rheobase/loops/loops.hpp"
#include "rheobase/models/describe.hpp"
#include "rheobase/models/plasticity_rules.hpp"
#include "rheobase/network/lazy_traces.hpp"

namespace rheobase {

namespace {

/// A rule at work. Weights lie by row, and spikes of post neurons find none of them: a row learns from those that have
/// come since its last arrival when the next one comes, in their order, so that a weight takes the steps that it would
/// take at once. Until then they stand in a list, and before it grows long all rows learn from it.
template <class Rule>
class PlasticityBy final : public Plasticity {
  public:
    PlasticityBy(const Rule& rule, std::size_t id, double dt, PlasticConnections connections)
        : rule_(rule),
          loops_(loops().find_plastic(id)),
          c_(std::move(connections)),
          pre_(c_.rows()),
          post_(c_.columns()) {
        for (std::size_t k = 0; k < Rule::pre_traces; ++k) pre_.set_decay(k, rule.pre_time_constant(k), dt);
        for (std::size_t k = 0; k < Rule::post_traces; ++k) post_.set_decay(k, rule.post_time_constant(k), dt);
    }

    /// Into L2: neurons that are updated meanwhile take all of L1.
    void expect(const SpikeHistory::Lists& rows) const override {
        for (const auto& list : rows)
            for (const std::uint32_t row : list) prefetch<Into::L2>(row);
    }

    std::uint64_t arrive(std::int64_t now, const SpikeHistory::Lists& rows, double* slots, bool learning) override {
        begin(now);
        const std::uint32_t step = pre_.count_from_epoch(now);
        std::uint64_t events = 0;
        for (const auto& list : rows) {
            if (!list.empty()) prefetch<Into::all>(list.front());
            for (std::size_t k = 0; k < list.size(); ++k) {
                const std::uint32_t row = list[k];
                if (k + 1 < list.size()) prefetch<Into::all>(list[k + 1]);
                events += c_.row_start[row + 1] - c_.row_start[row];
                PlasticArrival arrival{step, learning, {}, 0.0, slots};
                auto traces = pre_.at(row, step);
                std::copy(traces.begin(), traces.end(), arrival.before);
                arrival.share = rule_.pre_spike(traces.data());
                loops_.arrive(view(row), arrival);
                pre_.set(row, traces, NotedSpike(step));
            }
        }
        return events;
    }

    void fire(std::int64_t now, Span<const std::uint32_t> columns, bool learning) override {
        if constexpr (Rule::post_traces > 0) {
            const std::uint32_t step = post_.count_from_epoch(now);
            for (const std::uint32_t column : columns) {
                auto traces = post_.at(column, step);
                const std::uint32_t place = learning ? keep(column, traces) : 0;
                rule_.post_spike(traces.data());
                post_.set(column, traces, NotedSpike(step, place));
            }
            newest_ = NotedSpike(step);
            if (!learning) learned_ = newest_;
            const bool all_may = now % settling_period == 0;
            if (spikes_.size() > (all_may ? max_spikes() : 2 * max_spikes())) settle();
        }
    }

    PlasticConnections& connections() override { return c_; }
    void settle() override {
        if (spikes_.empty()) return;
        for (std::size_t row = 0; row < c_.rows(); ++row) loops_.catch_up(view(row));
        for (const std::uint32_t column : spiking_) post_.forget(column);
        learned_ = newest_;
        spikes_.clear();
        spike_traces_.clear();
        spiking_.clear();
    }
    std::vector<double> read(std::size_t variable, std::int64_t now) override {
        std::vector<double> all;
        all.reserve(c_.weight.size());
        for (std::size_t row = 0; row < c_.rows(); ++row)
            all.resize(c_.row_start[row + 1], rule_.read(variable, pre_.at_any(row, now).data()));
        return all;
    }
    void write(std::size_t, std::int64_t, const std::vector<double>&) override {
        throw InvalidArgument("a variable of a built-in rule must not be set");
    }
    void bring_up_to_date(std::int64_t now) override {
        settle();
        pre_.move_to(now);
        post_.move_to(now);
        learned_ = NotedSpike(post_.count_from_epoch(now));
    }
    std::vector<std::vector<double>> traces(bool pre) const override { return pre ? pre_.all() : post_.all(); }
    void set_traces(bool pre, const std::vector<std::vector<double>>& values, std::int64_t now) override {
        pre ? pre_.set_all(values, now) : post_.set_all(values, now);
        learned_ = NotedSpike(post_.count_from_epoch(now));
    }

  private:
    /// A few of each neuron: reading all weights takes as long as some hundred steps do.
    std::size_t max_spikes() const noexcept { return 1024 + 4 * c_.columns(); }

    void begin(std::int64_t now) {
        if (!pre_.leaves_epoch(now)) return;
        settle();
        pre_.enter_epoch(now);
        post_.enter_epoch(now);
        learned_ = NotedSpike();
    }

    /// Notes a spike and tells its place plus one.
    std::uint32_t keep(std::uint32_t column, const std::array<double, Rule::post_traces>& traces) {
        spikes_.push_back(post_.spike(column));
        spike_traces_.insert(spike_traces_.end(), traces.begin(), traces.end());
        spiking_.push_back(column);
        if (workspace_.size() < spikes_.size()) workspace_.resize(2 * spikes_.size());
        return static_cast<std::uint32_t>(spikes_.size());
    }

    /// Asks for the beginning of a row, all lines at once: a processor looks ahead after it has waited for a few.
    template <Into into>
    void prefetch(std::size_t row) const noexcept {
        constexpr std::uint64_t line = 64, most = 256;
        const std::uint64_t first = c_.row_start[row], n = std::min(c_.row_start[row + 1] - first, most);
        for (std::uint64_t s = 0; s < n; s += line / sizeof(std::uint16_t))
            rheobase::prefetch<into>(c_.post.data() + first + s);
        for (std::uint64_t s = 0; s < n; s += line / sizeof(double))
            rheobase::prefetch<into>(c_.weight.data() + first + s);
    }

    PlasticRow view(std::size_t row) {
        const std::uint64_t first = c_.row_start[row];
        PlasticRow seen;
        seen.rule = &rule_;
        seen.n = c_.row_start[row + 1] - first;
        seen.weight = c_.weight.data() + first;
        seen.post = c_.post.data() + first;
        seen.column = c_.synapse_column.empty() ? nullptr : c_.synapse_column.data() + first;
        seen.last = pre_.last_step(row);
        seen.recent = newest_.step() < seen.last + DecayTable::few_steps;
        const NotedSpike arrival = pre_.spike(row);
        seen.learned = arrival.after(learned_) ? arrival : learned_;
        for (std::size_t k = 0; k < Rule::pre_traces; ++k) {
            seen.pre[k] = pre_.last()[row].traces[k];
            seen.pre_decay[k] = pre_.decay(k);
        }
        for (std::size_t k = 0; k < Rule::post_traces; ++k) seen.post_decay[k] = post_.decay(k);
        seen.last_spike = post_.last();
        seen.spikes = spikes_.empty() ? nullptr : spikes_.data();
        seen.spike_trace = spike_traces_.data();
        seen.workspace = workspace_.data();
        return seen;
    }

    Rule rule_;
    PlasticLoops loops_;
    PlasticConnections c_;
    LazyTraces<Rule::pre_traces> pre_;
    LazyTraces<Rule::post_traces> post_;
    std::vector<NotedSpike> spikes_;      ///< of post neurons, which rows have yet to learn from: each the one before
    std::vector<double> spike_traces_;    ///< by spike: those of its column, just before it
    std::vector<std::uint32_t> spiking_;  ///< their columns
    std::vector<NotedSpike> workspace_;
    NotedSpike newest_{};   ///< the step of the last spikes
    NotedSpike learned_{};  ///< what is not after this is not noted, as all rows have learned it or need not
};

template <class Rule, class... Rules>
constexpr std::size_t find_id(RuleList<Rules...>) noexcept {
    std::size_t id = 0, k = 0;
    ((std::is_same_v<Rule, Rules> ? id = k++ : ++k), ...);
    return id;
}

template <class Rule>
std::unique_ptr<Plasticity> make(const std::vector<double>& values, double dt, PlasticConnections connections) {
    typename Rule::Parameters p{};
    std::size_t k = 0;
    for (const auto& entry : Rule::parameters) p.*entry.member = values[k++];
    return std::make_unique<PlasticityBy<Rule>>(Rule(p), find_id<Rule>(PlasticityRules{}), dt, std::move(connections));
}

template <class Rule>
std::vector<std::string> describe_variables() {
    return {std::begin(Rule::variables), std::end(Rule::variables)};
}

template <class... Rule>
std::vector<PlasticityRule> describe_rules(RuleList<Rule...>) {
    return {PlasticityRule{Rule::name, Rule::summary, Rule::equation, Rule::reference,
                           describe_parameters(Rule::parameters), describe_variables<Rule>(), make<Rule>}...};
}

}  // namespace

const std::vector<PlasticityRule>& plasticity_rules() {
    static const std::vector<PlasticityRule> all = describe_rules(PlasticityRules{});
    return all;
}

const PlasticityRule& plasticity_rule(const std::string& name) { return named(plasticity_rules(), name, "plasticity"); }

}  // namespace rheobase
