#include "rheobase/network/plastic_projection.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

#include "rheobase/base/errors.hpp"
#include "rheobase/models/describe.hpp"
#include "rheobase/models/plasticity_rules.hpp"

namespace rheobase {

namespace {

/// The part of a neuron's synapses that has a delay, among parts by neuron, then by delay, or how many parts there are.
std::size_t find_part(const std::vector<std::uint16_t>& delay_of, const std::vector<std::uint32_t>& first_of,
                      std::uint32_t neuron, std::uint16_t delay) noexcept {
    const auto first = delay_of.begin() + first_of[neuron], last = delay_of.begin() + first_of[neuron + 1];
    const auto found = std::lower_bound(first, last, delay);
    return found != last && *found == delay ? static_cast<std::size_t>(found - delay_of.begin()) : delay_of.size();
}

/// What occurs among delays, ascending.
std::vector<std::uint16_t> distinct(std::vector<std::uint16_t> delays) {
    std::sort(delays.begin(), delays.end());
    delays.erase(std::unique(delays.begin(), delays.end()), delays.end());
    return delays;
}

}  // namespace

PlasticConnections::PlasticConnections(const Made& made, std::size_t pre_size, bool one_delay, bool one_post_delay,
                                       WorkShare& share)
    : begin(made.begin), end(made.end) {
    const std::vector<Synapse>& synapses = made.synapses;
    row_start.assign(one_delay ? pre_size + 1 : 1, 0);
    if (!one_delay) first_row.assign(pre_size + 1, 0);
    post.reserve(synapses.size());
    weight.reserve(synapses.size());
    std::vector<std::uint32_t> row_of;
    row_of.reserve(synapses.size());
    for (const Synapse& s : synapses) {
        share.advance(1);
        if (!one_delay && (row_pre.empty() || row_pre.back() != s.pre || row_delay.back() != s.delay)) {
            row_pre.push_back(s.pre);
            row_delay.push_back(s.delay);
            row_start.push_back(0);
            ++first_row[s.pre + 1];
        }
        row_of.push_back(one_delay ? s.pre : static_cast<std::uint32_t>(row_pre.size() - 1));
        ++row_start[row_of.back() + 1];
        post.push_back(s.post - static_cast<std::uint32_t>(begin));
        weight.push_back(static_cast<double>(s.weight));
    }
    for (std::size_t k = 1; k < row_start.size(); ++k) row_start[k] += row_start[k - 1];
    for (std::size_t k = 1; k < first_row.size(); ++k) first_row[k] += first_row[k - 1];
    first_id.resize(rows());
    delays = distinct(row_delay);
    column_start.assign(end - begin + 1, 0);
    if (!one_post_delay) divide_columns(made, share);
    const std::vector<std::uint32_t>& column = column_of();
    for (const std::uint32_t k : column) ++column_start[k + 1];
    for (std::size_t k = 1; k < column_start.size(); ++k) column_start[k] += column_start[k - 1];
    column_row.resize(synapses.size());
    column_synapse.resize(synapses.size());
    std::vector<std::uint64_t> next(column_start.begin(), column_start.end() - 1);
    for (std::size_t s = 0; s < synapses.size(); ++s) {
        share.advance(0);
        const std::uint64_t place = next[column[s]]++;
        column_row[place] = row_of[s];
        column_synapse[place] = static_cast<std::uint32_t>(s);
    }
}

/// Gives the synapses of each post neuron that have one post delay a column of their own.
void PlasticConnections::divide_columns(const Made& made, WorkShare& share) {
    std::vector<std::vector<std::uint16_t>> of_neuron(end - begin);
    for (std::size_t s = 0; s < post.size(); ++s) {
        share.advance(0);
        of_neuron[post[s]].push_back(made.post_delays[s]);
    }
    first_column.push_back(0);
    for (std::size_t neuron = 0; neuron < of_neuron.size(); ++neuron) {
        share.advance(0);
        for (const std::uint16_t delay : distinct(std::move(of_neuron[neuron]))) {
            column_post.push_back(static_cast<std::uint32_t>(neuron));
            column_delay.push_back(delay);
        }
        first_column.push_back(static_cast<std::uint32_t>(column_post.size()));
    }
    post_delays = distinct(column_delay);
    column_start.assign(column_post.size() + 1, 0);
    for (std::size_t s = 0; s < post.size(); ++s) {
        share.advance(0);
        synapse_column.push_back(static_cast<std::uint32_t>(find_column(post[s], made.post_delays[s])));
    }
}

std::size_t PlasticConnections::find_row(std::uint32_t pre, std::uint16_t delay) const noexcept {
    return find_part(row_delay, first_row, pre, delay);
}

std::size_t PlasticConnections::find_column(std::uint32_t neuron, std::uint16_t delay) const noexcept {
    return find_part(column_delay, first_column, neuron, delay);
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
    void set(const std::vector<std::vector<double>>& rows) {
        for (std::size_t k = 0; k < count; ++k)
            for (std::size_t i = 0; i < values_.size(); ++i) values_[i][k] = rows[k][i];
    }

  private:
    std::vector<std::array<double, count>> values_;
    std::array<double, count> keep_{};
};

template <class Rule>
class PlasticityBy final : public Plasticity {
  public:
    PlasticityBy(const Rule& rule, double dt, PlasticConnections connections)
        : rule_(rule), c_(std::move(connections)), pre_(c_.rows()), post_(c_.columns()) {
        for (std::size_t k = 0; k < Rule::pre_traces; ++k) pre_.set_decay(k, rule.pre_time_constant(k), dt);
        for (std::size_t k = 0; k < Rule::post_traces; ++k) post_.set_decay(k, rule.post_time_constant(k), dt);
    }

    std::uint64_t arrive(std::int64_t, const SpikeHistory::Lists& rows, double* slots, bool learning) override {
        std::uint64_t events = 0;
        pre_.decay();
        post_.decay();
        const bool divided = !c_.column_post.empty();
        for (const auto& list : rows)
            for (std::uint32_t row : list) {
                events += c_.row_start[row + 1] - c_.row_start[row];
                if (divided)
                    take_in(row, slots, learning, [this](std::uint64_t s) { return c_.synapse_column[s]; });
                else
                    take_in(row, slots, learning, [this](std::uint64_t s) { return c_.post[s]; });
            }
        return events;
    }

    void fire(std::int64_t, Span<const std::uint32_t> columns, bool learning) override {
        for (std::uint32_t column : columns) {
            for (std::uint64_t k = c_.column_start[column]; learning && k < c_.column_start[column + 1]; ++k) {
                double& w = c_.weight[c_.column_synapse[k]];
                w = bounded(rule_.on_post(w, pre_[c_.column_row[k]].data(), post_[column].data()));
            }
            rule_.post_spike(post_[column].data());
        }
    }

    PlasticConnections& connections() override { return c_; }
    std::vector<double> read(std::size_t variable, std::int64_t) override {
        std::vector<double> all;
        for (std::size_t row = 0; row < c_.rows(); ++row)
            all.resize(c_.row_start[row + 1], rule_.read(variable, pre_[row].data()));
        return all;
    }
    void write(std::size_t, std::int64_t, const std::vector<double>&) override {
        throw InvalidArgument("a variable of a built-in rule must not be set");
    }
    std::vector<std::vector<double>> traces(bool pre) const override { return pre ? pre_.all() : post_.all(); }
    void set_traces(bool pre, const std::vector<std::vector<double>>& values) override {
        pre ? pre_.set(values) : post_.set(values);
    }

  private:
    /// Takes in a spike that arrives in a row; `column` tells that of a synapse.
    template <class Column>
    void take_in(std::uint32_t row, double* slots, bool learning, Column column) {
        const auto before = pre_[row];
        const double share = rule_.pre_spike(pre_[row].data());
        for (std::uint64_t s = c_.row_start[row]; s < c_.row_start[row + 1]; ++s) {
            double& w = c_.weight[s];
            if (learning) w = bounded(rule_.on_pre(w, before.data(), post_[column(s)].data()));
            slots[c_.post[s]] += w * share;
        }
    }
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

namespace {

/// Calls visit(t, row) for every row of every tile t, by pre neuron, then by delay, then by tile.
template <class Visit>
void for_each_row(const std::vector<std::unique_ptr<Plasticity>>& tiles, Visit visit) {
    if (tiles.empty()) return;
    const PlasticConnections& first = tiles[0]->connections();
    const bool one_delay = first.first_row.empty();
    const std::size_t pre_size = one_delay ? first.rows() : first.first_row.size() - 1;
    std::vector<std::size_t> next(tiles.size(), 0);
    for (std::size_t pre = 0; pre < pre_size; ++pre) {
        if (one_delay) {
            for (std::size_t t = 0; t < tiles.size(); ++t) visit(t, pre);
            continue;
        }
        while (true) {
            constexpr std::uint32_t none = 0x10000;
            std::uint32_t delay = none;
            for (std::size_t t = 0; t < tiles.size(); ++t) {
                const PlasticConnections& c = tiles[t]->connections();
                if (next[t] < c.first_row[pre + 1]) delay = std::min<std::uint32_t>(delay, c.row_delay[next[t]]);
            }
            if (delay == none) break;
            for (std::size_t t = 0; t < tiles.size(); ++t) {
                const PlasticConnections& c = tiles[t]->connections();
                if (next[t] < c.first_row[pre + 1] && c.row_delay[next[t]] == delay) visit(t, next[t]++);
            }
        }
    }
}

/// Calls visit(connections, synapse, row) for every synapse, in the order of rows, then by post neuron.
template <class Visit>
void for_each_synapse(const std::vector<std::unique_ptr<Plasticity>>& tiles, Visit visit) {
    for_each_row(tiles, [&](std::size_t t, std::size_t row) {
        PlasticConnections& c = tiles[t]->connections();
        for (std::uint64_t s = c.row_start[row]; s < c.row_start[row + 1]; ++s) visit(c, s, row);
    });
}

std::size_t count_synapses(const std::vector<std::unique_ptr<Plasticity>>& tiles) {
    std::size_t total = 0;
    for (const auto& tile : tiles) total += tile->connections().weight.size();
    return total;
}

/// One value per synapse, from those that each tile has.
std::vector<double> gather(const std::vector<std::unique_ptr<Plasticity>>& tiles,
                           const std::vector<std::vector<double>>& of_tile) {
    std::vector<double> all;
    all.reserve(count_synapses(tiles));
    for_each_row(tiles, [&](std::size_t t, std::size_t row) {
        const PlasticConnections& c = tiles[t]->connections();
        const auto first = of_tile[t].begin();
        all.insert(all.end(), first + static_cast<std::ptrdiff_t>(c.row_start[row]),
                   first + static_cast<std::ptrdiff_t>(c.row_start[row + 1]));
    });
    return all;
}

/// The other way round.
std::vector<std::vector<double>> scatter(const std::vector<std::unique_ptr<Plasticity>>& tiles,
                                         Span<const double> values) {
    require(values.size() == count_synapses(tiles), "one value per connection is required");
    std::vector<std::vector<double>> of_tile;
    for (const auto& tile : tiles) of_tile.emplace_back(tile->connections().weight.size());
    std::size_t k = 0;
    for_each_row(tiles, [&](std::size_t t, std::size_t row) {
        const PlasticConnections& c = tiles[t]->connections();
        for (std::uint64_t s = c.row_start[row]; s < c.row_start[row + 1]; ++s) of_tile[t][s] = values[k++];
    });
    return of_tile;
}

}  // namespace

PlasticProjection::PlasticProjection(const Projection& projection, PublishedVariables of_pre,
                                     std::vector<double> values)
    : projection_(projection), of_pre_(std::move(of_pre)), values_(std::move(values)) {}

void PlasticProjection::set_values(std::vector<double> values, std::int64_t now) {
    require(values.size() == values_.size(), "every parameter of a plasticity rule needs a value");
    if (values == values_) return;
    for (const auto& tile : tiles_) tile->bring_up_to_date(now);
    values_ = std::move(values);
    if (!tiles_.empty()) rebuild(tiles());
}

std::size_t PlasticProjection::max_delay() const noexcept {
    if (has_one_delay()) return static_cast<std::size_t>(projection_.delay.a);
    std::size_t longest = 1;
    for (const auto& tile : tiles_)
        if (!tile->connections().delays.empty())
            longest = std::max<std::size_t>(longest, tile->connections().delays.back());
    return longest;
}

std::size_t PlasticProjection::max_post_delay() const noexcept {
    if (has_one_post_delay()) return static_cast<std::size_t>(projection_.post_delays.draw.a);
    std::size_t longest = 0;
    for (const auto& tile : tiles_)
        if (!tile->connections().post_delays.empty())
            longest = std::max<std::size_t>(longest, tile->connections().post_delays.back());
    return longest;
}

void PlasticProjection::rebuild(std::vector<PlasticConnections> tiles) {
    Archive learned;
    if (!tiles_.empty()) archive(learned, "");
    tiles_.clear();
    for (PlasticConnections& connections : tiles) tiles_.push_back(make_(values_, std::move(connections)));
    due_.assign(tiles_.size(), SpikeHistory::Lists(1));
    columns_due_.assign(tiles_.size(), {});
    count_ids();
    if (learned.entries().empty()) return;
    Archive again(learned.entries());
    archive(again, "");
}

std::vector<PlasticConnections> PlasticProjection::tiles() const {
    std::vector<PlasticConnections> copies;
    for (const auto& tile : tiles_) copies.push_back(tile->connections());
    return copies;
}

/// Numbers all synapses in their order, for their random numbers.
void PlasticProjection::count_ids() {
    std::uint64_t id = 0;
    for_each_row(tiles_, [&](std::size_t t, std::size_t row) {
        PlasticConnections& c = tiles_[t]->connections();
        c.first_id[row] = static_cast<std::uint32_t>(id);
        id += c.row_start[row + 1] - c.row_start[row];
    });
}

/// The rows of a tile that spikes reach at `now`: by delay, then by pre neuron, where delays differ.
const SpikeHistory::Lists& PlasticProjection::find_due(std::size_t tile, const SpikeHistory& history,
                                                       std::int64_t now) {
    static const SpikeHistory::Lists none;
    if (has_one_delay()) {
        const std::int64_t found = now - static_cast<std::int64_t>(projection_.delay.a);
        return found < projection_.since ? none : history.at(found);
    }
    const PlasticConnections& c = tiles_[tile]->connections();
    SpikeHistory::List& rows = due_[tile][0];
    rows.clear();
    for (const std::uint16_t delay : c.delays) {
        const std::int64_t found = now - delay;
        if (found < projection_.since) continue;
        for (const auto& spikes : history.at(found))
            for (const std::uint32_t pre : spikes) {
                const std::size_t row = c.find_row(pre, delay);
                if (row < c.rows()) rows.push_back(static_cast<std::uint32_t>(row));
            }
    }
    return due_[tile];
}

std::uint64_t PlasticProjection::arrive(std::size_t tile, const SpikeHistory& history, std::int64_t now,
                                        double* slots) {
    return tiles_[tile]->arrive(now, find_due(tile, history, now), slots, learns_);
}

/// Notes the columns of a tile that spikes, which are ascending, reach after a delay.
void PlasticProjection::find_columns(std::size_t tile, Span<const std::uint32_t> spikes, std::uint16_t delay) {
    const PlasticConnections& c = tiles_[tile]->connections();
    const auto first = std::lower_bound(spikes.begin(), spikes.end(), c.begin);
    const auto last = std::lower_bound(first, spikes.end(), c.end);
    for (auto spike = first; spike != last; ++spike) {
        const auto post = static_cast<std::uint32_t>(*spike - c.begin);
        const std::size_t column = has_one_post_delay() ? post : c.find_column(post, delay);
        if (column < c.columns()) columns_due_[tile].push_back(static_cast<std::uint32_t>(column));
    }
}

void PlasticProjection::fire(std::size_t tile, const SpikeHistory& history, std::int64_t now, std::size_t thread) {
    SpikeHistory::List& due = columns_due_[tile];
    due.clear();
    const auto take = [&](std::uint16_t delay) {
        const std::int64_t found = now - delay;
        if (found < projection_.since) return;
        const SpikeHistory::Lists& lists = history.at(found);
        if (delay == 0)  // other threads are still writing theirs
            find_columns(tile, {lists[thread].data(), lists[thread].size()}, delay);
        else
            for (const auto& spikes : lists) find_columns(tile, {spikes.data(), spikes.size()}, delay);
    };
    if (has_one_post_delay())
        take(static_cast<std::uint16_t>(projection_.post_delays.draw.a));
    else
        for (const std::uint16_t delay : tiles_[tile]->connections().post_delays) take(delay);
    if (!due.empty()) tiles_[tile]->fire(now, {due.data(), due.size()}, learns_);
}

std::vector<Synapse> PlasticProjection::connections() const {
    std::vector<Synapse> all;
    for_each_synapse(tiles_, [&](const PlasticConnections& c, std::uint64_t s, std::size_t row) {
        const auto delay = has_one_delay() ? static_cast<std::uint16_t>(projection_.delay.a) : c.row_delay[row];
        all.push_back(
            {c.pre_of(row), static_cast<std::uint32_t>(c.begin + c.post[s]), static_cast<float>(c.weight[s]), delay});
    });
    return all;
}

std::vector<double> PlasticProjection::weights() const {
    std::vector<double> all;
    all.reserve(count_synapses(tiles_));
    for_each_synapse(tiles_,
                     [&](const PlasticConnections& c, std::uint64_t s, std::size_t) { all.push_back(c.weight[s]); });
    return all;
}

std::vector<std::uint16_t> PlasticProjection::post_delays() const {
    std::vector<std::uint16_t> all;
    all.reserve(count_synapses(tiles_));
    for_each_synapse(tiles_, [&](const PlasticConnections& c, std::uint64_t s, std::size_t) {
        all.push_back(has_one_post_delay() ? static_cast<std::uint16_t>(projection_.post_delays.draw.a)
                                           : c.column_delay[c.synapse_column[s]]);
    });
    return all;
}

void PlasticProjection::set_weights(Span<const double> weights) {
    require(weights.size() == count_synapses(tiles_), "one weight per connection is required");
    std::size_t k = 0;
    for_each_synapse(tiles_, [&](PlasticConnections& c, std::uint64_t s, std::size_t) { c.weight[s] = weights[k++]; });
}

std::vector<double> PlasticProjection::variable(std::size_t k, std::int64_t now) const {
    std::vector<std::vector<double>> of_tile;
    for (const auto& tile : tiles_) of_tile.push_back(tile->read(k, now));
    return gather(tiles_, of_tile);
}

void PlasticProjection::set_variable(std::size_t k, std::int64_t now, Span<const double> values) {
    const std::vector<std::vector<double>> of_tile = scatter(tiles_, values);
    for (std::size_t t = 0; t < tiles_.size(); ++t) tiles_[t]->write(k, now, of_tile[t]);
}

void PlasticProjection::archive(Archive& archive, const std::string& name) {
    std::vector<double> all = weights();
    archive.state(name + ".weights", all);
    if (archive.loading()) set_weights(all);
    for (std::size_t k = 0; !tiles_.empty() && k < tiles_[0]->kept().size(); ++k) {
        std::vector<std::vector<double>> of_tile;
        for (const auto& tile : tiles_) of_tile.push_back(*tile->kept()[k]);
        std::vector<double> values = gather(tiles_, of_tile);
        archive.state(name + ".variable" + std::to_string(k), values);
        if (!archive.loading()) continue;
        of_tile = scatter(tiles_, values);
        for (std::size_t t = 0; t < tiles_.size(); ++t) *tiles_[t]->kept()[k] = std::move(of_tile[t]);
    }
    for (const bool pre : {true, false}) archive_traces(archive, name, pre);
}

/// Every tile carries the traces of all pre neurons, or where delays differ those of its rows, and of its own post
/// neurons, or where post delays differ those of its columns. They are stored once each: by row in the order of rows,
/// or by post neuron, then by post delay.
void PlasticProjection::archive_traces(Archive& archive, const std::string& name, bool pre) {
    if (tiles_.empty()) return;
    std::vector<std::vector<std::size_t>> places;  ///< by tile and trace's owner: where it is stored
    std::size_t count = 0;
    for (const auto& tile : tiles_) {
        const PlasticConnections& c = tile->connections();
        places.emplace_back(pre ? c.rows() : c.columns());
        if (pre) continue;
        std::iota(places.back().begin(), places.back().end(), count);
        count += c.columns();
    }
    if (pre) {
        std::uint64_t last = ~std::uint64_t{0};
        for_each_row(tiles_, [&](std::size_t t, std::size_t row) {
            const PlasticConnections& c = tiles_[t]->connections();
            const std::uint64_t delay = c.row_delay.empty() ? 0 : c.row_delay[row];
            const std::uint64_t key = (static_cast<std::uint64_t>(c.pre_of(row)) << 16) | delay;
            if (key != last) ++count;
            last = key;
            places[t][row] = count - 1;
        });
    }
    std::vector<std::vector<std::vector<double>>> traces;  ///< by tile, then by trace
    for (const auto& tile : tiles_) traces.push_back(tile->traces(pre));
    for (std::size_t k = 0; k < traces[0].size(); ++k) {
        std::vector<double> all(count, 0.0);
        for (std::size_t t = 0; t < tiles_.size(); ++t)
            for (std::size_t i = 0; i < places[t].size(); ++i) all[places[t][i]] = traces[t][k][i];
        archive.state(name + (pre ? ".pre" : ".post") + std::to_string(k), all);
        for (std::size_t t = 0; t < tiles_.size(); ++t)
            for (std::size_t i = 0; i < places[t].size(); ++i) traces[t][k][i] = all[places[t][i]];
    }
    for (std::size_t t = 0; archive.loading() && t < tiles_.size(); ++t) tiles_[t]->set_traces(pre, traces[t]);
}

}  // namespace rheobase
