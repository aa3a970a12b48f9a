#include "rheobase/network/plastic_projection.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "rheobase/base/errors.hpp"

namespace rheobase {

namespace {

/// Calls visit(t, row) for every row of every tile t, by pre neuron, then by delay, then by tile. Weights have learned
/// from all spikes.
template <class Visit>
void for_each_row(const std::vector<std::unique_ptr<Plasticity>>& tiles, Visit visit) {
    if (tiles.empty()) return;
    for (const auto& tile : tiles) tile->settle();
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
    if (!tiles_.empty()) rebuild(tiles(), now);
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

void PlasticProjection::set_learning(bool on) {
    for (const auto& tile : tiles_) tile->settle();
    learns_ = on;
}

void PlasticProjection::rebuild(std::vector<PlasticConnections> tiles, std::int64_t now) {
    Archive learned;
    if (!tiles_.empty()) archive(learned, "", now);
    tiles_.clear();
    for (PlasticConnections& connections : tiles) tiles_.push_back(make_(values_, std::move(connections)));
    due_.assign(tiles_.size(), SpikeHistory::Lists(1));
    columns_due_.assign(tiles_.size(), {});
    count_ids();
    if (learned.entries().empty()) return;
    Archive again(learned.entries());
    archive(again, "", now);
}

std::vector<PlasticConnections> PlasticProjection::tiles() const {
    std::vector<PlasticConnections> copies;
    for (const auto& tile : tiles_) {
        tile->settle();
        copies.push_back(tile->connections());
    }
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

void PlasticProjection::expect(std::size_t tile, const SpikeHistory& history, std::int64_t now) {
    if (has_one_delay()) tiles_[tile]->expect(find_due(tile, history, now));
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
    if (!due.empty() || now % Plasticity::settling_period == 0)
        tiles_[tile]->fire(now, {due.data(), due.size()}, learns_);
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

void PlasticProjection::archive(Archive& archive, const std::string& name, std::int64_t now) {
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
    for (const bool pre : {true, false}) archive_traces(archive, name, pre, now);
}

/// Every tile carries the traces of all pre neurons, or where delays differ those of its rows, and of its own post
/// neurons, or where post delays differ those of its columns. They are stored once each: by row in the order of rows,
/// or by post neuron, then by post delay.
void PlasticProjection::archive_traces(Archive& archive, const std::string& name, bool pre, std::int64_t now) {
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
    for (std::size_t t = 0; archive.loading() && t < tiles_.size(); ++t) tiles_[t]->set_traces(pre, traces[t], now);
}

}  // namespace rheobase
