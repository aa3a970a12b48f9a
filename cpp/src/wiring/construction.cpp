#include "rheobase/wiring/construction.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "rheobase/base/bytes.hpp"
#include "rheobase/base/errors.hpp"
#include "rheobase/base/span.hpp"
#include "rheobase/wiring/connection_values.hpp"
#include "rheobase/wiring/row_writer.hpp"

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

/// Which bin a synapse of a projection belongs to, by delay.
struct Bins {
    std::vector<Bin> all;
    std::vector<std::vector<std::uint32_t>> of;  ///< [projection][delay]
};

/// What 16-bit weights of a group are multiples of, so that the largest that any of them may have is 32767 of it.
float find_weight_unit(const ProjectionGroup& group) {
    double max_weight = 0.0;
    for (const Projection* p : group.projections) {
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

Bins make_bins(const ProjectionGroup& group, double dt) {
    struct Entry {
        Bin bin;
        std::size_t projection;
    };
    const float unit = find_weight_unit(group);
    std::vector<Entry> entries;
    Bins bins;
    for (std::size_t q = 0; q < group.projections.size(); ++q) {
        const Projection& p = *group.projections[q];
        const bool one_delay = p.rule->list.delays.empty() && p.delay.constant();
        const bool one_weight = !p.rule->list.weighted && p.weight.constant();
        const bool own = !one_weight || (!one_delay && group.projections.size() > 1);
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
        bins.of[e.projection][e.bin.delay] = static_cast<std::uint32_t>(bins.all.size() - 1);
    }
    if (bins.all.size() > max_bins)
        throw InvalidArgument("the delays of one population's projections must take fewer than 65536 values");
    return bins;
}

bool is_drawn_by_post(const Projection& p) { return p.rule->kind == ConnectionRule::Kind::in_degrees; }

/// Builds the fan-outs of one group. Threads share the work by tiles where connections are drawn by post neuron and
/// by chunks of rows otherwise; what they make does not depend on who made it.
class Construction {
  public:
    Construction(const ProjectionGroup& group, Layout& layout, const Drawing& drawing, SharedWork& work)
        : group_(group),
          layout_(layout),
          drawing_(drawing),
          work_(work),
          bins_(make_bins(group, drawing.dt)),
          rows_(layout.populations[group.pre].size),
          chunks_((rows_ + StoredRows::per_chunk - 1) / StoredRows::per_chunk),
          collected_(layout.tiles.size()) {}

    void run(ThreadPool& pool) {
        make_fan_outs();
        const auto poll = [&] { work_.poll(); };
        if (is_drawn_by_post(*group_.projections[0]))
            pool.run(
                [&](std::size_t thread) {
                    WorkShare share(work_, thread);
                    for (std::size_t t = thread; t < layout_.tiles.size(); t += pool.size()) collect_pre(t, share);
                },
                poll);
        struct Made {
            std::vector<std::uint64_t> synapses;
            std::vector<RowMemory> memory;
        };
        std::vector<Made> made(pool.size());
        pool.run(
            [&](std::size_t thread) {
                Rows rows(*this, thread);
                for (std::size_t chunk = thread; chunk < chunks_; chunk += pool.size()) rows.make(chunk);
                made[thread] = {std::move(rows.synapses), std::move(rows.memory)};
            },
            poll);
        for (Projection* p : group_.projections) p->synapses = 0;
        for (Made& m : made) {
            for (std::size_t q = 0; q < group_.projections.size(); ++q)
                group_.projections[q]->synapses += m.synapses[q];
            for (std::size_t t = 0; t < m.memory.size(); ++t) rows_of(t).memory.push_back(std::move(m.memory[t]));
        }
    }

  private:
    /// Post neurons that the projections of a group have in one tile, drawn by post neuron and waiting to be made rows.
    struct Collected {
        std::vector<std::uint32_t> end;  ///< [row, projection]: where in its chunk its post neurons end
        std::vector<Bytes> chunks;       ///< 16 bits per post neuron, freed when it has become part of a row
    };

    /// What one thread needs to make rows.
    struct Rows {
        Rows(const Construction& c, std::size_t thread)
            : site(c),
              share(c.work_, thread),
              synapses(c.group_.projections.size(), 0),
              values(c.drawing_.random, c.drawing_.dt) {
            for (std::size_t t = 0; t < c.layout_.tiles.size(); ++t) writers.emplace_back(c.bins_.all);
            bytes.resize(c.layout_.tiles.size());
            memory.resize(c.layout_.tiles.size());
        }

        void make(std::size_t chunk) {
            for (auto& b : bytes) b.clear();
            const std::size_t first = chunk * StoredRows::per_chunk;
            for (std::size_t r = 0; r < StoredRows::per_chunk; ++r) {
                const std::size_t pre = first + r;
                for (std::size_t q = 0; q < site.group_.projections.size() && pre < site.rows_; ++q)
                    is_drawn_by_post(*site.group_.projections[q]) ? take(q, pre) : draw(q, pre);
                for (std::size_t t = 0; t < bytes.size(); ++t) {
                    writers[t].write(bytes[t]);
                    if (bytes[t].size() > max_bytes)
                        throw InvalidArgument("a neuron must make fewer connections: its rows pass 4 GB");
                    site.rows_of(t).starts(chunk)[r + 1] = static_cast<std::uint32_t>(bytes[t].size());
                }
            }
            for (std::size_t t = 0; t < bytes.size(); ++t) {
                std::uint8_t* stored = memory[t].take(bytes[t].size());
                std::copy(bytes[t].begin(), bytes[t].end(), stored);
                site.rows_of(t).chunks[chunk] = stored;
                if (!site.collected_[t].chunks.empty()) site.collected_[t].chunks[chunk] = Bytes();
            }
        }

        /// A row whose post neurons the rule draws or lists, ascending.
        void draw(std::size_t q, std::size_t pre) {
            const Projection& p = *site.group_.projections[q];
            if (!p.pre_neurons.holds(static_cast<std::uint32_t>(pre))) return;
            const auto row = site.find_post(p, pre, sampler, post_neurons);
            values.draw(p, static_cast<std::uint32_t>(pre), row,
                        p.rule->list.row_start.empty() ? 0 : p.rule->list.row_start[pre]);
            synapses[q] += row.size();
            share.advance(row.size());
            const std::uint32_t* next = row.begin();
            for (std::size_t t = 0; t < bytes.size(); ++t) {
                const Part& part = site.layout_.tiles[t].parts[p.post];
                const std::uint32_t* last = std::lower_bound(next, row.end(), static_cast<std::uint32_t>(part.end));
                add(q, t, part, row, static_cast<std::size_t>(next - row.begin()),
                    static_cast<std::size_t>(last - row.begin()));
                next = last;
            }
        }

        /// A row whose post neurons have been collected.
        void take(std::size_t q, std::size_t pre) {
            const Projection& p = *site.group_.projections[q];
            for (std::size_t t = 0; t < bytes.size(); ++t) {
                site.take_collected(t, pre, q, post_neurons);
                values.draw(p, static_cast<std::uint32_t>(pre), post_neurons, 0);
                synapses[q] += post_neurons.size();
                share.advance(post_neurons.size());
                add(q, t, site.layout_.tiles[t].parts[p.post], post_neurons, 0, post_neurons.size());
            }
        }

        void add(std::size_t q, std::size_t t, const Part& part, Span<const std::uint32_t> row, std::size_t first,
                 std::size_t last) {
            const auto& bin = site.bins_.of[q];
            const auto slot = static_cast<std::uint32_t>(part.slot(site.group_.projections[q]->receptor));
            const auto begin = static_cast<std::uint32_t>(part.begin);
            for (std::size_t k = first; k < last; ++k)
                writers[t].add(bin[values.delays()[k]], static_cast<std::uint16_t>(slot + (row[k] - begin)),
                               values.weights()[k]);
        }

        static constexpr std::size_t max_bytes = 0xFFFFFFFF;
        const Construction& site;
        WorkShare share;
        std::vector<std::uint64_t> synapses;
        std::vector<std::vector<std::uint8_t>> bytes;  ///< of the chunk being made, one per tile
        std::vector<RowMemory> memory;                 ///< one per tile
        std::vector<RowWriter> writers;
        ConnectionValues values;
        Sampler sampler;
        std::vector<std::uint32_t> post_neurons;
    };

    void make_fan_outs() {
        for (Tile& tile : layout_.tiles) {
            FanOut f;
            f.pre = group_.pre;
            f.since = group_.projections[0]->since;
            f.delta = group_.projections[0]->delta;
            f.bins = bins_.all;
            f.rows->chunks.resize(chunks_);
            f.rows->start.assign(chunks_ * (StoredRows::per_chunk + 1), 0);
            tile.fan_outs.push_back(std::move(f));
        }
    }

    StoredRows& rows_of(std::size_t t) const { return *layout_.tiles[t].fan_outs.back().rows; }

    Span<const std::uint32_t> find_post(const Projection& p, std::size_t pre, Sampler& sampler,
                                        std::vector<std::uint32_t>& drawn) const {
        const ConnectionRule& rule = *p.rule;
        if (rule.kind == ConnectionRule::Kind::listed) {
            const std::uint64_t first = rule.list.row_start[pre], last = rule.list.row_start[pre + 1];
            drawn.resize(last - first);
            for (std::uint64_t k = first; k < last; ++k) drawn[k - first] = rule.list.post(k);
            return drawn;
        }
        const auto neuron = static_cast<std::uint32_t>(pre);
        const auto n = static_cast<std::uint32_t>(p.post_neurons.size(layout_.populations[p.post].size));
        const std::uint32_t excluded = !rule.autapses && p.pre == p.post ? p.post_neurons.member(neuron) : n;
        sampler.draw(Stream(drawing_.random, RandomSource::tag(Purpose::post, p.id), neuron, 0), n,
                     rule.degree(p.pre_neurons.member(neuron)), rule.multapses, excluded, drawn);
        p.post_neurons.to_neurons(drawn);
        return drawn;
    }

    /// Calls visit(post, pre) for every connection of a rule that is drawn by post neuron, onto one tile.
    template <class Visit>
    void for_each_pre(const Projection& p, const Part& part, WorkShare& share, Visit visit) const {
        Sampler sampler;
        std::vector<std::uint32_t> drawn;
        const auto n = static_cast<std::uint32_t>(p.pre_neurons.size(rows_));
        p.post_neurons.for_each_between(part.begin, part.end, [&](std::uint32_t post, std::uint32_t member) {
            const std::uint32_t excluded = !p.rule->autapses && p.pre == p.post ? p.pre_neurons.member(post) : n;
            sampler.draw(Stream(drawing_.random, RandomSource::tag(Purpose::pre, p.id), post, 0), n,
                         p.rule->degree(member), p.rule->multapses, excluded, drawn);
            p.pre_neurons.to_neurons(drawn);
            share.advance(drawn.size());
            for (std::uint32_t pre : drawn) visit(post, pre);
        });
    }

    /// Draws all connections onto a tile twice: to count the post neurons of each row, then to store them there.
    void collect_pre(std::size_t t, WorkShare& share) {
        Collected& found = collected_[t];
        const std::size_t projections = group_.projections.size(), per_chunk = StoredRows::per_chunk * projections;
        const auto part = [&](std::size_t q) -> const Part& {
            return layout_.tiles[t].parts[group_.projections[q]->post];
        };
        found.end.assign(chunks_ * per_chunk, 0);
        for (std::size_t q = 0; q < projections; ++q)
            for_each_pre(*group_.projections[q], part(q), share,
                         [&](std::uint32_t, std::uint32_t pre) { ++found.end[pre * projections + q]; });
        for (std::size_t chunk = 0; chunk < chunks_; ++chunk) {
            std::uint32_t total = 0;
            for (std::size_t k = chunk * per_chunk; k < (chunk + 1) * per_chunk; ++k)
                total += std::exchange(found.end[k], total);
            found.chunks.emplace_back(total * sizeof(std::uint16_t));
        }
        for (std::size_t q = 0; q < projections; ++q)
            for_each_pre(*group_.projections[q], part(q), share, [&](std::uint32_t post, std::uint32_t pre) {
                const auto stored = static_cast<std::uint16_t>(post - part(q).begin);
                std::uint32_t& end = found.end[pre * projections + q];
                std::memcpy(found.chunks[pre / StoredRows::per_chunk].data() + sizeof stored * std::size_t{end++},
                            &stored, sizeof stored);
            });
    }

    void take_collected(std::size_t t, std::size_t pre, std::size_t q, std::vector<std::uint32_t>& post_neurons) const {
        const Collected& found = collected_[t];
        const std::size_t projections = group_.projections.size(), k = pre * projections + q;
        const bool first_of_chunk = k % (StoredRows::per_chunk * projections) == 0;
        const std::uint32_t begin = first_of_chunk ? 0 : found.end[k - 1], end = found.end[k];
        const std::uint8_t* waiting = found.chunks[pre / StoredRows::per_chunk].data();
        const auto offset = static_cast<std::uint32_t>(layout_.tiles[t].parts[group_.projections[q]->post].begin);
        post_neurons.clear();
        for (std::uint32_t i = begin; i < end; ++i) {
            std::uint16_t stored;
            std::memcpy(&stored, waiting + sizeof stored * std::size_t{i}, sizeof stored);
            post_neurons.push_back(offset + stored);
        }
    }

    const ProjectionGroup& group_;
    Layout& layout_;
    const Drawing drawing_;
    SharedWork& work_;
    const Bins bins_;
    std::size_t rows_, chunks_;
    mutable std::vector<Collected> collected_;
};

}  // namespace

void construct(ProjectionGroup& group, Layout& layout, const Drawing& drawing, ThreadPool& pool, SharedWork& work) {
    Construction(group, layout, drawing, work).run(pool);
    for (Projection* p : group.projections) {
        p->group = layout.tiles[0].fan_outs.size() - 1;
        p->built = true;
    }
}

namespace {

template <class Visit>
void for_each_segment(const FanOut& f, const Row& row, Visit visit) {
    if (row.begin == row.end) return;
    for (Place place = first_place(row); place.at != row.end;) {
        const Bin& bin = f.bins[place.bin];
        visit(bin, f.take(place));
    }
}

}  // namespace

std::uint64_t count_passes(const Projection& p) { return is_drawn_by_post(p) ? 3 : 1; }

std::vector<Synapse> read_connections(const Projection& p, const Layout& layout, SharedWork& work) {
    std::vector<Synapse> found;
    found.reserve(p.synapses);
    WorkShare share(work, 0);
    for (std::size_t row = 0; row < layout.populations[p.pre].size; ++row) {
        if (!p.pre_neurons.holds(static_cast<std::uint32_t>(row))) continue;
        const std::size_t before = found.size();
        for (const Tile& tile : layout.tiles) {
            const FanOut& f = tile.fan_outs[p.group];
            const Part& part = tile.parts[p.post];
            const std::size_t low = part.slot(p.receptor), high = low + part.size();
            for_each_segment(f, f.row(row), [&](const Bin& bin, const Segment& s) {
                if (bin.weights == Weights::same && bin.projection != p.id) return;
                for (std::uint32_t k = 0; k < s.count; ++k) {
                    const std::size_t slot = slot_at(s.data, k);
                    if (slot < low || slot >= high) continue;
                    const auto post = static_cast<std::uint32_t>(part.begin + (slot - low));
                    if (p.post_neurons.holds(post))
                        found.push_back({static_cast<std::uint32_t>(row), post, weight_at(s, k), bin.delay});
                }
            });
        }
        share.advance(found.size() - before);
    }
    return found;
}

namespace {

/// Whether projections from one population could connect the same pairs by the same receptor.
bool cannot_be_told_apart(const Projection& a, const Projection& b) {
    return a.post == b.post && a.receptor == b.receptor && a.pre_neurons.overlaps(b.pre_neurons) &&
           a.post_neurons.overlaps(b.post_neurons);
}

}  // namespace

std::vector<ProjectionGroup> group_by_pre(const std::vector<Projection*>& pending) {
    std::vector<ProjectionGroup> groups;
    for (Projection* p : pending) {
        const auto fits = [&](const ProjectionGroup& g) {
            const Projection& first = *g.projections[0];
            return g.pre == p->pre && first.batch == p->batch && first.since == p->since &&
                   is_drawn_by_post(first) == is_drawn_by_post(*p) && first.delta == p->delta &&
                   first.weight_bits == p->weight_bits &&
                   std::none_of(g.projections.begin(), g.projections.end(),
                                [&](auto* other) { return cannot_be_told_apart(*other, *p); });
        };
        const auto home = std::find_if(groups.begin(), groups.end(), fits);
        if (home == groups.end())
            groups.push_back({p->pre, {p}});
        else
            home->projections.push_back(p);
    }
    return groups;
}

}  // namespace rheobase
