#include "rheobase/network/plastic_connections.hpp"

#include <algorithm>
#include <utility>

#include "rheobase/wiring/construction.hpp"

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

/// Rows are read twice, first to be counted: memory that grew would for a while take twice as much as it holds.
PlasticConnections::PlasticConnections(const Projection& projection, const Tile& tile, std::size_t pre_size,
                                       const std::vector<std::uint16_t>& of_synapse, WorkShare& share)
    : begin(tile.parts[projection.post].begin), end(tile.parts[projection.post].end) {
    std::vector<Synapse> row;
    std::size_t synapses = 0;
    for (std::uint32_t pre = 0; pre < pre_size; ++pre) {
        row.clear();
        read_row(projection, tile, pre, row);
        synapses += row.size();
        share.advance(row.size());
    }
    post.reserve(synapses);
    weight.reserve(synapses);
    row_start.push_back(0);
    if (!projection.has_one_delay()) first_row.push_back(0);
    for (std::uint32_t pre = 0; pre < pre_size; ++pre) {
        row.clear();
        read_row(projection, tile, pre, row);
        for (std::size_t k = 0; k < row.size(); ++k) {
            if (!projection.has_one_delay() && (k == 0 || row[k - 1].delay != row[k].delay)) {
                row_pre.push_back(pre);
                row_delay.push_back(row[k].delay);
                row_start.push_back(row_start.back());
            }
            post.push_back(static_cast<std::uint16_t>(row[k].post - begin));
            weight.push_back(static_cast<double>(row[k].weight));
            if (!projection.has_one_delay()) ++row_start.back();
        }
        if (projection.has_one_delay())
            row_start.push_back(post.size());
        else
            first_row.push_back(static_cast<std::uint32_t>(row_pre.size()));
        share.advance(row.size());
    }
    first_id.resize(rows());
    delays = distinct(row_delay);
    if (!projection.post_delays.one()) divide_columns(of_synapse, share);
}

/// Gives the synapses of each post neuron that have one post delay a column of their own.
void PlasticConnections::divide_columns(const std::vector<std::uint16_t>& of_synapse, WorkShare& share) {
    std::vector<std::vector<std::uint16_t>> of_neuron(end - begin);
    for (std::size_t s = 0; s < post.size(); ++s) {
        share.advance(0);
        of_neuron[post[s]].push_back(of_synapse[s]);
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
    synapse_column.reserve(post.size());
    for (std::size_t s = 0; s < post.size(); ++s) {
        share.advance(0);
        synapse_column.push_back(static_cast<std::uint32_t>(find_column(post[s], of_synapse[s])));
    }
}

std::size_t PlasticConnections::find_row(std::uint32_t pre, std::uint16_t delay) const noexcept {
    return find_part(row_delay, first_row, pre, delay);
}

std::size_t PlasticConnections::find_column(std::uint32_t neuron, std::uint16_t delay) const noexcept {
    return find_part(column_delay, first_column, neuron, delay);
}

}  // namespace rheobase
