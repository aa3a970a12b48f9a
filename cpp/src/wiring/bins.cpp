#include "rheobase/wiring/bins.hpp"

#include <algorithm>
#include <cmath>

#include "rheobase/base/errors.hpp"

namespace rheobase {

namespace {

constexpr std::uint32_t max_delay = 65535;
constexpr std::size_t max_bins = 65536;

/// The longest delay of a projection, in steps.
std::uint32_t find_max_delay(const Projection& p, double dt) {
    if (!p.rule->list.delays.empty()) {
        const auto [least, most] = std::minmax_element(p.rule->list.delays.begin(), p.rule->list.delays.end());
        require(*least >= 1, "delays must be at least one step");
        return *most;
    }
    const double steps = p.delay.constant() ? p.delay.a : std::max(1.0, std::round(p.delay.max_value() / dt));
    if (!(steps >= 1.0 && steps <= max_delay))
        throw InvalidArgument("delay must lie between 1 and 65535 steps; bound its distribution with low= and high=");
    return static_cast<std::uint32_t>(steps);
}

/// The delays that synapses of a projection may have, in steps, ascending; every step asks for each of them.
std::vector<std::uint32_t> list_delays(const Projection& p, std::uint32_t last, double dt) {
    std::vector<std::uint32_t> delays;
    if (!p.rule->list.delays.empty()) {
        std::vector<bool> listed(std::size_t{last} + 1, false);
        for (const std::uint16_t d : p.rule->list.delays) listed[d] = true;
        for (std::uint32_t d = 0; d <= last; ++d)
            if (listed[d]) delays.push_back(d);
        return delays;
    }
    const double shortest = p.delay.constant() ? p.delay.a : std::max(1.0, std::round(p.delay.min_value() / dt));
    for (auto d = static_cast<std::uint32_t>(shortest); d <= last; ++d) delays.push_back(d);
    return delays;
}

/// What 16-bit weights of a group are multiples of, so that the largest that any of them may have is 32767 of it.
float find_weight_unit(const std::vector<Projection*>& projections) {
    double max_weight = 0.0;
    for (const Projection* p : projections) {
        const PairList& list = p->rule->list;
        if (!list.weighted) {
            max_weight = std::max({max_weight, std::fabs(p->weight.min_value()), std::fabs(p->weight.max_value())});
            continue;
        }
        for (std::size_t k = 0; k < list.size(); ++k)
            max_weight = std::max(max_weight, static_cast<double>(std::fabs(list.weight(k))));
    }
    return max_weight > 0.0 ? static_cast<float>(max_weight / max_multiple) : 1.0f;
}

}  // namespace

Bins make_bins(const std::vector<Projection*>& projections, double dt) {
    struct Entry {
        Bin bin;
        std::size_t projection;
    };
    const float unit = find_weight_unit(projections);
    std::vector<Entry> entries;
    Bins bins;
    for (std::size_t q = 0; q < projections.size(); ++q) {
        const Projection& p = *projections[q];
        const bool one_delay = p.rule->list.delays.empty() && p.delay.constant();
        const bool one_weight = !p.rule->list.weighted && p.weight.constant();
        const bool own = !one_weight || (!one_delay && projections.size() > 1);
        const Weights weights = !own ? Weights::same : p.weight_bits == 16 ? Weights::bits_16 : Weights::bits_32;
        const float weight = !own ? static_cast<float>(p.weight.a) : p.weight_bits == 16 ? unit : 0.0f;
        const std::uint32_t last = find_max_delay(p, dt);
        for (const std::uint32_t d : list_delays(p, last, dt))
            entries.push_back({{static_cast<std::uint16_t>(d), p.id, weights, weight}, q});
        bins.of.emplace_back(last + 1, 0);
    }
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return a.bin.delay != b.bin.delay ? a.bin.delay < b.bin.delay : a.bin.weights < b.bin.weights;
    });
    for (const Entry& e : entries) {
        const bool shared = e.bin.weights != Weights::same && !bins.all.empty() &&
                            bins.all.back().weights == e.bin.weights && bins.all.back().delay == e.bin.delay;
        if (!shared) bins.all.push_back(e.bin);
        bins.of[e.projection][e.bin.delay] = static_cast<std::uint16_t>(bins.all.size() - 1);
    }
    if (bins.all.size() > max_bins)
        throw InvalidArgument("the delays of one population's projections must take fewer than 65536 values");
    return bins;
}

}  // namespace rheobase
