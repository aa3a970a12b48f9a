#include "rheobase/network/plastic_projection.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "rheobase/base/errors.hpp"
#include "rheobase/models/describe.hpp"
#include "rheobase/models/plasticity_rules.hpp"

namespace rheobase {

PlasticConnections::PlasticConnections(std::vector<Synapse> synapses, std::size_t sources, std::size_t begin_,
                                       std::size_t end_)
    : begin(begin_), end(end_), row_start(sources + 1, 0), column_start(end_ - begin_ + 1, 0) {
    std::stable_sort(synapses.begin(), synapses.end(), [](const Synapse& a, const Synapse& b) {
        return a.source != b.source ? a.source < b.source : a.target < b.target;
    });
    for (const Synapse& s : synapses) {
        ++row_start[s.source + 1];
        ++column_start[s.target - begin + 1];
        target.push_back(s.target - static_cast<std::uint32_t>(begin));
        weight.push_back(static_cast<double>(s.weight));
    }
    for (std::size_t k = 1; k < row_start.size(); ++k) row_start[k] += row_start[k - 1];
    for (std::size_t k = 1; k < column_start.size(); ++k) column_start[k] += column_start[k - 1];
    column_source.resize(synapses.size());
    column_synapse.resize(synapses.size());
    std::vector<std::uint64_t> next(column_start.begin(), column_start.end() - 1);
    for (std::size_t s = 0; s < synapses.size(); ++s) {
        const std::uint64_t place = next[target[s]]++;
        column_source[place] = synapses[s].source;
        column_synapse[place] = static_cast<std::uint32_t>(s);
    }
}

namespace {

/// Traces of a set of neurons; every one decays with its own time constant.
template <std::size_t count>
class Traces {
  public:
    explicit Traces(std::size_t neurons) : values_(neurons) {}

    std::array<double, count>& operator[](std::size_t i) { return values_[i]; }
    void set_decay(std::size_t k, double tau, double dt) { keep_[k] = tau > 0.0 ? std::exp(-dt / tau) : 0.0; }
    void decay() {
        for (auto& value : values_)
            for (std::size_t k = 0; k < count; ++k) value[k] *= keep_[k];
    }
    std::vector<std::vector<double>> all() const {
        std::vector<std::vector<double>> rows(count);
        for (std::size_t k = 0; k < count; ++k)
            for (const auto& value : values_) rows[k].push_back(value[k]);
        return rows;
    }
    void set(const std::vector<std::vector<double>>& rows, std::size_t first) {
        for (std::size_t k = 0; k < count; ++k)
            for (std::size_t i = 0; i < values_.size(); ++i) values_[i][k] = rows[k][first + i];
    }

  private:
    std::vector<std::array<double, count>> values_;
    std::array<double, count> keep_{};
};

template <class Rule>
class PlasticityBy final : public Plasticity {
  public:
    PlasticityBy(const Rule& rule, double dt, PlasticConnections connections)
        : rule_(rule), c_(std::move(connections)), pre_(c_.row_start.size() - 1), post_(c_.column_start.size() - 1) {
        for (std::size_t k = 0; k < Rule::pre_traces; ++k) pre_.set_decay(k, rule.pre_time_constant(k), dt);
        for (std::size_t k = 0; k < Rule::post_traces; ++k) post_.set_decay(k, rule.post_time_constant(k), dt);
    }

    std::uint64_t arrive(const SpikeHistory::Lists& spikes, double* slots, bool learning) override {
        std::uint64_t events = 0;
        pre_.decay();
        post_.decay();
        for (const auto& list : spikes)
            for (std::uint32_t source : list) {
                const auto before = pre_[source];
                const double share = rule_.pre_spike(pre_[source].data());
                events += c_.row_start[source + 1] - c_.row_start[source];
                for (std::uint64_t s = c_.row_start[source]; s < c_.row_start[source + 1]; ++s) {
                    double& w = c_.weight[s];
                    if (learning) w = bounded(rule_.on_pre(w, before.data(), post_[c_.target[s]].data()));
                    slots[c_.target[s]] += w * share;
                }
            }
        return events;
    }

    void fire(Span<const std::uint32_t> spikes, bool learning) override {
        for (std::uint32_t spike : spikes) {
            const std::size_t target = spike - c_.begin;
            for (std::uint64_t k = c_.column_start[target]; learning && k < c_.column_start[target + 1]; ++k) {
                double& w = c_.weight[c_.column_synapse[k]];
                w = bounded(rule_.on_post(w, pre_[c_.column_source[k]].data(), post_[target].data()));
            }
            rule_.post_spike(post_[target].data());
        }
    }

    PlasticConnections& connections() override { return c_; }
    std::vector<std::vector<double>> traces(bool pre) const override { return pre ? pre_.all() : post_.all(); }
    void set_traces(bool pre, const std::vector<std::vector<double>>& values, std::size_t first) override {
        pre ? pre_.set(values, first) : post_.set(values, first);
    }

  private:
    double bounded(double w) const { return std::min(std::max(w, rule_.p.w_min), rule_.p.w_max); }

    Rule rule_;
    PlasticConnections c_;
    Traces<Rule::pre_traces> pre_;
    Traces<Rule::post_traces> post_;
};

template <class Rule>
std::unique_ptr<Plasticity> make(const std::vector<double>& values, double dt, PlasticConnections connections) {
    typename Rule::Parameters p{};
    std::size_t k = 0;
    for (const auto& entry : Rule::parameters) p.*entry.member = values[k++];
    return std::make_unique<PlasticityBy<Rule>>(Rule(p), dt, std::move(connections));
}

template <class... Rule>
std::vector<PlasticityRule> describe_rules(RuleList<Rule...>) {
    return {PlasticityRule{Rule::name, Rule::summary, Rule::equation, Rule::reference,
                           describe_parameters(Rule::parameters), make<Rule>}...};
}

}  // namespace

const std::vector<PlasticityRule>& plasticity_rules() {
    static const std::vector<PlasticityRule> all = describe_rules(PlasticityRules{});
    return all;
}

const PlasticityRule& plasticity_rule(const std::string& name) { return named(plasticity_rules(), name, "plasticity"); }

namespace {

/// Calls visit(connections, synapse) for every synapse, by source, then by target.
template <class Visit>
void for_each_synapse(const std::vector<std::unique_ptr<Plasticity>>& tiles, Visit visit) {
    if (tiles.empty()) return;
    const std::size_t sources = tiles[0]->connections().row_start.size() - 1;
    for (std::size_t source = 0; source < sources; ++source)
        for (const auto& tile : tiles) {
            PlasticConnections& c = tile->connections();
            for (std::uint64_t s = c.row_start[source]; s < c.row_start[source + 1]; ++s) visit(c, s, source);
        }
}

}  // namespace

std::vector<Synapse> PlasticProjection::connections(std::uint16_t delay) const {
    std::vector<Synapse> all;
    for_each_synapse(tiles, [&](const PlasticConnections& c, std::uint64_t s, std::size_t source) {
        all.push_back({static_cast<std::uint32_t>(source), static_cast<std::uint32_t>(c.begin + c.target[s]),
                       static_cast<float>(c.weight[s]), delay});
    });
    return all;
}

std::vector<double> PlasticProjection::weights() const {
    std::vector<double> all;
    for_each_synapse(tiles,
                     [&](const PlasticConnections& c, std::uint64_t s, std::size_t) { all.push_back(c.weight[s]); });
    return all;
}

void PlasticProjection::set_weights(Span<const double> weights) {
    std::size_t k = 0;
    for (const auto& tile : tiles) k += tile->connections().weight.size();
    require(k == weights.size(), "one weight per connection is required");
    k = 0;
    for_each_synapse(tiles, [&](PlasticConnections& c, std::uint64_t s, std::size_t) { c.weight[s] = weights[k++]; });
}

void PlasticProjection::archive(Archive& archive, const std::string& name) {
    std::vector<double> all = weights();
    archive.state(name + ".weights", all);
    if (archive.loading()) set_weights(all);
    for (const bool pre : {true, false}) {
        // every tile carries the traces of all sources, but only those of its own targets
        std::vector<std::vector<double>> rows;
        for (const auto& tile : tiles) {
            auto part = tile->traces(pre);
            if (rows.empty()) {
                rows = std::move(part);
                continue;
            }
            for (std::size_t k = 0; k < rows.size() && !pre; ++k)
                rows[k].insert(rows[k].end(), part[k].begin(), part[k].end());
        }
        for (std::size_t k = 0; k < rows.size(); ++k)
            archive.state(name + (pre ? ".pre" : ".post") + std::to_string(k), rows[k]);
        if (!archive.loading()) continue;
        for (const auto& tile : tiles) tile->set_traces(pre, rows, pre ? 0 : tile->connections().begin);
    }
}

}  // namespace rheobase
