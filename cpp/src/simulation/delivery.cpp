#include "rheobase/simulation/delivery.hpp"

#include <algorithm>

#include "rheobase/base/prefetch.hpp"
#include "rheobase/loops/loops.hpp"

namespace rheobase {

namespace {

/// What `deliver` adds to slots, in its order.
void append(const Segment& segment, std::uint32_t step, std::vector<Arrival>& arrivals) {
    const std::uint8_t* weights = weights_of(segment);
    const double w = static_cast<double>(segment.weight);
    for (std::size_t k = 0; k < segment.count; ++k) {
        const double weight = segment.weights == Weights::bits_32   ? single_at(weights, k)
                              : segment.weights == Weights::bits_16 ? w * multiple_at(weights, k)
                                                                    : w;
        arrivals.push_back({slot_at(segment.data, k), step, weight});
    }
}

/// Asks for what of a row is read first.
void prefetch(const Row& row) noexcept {
    constexpr std::ptrdiff_t line = 64, max_bytes = 192;
    const std::uint8_t* const end = row.begin + std::min(row.end - row.begin, max_bytes);
    for (const std::uint8_t* at = row.begin; at < end; at += line) rheobase::prefetch(at);
}

}  // namespace

void Delivery::restart() {
    gathers_ = Gathering::fits(network_, layout_);
    if (gathers_) return gathering_.restart();
    traffic_ = std::vector<TileTraffic>(layout_.tiles.size());
    const std::int64_t now = network_.now();
    std::size_t longest = 1;
    for (std::size_t p = 0; p < network_.size(); ++p) longest = std::max(longest, network_.history(p).max_delay());
    for (std::size_t t = 0; t < traffic_.size(); ++t) {
        traffic_[t].sent = now - static_cast<std::int64_t>(longest) - 1;
        send_off(t, now - 1);
        for (Traffic* traffic : {&traffic_[t].delta, &traffic_[t].kernels})
            collect_due(*traffic, layout_.tiles[t].fan_outs, now);
    }
}

void Delivery::begin_window(std::size_t share, Window window) {
    if (gathers_) gathering_.gather(share, window);
}

void Delivery::send_off(std::size_t t, std::int64_t step) {
    if (gathers_) return;
    TileTraffic& traffic = traffic_[t];
    for (Traffic* ahead : {&traffic.ahead_delta, &traffic.ahead_kernels}) {
        ahead->spikes.clear();
        ahead->known = 0;
    }
    while (traffic.sent < step) send(t, ++traffic.sent, step, Who::all, traffic.delta, traffic.kernels);
}

void Delivery::send_ahead(std::size_t t, std::int64_t step) {
    if (gathers_) return;
    send(t, step, step, Who::sources, traffic_[t].ahead_delta, traffic_[t].ahead_kernels);
}

/// Spikes that are due by `brought` at the latest have been brought, and histories may hold newer ones in their place.
void Delivery::send(std::size_t t, std::int64_t step, std::int64_t brought, Who who, Traffic& delta, Traffic& kernels) {
    const std::vector<FanOut>& fan_outs = layout_.tiles[t].fan_outs;
    for (std::uint32_t k = 0; k < fan_outs.size(); ++k) {
        const FanOut& f = fan_outs[k];
        const SpikeHistory& history = network_.history(f.pre);
        if (step < f.since || step + static_cast<std::int64_t>(history.max_delay()) <= brought) continue;
        if (who == Who::sources && !network_.population(f.pre).is_source()) continue;
        auto& travelling = (f.delta ? delta : kernels).spikes;
        constexpr std::size_t ahead = 16;
        for (const auto& spikes : history.at(step))
            for (std::size_t n = 0; n < spikes.size(); ++n) {
                if (n + ahead < spikes.size()) f.prefetch(spikes[n + ahead]);
                const Row row = f.row(spikes[n]);
                if (row.begin == row.end) continue;
                prefetch(row);
                Travelling& spike = travelling.emplace_back();  // filled in place: a copy would wait for its parts
                spike = {{row.begin, 0}, k, row.end, step};
            }
    }
}

/// Moves every spike past what is due at `step`, which becomes the list of due segments, and what was due before: a
/// source's spike may have brought that while it travelled ahead.
std::uint64_t Delivery::collect_due(Traffic& traffic, const std::vector<FanOut>& fan_outs, std::int64_t step) {
    for (std::size_t k = traffic.known; k < traffic.spikes.size(); ++k) {
        Travelling& spike = traffic.spikes[k];
        spike.place = first_place({spike.place.at, spike.end});
        const FanOut& f = fan_outs[spike.fan_out];
        const std::int64_t found = spike.due;
        spike.due += f.delay(spike.place);
        while (spike.due < step) {
            f.take(spike.place);
            spike.due = spike.place.at == spike.end ? INT64_MAX : found + f.delay(spike.place);
        }
    }
    traffic.due.clear();
    std::uint64_t events = 0;
    auto kept = traffic.spikes.begin();
    constexpr std::size_t ahead = 16;
    for (std::size_t k = 0; k < traffic.spikes.size(); ++k) {
        if (k + ahead < traffic.spikes.size() && traffic.spikes[k + ahead].due <= step)
            rheobase::prefetch(traffic.spikes[k + ahead].place.at);
        Travelling spike = traffic.spikes[k];
        const FanOut& f = fan_outs[spike.fan_out];
        while (spike.due <= step) {
            const std::int64_t found = spike.due - f.delay(spike.place);
            Segment& segment = traffic.due.emplace_back();
            segment = f.take(spike.place);
            events += segment.count;
            if (spike.place.at == spike.end) break;
            spike.due = found + f.delay(spike.place);
        }
        if (spike.place.at != spike.end) *kept++ = spike;
    }
    traffic.spikes.erase(kept, traffic.spikes.end());
    traffic.known = traffic.spikes.size();
    return events;
}

std::uint64_t Delivery::bring(std::size_t t, bool delta, const StepContext& step) {
    std::uint64_t events = 0;
    if (gathers_) {
        double* const slots = layout_.tiles[t].slots.data();
        events = gathering_.visit(t, delta, step.n + 1, [slots](const Segment* segments, std::size_t count) {
            loops().deliver(slots, segments, count);
        });
    } else {
        TileTraffic& traffic = traffic_[t];
        events = bring_spikes(t, delta ? traffic.delta : traffic.kernels, step.n + 1);
        events += bring_spikes(t, delta ? traffic.ahead_delta : traffic.ahead_kernels, step.n + 1);
    }
    events += bring_plastic(t, delta, step.n + 1);
    drive(t, delta, step);
    return events;
}

std::uint64_t Delivery::bring_spikes(std::size_t t, Traffic& traffic, std::int64_t step) {
    if (traffic.spikes.empty()) return 0;
    Tile& tile = layout_.tiles[t];
    const std::uint64_t events = collect_due(traffic, tile.fan_outs, step);
    loops().deliver(tile.slots.data(), traffic.due.data(), traffic.due.size());
    return events;
}

std::uint64_t Delivery::collect(std::size_t t, const StepContext& step, std::uint32_t counted,
                                std::vector<Arrival>& arrivals) {
    std::uint64_t events = 0;
    if (gathers_) {
        for (const bool delta : {true, false})
            events += gathering_.visit(t, delta, step.n + 1, [&](const Segment* segments, std::size_t count) {
                for (std::size_t k = 0; k < count; ++k) append(segments[k], counted, arrivals);
            });
        return events;
    }
    TileTraffic& traffic = traffic_[t];
    for (Traffic* each : {&traffic.delta, &traffic.ahead_delta, &traffic.kernels, &traffic.ahead_kernels}) {
        if (each->spikes.empty()) continue;
        events += collect_due(*each, layout_.tiles[t].fan_outs, step.n + 1);
        for (const Segment& segment : each->due) append(segment, counted, arrivals);
    }
    return events;
}

void Delivery::expect_plastic(std::size_t t, std::int64_t step) {
    for (PlasticProjection* plastic : network_.plastic_projections())
        plastic->expect(t, network_.history(plastic->projection().pre), step);
}

std::uint64_t Delivery::bring_plastic(std::size_t t, bool delta, std::int64_t step) {
    Tile& tile = layout_.tiles[t];
    std::uint64_t events = 0;
    for (PlasticProjection* plastic : network_.plastic_projections()) {
        const Projection& p = plastic->projection();
        if (p.delta != delta) continue;
        events +=
            plastic->arrive(t, network_.history(p.pre), step, tile.slots.data() + tile.parts[p.post].slot(p.receptor));
    }
    return events;
}

void Delivery::drive(std::size_t t, bool delta, const StepContext& step) {
    Tile& tile = layout_.tiles[t];
    for (const auto& d : network_.drives()) {
        if (d->delta() != delta) continue;
        const Part& part = tile.parts[d->population()];
        d->add(step, part.begin, part.size(), tile.slots.data() + part.slot(d->receptor()));
    }
}

}  // namespace rheobase
