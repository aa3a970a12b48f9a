#include "rheobase/network/plastic_projection.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "rheobase/base/errors.hpp"
#include "rheobase/models/describe.hpp"
#include "rheobase/models/plasticity_rules.hpp"

namespace rheobase {

PlasticConnections::PlasticConnections(const std::vector<Synapse>& synapses, std::size_t pre_size, std::size_t begin_,
                                       std::size_t end_, WorkShare& share)
    : begin(begin_), end(end_), row_start(pre_size + 1, 0), column_start(end_ - begin_ + 1, 0) {
    post.reserve(synapses.size());
    weight.reserve(synapses.size());
    for (const Synapse& s : synapses) {
        share.advance(1);
        ++row_start[s.pre + 1];
        ++column_start[s.post - begin + 1];
        post.push_back(s.post - static_cast<std::uint32_t>(begin));
        weight.push_back(static_cast<double>(s.weight));
    }
    for (std::size_t k = 1; k < row_start.size(); ++k) row_start[k] += row_start[k - 1];
    for (std::size_t k = 1; k < column_start.size(); ++k) column_start[k] += column_start[k - 1];
    column_pre.resize(synapses.size());
    column_synapse.resize(synapses.size());
    std::vector<std::uint64_t> next(column_start.begin(), column_start.end() - 1);
    for (std::size_t s = 0; s < synapses.size(); ++s) {
        share.advance(0);
        const std::uint64_t place = next[post[s]]++;
        column_pre[place] = synapses[s].pre;
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

    std::uint64_t arrive(std::int64_t, const SpikeHistory::Lists& spikes, double* slots, bool learning) override {
        std::uint64_t events = 0;
        pre_.decay();
        post_.decay();
        for (const auto& list : spikes)
            for (std::uint32_t pre : list) {
                const auto before = pre_[pre];
                const double share = rule_.pre_spike(pre_[pre].data());
                events += c_.row_start[pre + 1] - c_.row_start[pre];
                for (std::uint64_t s = c_.row_start[pre]; s < c_.row_start[pre + 1]; ++s) {
                    double& w = c_.weight[s];
                    if (learning) w = bounded(rule_.on_pre(w, before.data(), post_[c_.post[s]].data()));
                    slots[c_.post[s]] += w * share;
                }
            }
        return events;
    }

    void fire(std::int64_t, Span<const std::uint32_t> spikes, bool learning) override {
        for (std::uint32_t spike : spikes) {
            const std::size_t post = spike - c_.begin;
            for (std::uint64_t k = c_.column_start[post]; learning && k < c_.column_start[post + 1]; ++k) {
                double& w = c_.weight[c_.column_synapse[k]];
                w = bounded(rule_.on_post(w, pre_[c_.column_pre[k]].data(), post_[post].data()));
            }
            rule_.post_spike(post_[post].data());
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

/// Calls visit(connections, synapse) for every synapse, by pre, then by post neuron.
template <class Visit>
void for_each_synapse(const std::vector<std::unique_ptr<Plasticity>>& tiles, Visit visit) {
    if (tiles.empty()) return;
    const std::size_t rows = tiles[0]->connections().row_start.size() - 1;
    for (std::size_t pre = 0; pre < rows; ++pre)
        for (const auto& tile : tiles) {
            PlasticConnections& c = tile->connections();
            for (std::uint64_t s = c.row_start[pre]; s < c.row_start[pre + 1]; ++s) visit(c, s, pre);
        }
}

}  // namespace

PlasticProjection::PlasticProjection(const Projection& projection, MakePlasticity make, std::vector<double> values)
    : projection_(projection), make_(std::move(make)), values_(std::move(values)) {}

void PlasticProjection::set_values(std::vector<double> values) {
    require(values.size() == values_.size(), "every parameter of a plasticity rule needs a value");
    values_ = std::move(values);
    if (!tiles_.empty()) rebuild(tiles());
}

void PlasticProjection::rebuild(std::vector<PlasticConnections> tiles) {
    Archive learned;
    if (!tiles_.empty()) archive(learned, "");
    tiles_.clear();
    for (PlasticConnections& connections : tiles) tiles_.push_back(make_(values_, std::move(connections)));
    if (learned.entries().empty()) return;
    Archive again(learned.entries());
    archive(again, "");
}

std::vector<PlasticConnections> PlasticProjection::tiles() const {
    std::vector<PlasticConnections> copies;
    for (const auto& tile : tiles_) copies.push_back(tile->connections());
    return copies;
}

std::uint64_t PlasticProjection::arrive(std::size_t tile, const SpikeHistory& history, std::int64_t step,
                                        double* slots) {
    static const SpikeHistory::Lists none;
    return tiles_[tile]->arrive(step + static_cast<std::int64_t>(delay()),
                                step < projection_.since ? none : history.at(step), slots, learns_);
}

std::vector<Synapse> PlasticProjection::connections() const {
    std::vector<Synapse> all;
    for_each_synapse(tiles_, [&](const PlasticConnections& c, std::uint64_t s, std::size_t pre) {
        all.push_back({static_cast<std::uint32_t>(pre), static_cast<std::uint32_t>(c.begin + c.post[s]),
                       static_cast<float>(c.weight[s]), static_cast<std::uint16_t>(delay())});
    });
    return all;
}

std::vector<double> PlasticProjection::weights() const {
    std::vector<double> all;
    for_each_synapse(tiles_,
                     [&](const PlasticConnections& c, std::uint64_t s, std::size_t) { all.push_back(c.weight[s]); });
    return all;
}

void PlasticProjection::set_weights(Span<const double> weights) {
    std::size_t k = 0;
    for (const auto& tile : tiles_) k += tile->connections().weight.size();
    require(k == weights.size(), "one weight per connection is required");
    k = 0;
    for_each_synapse(tiles_, [&](PlasticConnections& c, std::uint64_t s, std::size_t) { c.weight[s] = weights[k++]; });
}

std::vector<double> PlasticProjection::variable(std::size_t k) const {
    std::vector<double> all;
    for (std::size_t pre = 0; !tiles_.empty() && pre + 1 < tiles_[0]->connections().row_start.size(); ++pre)
        for (const auto& tile : tiles_) {
            const PlasticConnections& c = tile->connections();
            const std::vector<double>& values = *tile->variables()[k];
            for (std::uint64_t s = c.row_start[pre]; s < c.row_start[pre + 1]; ++s) all.push_back(values[s]);
        }
    return all;
}

void PlasticProjection::set_variable(std::size_t k, Span<const double> values) {
    require(values.size() == weights().size(), "one value per connection is required");
    std::size_t at = 0;
    for (std::size_t pre = 0; !tiles_.empty() && pre + 1 < tiles_[0]->connections().row_start.size(); ++pre)
        for (const auto& tile : tiles_) {
            const PlasticConnections& c = tile->connections();
            std::vector<double>& own = *tile->variables()[k];
            for (std::uint64_t s = c.row_start[pre]; s < c.row_start[pre + 1]; ++s) own[s] = values[at++];
        }
}

void PlasticProjection::archive(Archive& archive, const std::string& name) {
    std::vector<double> all = weights();
    archive.state(name + ".weights", all);
    if (archive.loading()) set_weights(all);
    for (std::size_t k = 0; !tiles_.empty() && k < tiles_[0]->variables().size(); ++k) {
        std::vector<double> values = variable(k);
        archive.state(name + ".variable" + std::to_string(k), values);
        if (archive.loading()) set_variable(k, values);
    }
    for (const bool pre : {true, false}) {
        // every tile carries the traces of all pre neurons, but only those of its own post neurons
        std::vector<std::vector<double>> rows;
        for (const auto& tile : tiles_) {
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
        for (const auto& tile : tiles_) tile->set_traces(pre, rows, pre ? 0 : tile->connections().begin);
    }
}

}  // namespace rheobase
