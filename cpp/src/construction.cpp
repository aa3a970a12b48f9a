#include "rheobase/construction.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "rheobase/errors.hpp"

namespace rheobase {

namespace {

constexpr std::uint32_t longest_delay = 65535;
constexpr std::uint32_t most_attempts = 4096;

/// The longest delay of a projection, in steps.
std::uint32_t longest(const Projection& p, double dt) {
    if (!p.rule.delays.empty()) {
        const auto [least, most] = std::minmax_element(p.rule.delays.begin(), p.rule.delays.end());
        require(*least >= 1, "delays must be at least one step");
        return *most;
    }
    const double steps = p.delay.constant() ? p.delay.a : std::max(1.0, std::round(p.delay.largest() / dt));
    if (!(steps >= 1.0 && steps <= longest_delay))
        throw InvalidArgument("delay must lie between 1 and 65535 steps; bound its distribution with low= and high=");
    return static_cast<std::uint32_t>(steps);
}

/// The delays that synapses of a projection may have, in steps, ascending; every step asks for each of them.
std::vector<std::uint32_t> possible_delays(const Projection& p, std::uint32_t longest, double dt) {
    std::vector<std::uint32_t> delays;
    if (!p.rule.delays.empty()) {
        std::vector<bool> listed(std::size_t{longest} + 1, false);
        for (const std::uint16_t d : p.rule.delays) listed[d] = true;
        for (std::uint32_t d = 0; d <= longest; ++d)
            if (listed[d]) delays.push_back(d);
        return delays;
    }
    const double shortest = p.delay.constant() ? p.delay.a : std::max(1.0, std::round(p.delay.smallest() / dt));
    for (auto d = static_cast<std::uint32_t>(shortest); d <= longest; ++d) delays.push_back(d);
    return delays;
}

/// Which bin a synapse of a projection belongs to, by delay.
struct Bins {
    std::vector<Bin> all;
    std::vector<std::vector<std::uint32_t>> of;  ///< [projection][delay]
    std::vector<bool> own;                       ///< [projection]
};

Bins bins_of(const ProjectionGroup& group, double dt) {
    struct Entry {
        Bin bin;
        std::size_t projection;
    };
    std::vector<Entry> entries;
    Bins bins;
    for (std::size_t q = 0; q < group.projections.size(); ++q) {
        const Projection& p = *group.projections[q];
        const bool one_delay = p.rule.delays.empty() && p.delay.constant();
        const bool one_weight = p.rule.weights.empty() && p.weight.constant();
        bins.own.push_back(!one_weight || (!one_delay && group.projections.size() > 1));
        const std::uint32_t last = longest(p, dt);
        for (const std::uint32_t d : possible_delays(p, last, dt))
            entries.push_back({{static_cast<std::uint16_t>(d), p.id, bins.own[q],
                                bins.own[q] ? 0.0f : static_cast<float>(p.weight.a)},
                               q});
        bins.of.emplace_back(last + 1, 0);
    }
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return a.bin.delay != b.bin.delay ? a.bin.delay < b.bin.delay : a.bin.own < b.bin.own;
    });
    for (const Entry& e : entries) {
        const bool shared =
            e.bin.own && !bins.all.empty() && bins.all.back().own && bins.all.back().delay == e.bin.delay;
        if (!shared) bins.all.push_back(e.bin);
        bins.of[e.projection][e.bin.delay] = static_cast<std::uint32_t>(bins.all.size() - 1);
    }
    return bins;
}

/// What one thread does of the construction of a group.
class Worker {
  public:
    Worker(const ProjectionGroup& group, const Bins& bins, const Layout& layout, std::size_t thread)
        : group_(group),
          bins_(bins),
          layout_(layout),
          rows_(layout.populations[group.source]->size()),
          tiles_(layout.tiles_per_thread),
          first_tile_(thread * layout.tiles_per_thread),
          counts_(tiles_ * group.projections.size()),
          synapses_(group.projections.size(), 0) {
        for (auto& count : counts_) count.assign(rows_, 0);
    }

    void construct() {
        count();
        allocate();
        place();
        finish();
    }
    std::uint64_t synapses(std::size_t q) const { return synapses_[q]; }

  private:
    /// The part of projection q's target population in tile t of this thread, or null.
    const Part* part(std::size_t q, std::size_t t) const {
        for (const Part& p : layout_.tiles[first_tile_ + t].parts)
            if (p.population == group_.projections[q]->target) return &p;
        return nullptr;
    }
    std::vector<std::uint32_t>& counts(std::size_t t, std::size_t q) {
        return counts_[t * group_.projections.size() + q];
    }
    static std::uint32_t slot(const Projection& p, const Part& part, std::uint32_t target) {
        return static_cast<std::uint32_t>(part.slot + p.channel * part.size() + (target - part.begin));
    }

    /// The targets of a row, ascending, all threads' alike.
    Span<const std::uint32_t> row(std::size_t q, std::size_t source) {
        const Projection& p = *group_.projections[q];
        const ConnectionRule& rule = p.rule;
        if (rule.kind == ConnectionRule::Kind::listed) {
            const auto first = rule.row_start[source], last = rule.row_start[source + 1];
            return {rule.targets.data() + first, static_cast<std::size_t>(last - first)};
        }
        const auto n = static_cast<std::uint32_t>(layout_.populations[p.target]->size());
        const std::uint32_t excluded = !rule.autapses && p.source == p.target ? static_cast<std::uint32_t>(source) : n;
        sampler_.draw(
            Stream(layout_.random, RandomSource::tag(Purpose::targets, p.id), static_cast<std::uint32_t>(source), 0), n,
            rule.degree(source), rule.multapses, excluded, targets_);
        return targets_;
    }

    /// Calls visit(tile, part, source) for every synapse of an in-degree rule that this thread owns.
    template <class Visit>
    void for_each_in_degree(std::size_t q, Visit visit) {
        const Projection& p = *group_.projections[q];
        const auto n = static_cast<std::uint32_t>(rows_);
        for (std::size_t t = 0; t < tiles_; ++t) {
            const Part* mine = part(q, t);
            if (mine == nullptr) continue;
            for (std::size_t target = mine->begin; target < mine->end; ++target) {
                const std::uint32_t excluded =
                    !p.rule.autapses && p.source == p.target ? static_cast<std::uint32_t>(target) : n;
                sampler_.draw(Stream(layout_.random, RandomSource::tag(Purpose::sources, p.id),
                                     static_cast<std::uint32_t>(target), 0),
                              n, p.rule.degree(target), p.rule.multapses, excluded, targets_);
                for (std::uint32_t source : targets_) visit(t, *mine, static_cast<std::uint32_t>(target), source);
            }
        }
    }

    void count() {
        for (std::size_t q = 0; q < group_.projections.size(); ++q) {
            const Projection& p = *group_.projections[q];
            if (p.rule.kind == ConnectionRule::Kind::in_degrees) {
                for_each_in_degree(q, [&](std::size_t t, const Part&, std::uint32_t, std::uint32_t source) {
                    ++counts(t, q)[source];
                });
                continue;
            }
            for (std::size_t source = 0; source < rows_; ++source) {
                const auto targets = row(q, source);
                const std::uint32_t* next = targets.begin();
                for (std::size_t t = 0; t < tiles_; ++t) {
                    const Part* mine = part(q, t);
                    if (mine == nullptr) continue;
                    const auto* first = std::lower_bound(next, targets.end(), static_cast<std::uint32_t>(mine->begin));
                    next = std::lower_bound(first, targets.end(), static_cast<std::uint32_t>(mine->end));
                    counts(t, q)[source] = static_cast<std::uint32_t>(next - first);
                }
            }
        }
    }

    void allocate() {
        for (std::size_t t = 0; t < tiles_; ++t) {
            FanOut f;
            f.source = group_.source;
            f.bins = bins_.all;
            for (std::uint32_t b = 0; b < f.bins.size(); ++b) {
                if (f.ages.empty() || f.ages.back().delay != f.bins[b].delay) f.ages.push_back({f.bins[b].delay, b, b});
                f.ages.back().last = b + 1;
            }
            f.row_start.assign(rows_ + 1, 0);
            for (std::size_t source = 0; source < rows_; ++source) {
                std::uint64_t bytes = 0;
                for (std::size_t q = 0; q < group_.projections.size(); ++q)
                    bytes += std::uint64_t{counts(t, q)[source]} * (bins_.own[q] ? 6 : 2);
                f.row_start[source + 1] = f.row_start[source] + bytes;
            }
            f.bin_offset.assign(rows_ * (f.bins.size() + 1), 0);
            f.stream = Bytes(f.row_start[rows_]);
            layout_.tiles[first_tile_ + t].fan_outs.push_back(std::move(f));
        }
    }

    FanOut& fan_out(std::size_t t) { return layout_.tiles[first_tile_ + t].fan_outs.back(); }

    /// Where the raw targets of projection q wait in a row: after those of the projections before it, 16 bits each.
    std::uint8_t* raw(std::size_t t, std::size_t q, std::size_t source) {
        std::uint64_t before = 0;
        for (std::size_t p = 0; p < q; ++p) before += counts(t, p)[source];
        FanOut& f = fan_out(t);
        return f.stream.data() + f.row_start[source] + before * sizeof(std::uint16_t);
    }

    void place() {
        for (std::size_t q = 0; q < group_.projections.size(); ++q) {
            const Projection& p = *group_.projections[q];
            if (p.rule.kind != ConnectionRule::Kind::in_degrees) continue;
            std::vector<std::vector<std::uint32_t>> placed(tiles_, std::vector<std::uint32_t>(rows_, 0));
            for_each_in_degree(q, [&](std::size_t t, const Part& mine, std::uint32_t target, std::uint32_t source) {
                const auto s = static_cast<std::uint16_t>(slot(p, mine, target));
                std::memcpy(raw(t, q, source) + 2 * std::size_t{placed[t][source]++}, &s, sizeof s);
            });
        }
    }

    struct Drawn {
        std::uint32_t bin;
        std::uint16_t slot;
        float weight;
    };

    void finish() {
        std::vector<std::vector<Drawn>> drawn(tiles_);
        for (std::size_t source = 0; source < rows_; ++source) {
            for (auto& d : drawn) d.clear();
            for (std::size_t q = 0; q < group_.projections.size(); ++q) {
                if (group_.projections[q]->rule.kind == ConnectionRule::Kind::in_degrees)
                    read_placed(q, source, drawn);
                else
                    read_row(q, source, drawn);
            }
            for (std::size_t t = 0; t < tiles_; ++t) write_row(fan_out(t), source, drawn[t]);
        }
    }

    void read_placed(std::size_t q, std::size_t source, std::vector<std::vector<Drawn>>& drawn) {
        const Projection& p = *group_.projections[q];
        for (std::size_t t = 0; t < tiles_; ++t) {
            const Part* mine = part(q, t);
            if (mine == nullptr) continue;
            const std::uint8_t* waiting = raw(t, q, source);
            std::uint32_t previous = 0, repetition = 0;
            for (std::uint32_t k = 0; k < counts(t, q)[source]; ++k) {
                std::uint16_t s;
                std::memcpy(&s, waiting + 2 * std::size_t{k}, sizeof s);
                const auto target = static_cast<std::uint32_t>(
                    mine->begin + (s - slot(p, *mine, static_cast<std::uint32_t>(mine->begin))));
                repetition = k > 0 && target == previous ? repetition + 1 : 0;
                previous = target;
                drawn[t].push_back(draw(q, source, target, repetition, s, 0));
            }
        }
    }

    void read_row(std::size_t q, std::size_t source, std::vector<std::vector<Drawn>>& drawn) {
        const Projection& p = *group_.projections[q];
        const auto targets = row(q, source);
        const std::uint64_t first_listed = p.rule.row_start.empty() ? 0 : p.rule.row_start[source];
        const std::uint32_t* next = targets.begin();
        for (std::size_t t = 0; t < tiles_; ++t) {
            const Part* mine = part(q, t);
            if (mine == nullptr) continue;
            next = std::lower_bound(next, targets.end(), static_cast<std::uint32_t>(mine->begin));
            std::uint32_t repetition = 0;
            for (; next != targets.end() && *next < mine->end; ++next) {
                repetition = next != targets.begin() && next[-1] == *next ? repetition + 1 : 0;
                drawn[t].push_back(draw(q, source, *next, repetition, static_cast<std::uint16_t>(slot(p, *mine, *next)),
                                        first_listed + static_cast<std::uint64_t>(next - targets.begin())));
            }
        }
    }

    /// Weight and delay of one connection, a function of source, target and repetition alone.
    Drawn draw(std::size_t q, std::size_t source, std::uint32_t target, std::uint32_t repetition, std::uint16_t slot,
               std::uint64_t listed) {
        const Projection& p = *group_.projections[q];
        ++synapses_[q];
        double weight = p.weight.a;
        std::uint32_t delay = p.delay.constant() ? static_cast<std::uint32_t>(p.delay.a) : 0;
        if (!p.rule.delays.empty()) delay = p.rule.delays[listed];
        if (!p.rule.weights.empty()) weight = static_cast<double>(p.rule.weights[listed]);
        bool weight_open = p.rule.weights.empty() && !p.weight.constant();
        bool delay_open = p.rule.delays.empty() && !p.delay.constant();
        const std::uint32_t tag = RandomSource::tag(Purpose::weight_and_delay, p.id);
        for (std::uint32_t attempt = 0; weight_open || delay_open; ++attempt) {
            if (attempt == most_attempts) throw InvalidArgument("weight or delay: no draw fell between low and high");
            const Words w = layout_.random.words(tag, static_cast<std::uint32_t>(source), target,
                                                 (attempt << 20) | (repetition & 0xFFFFFu));
            for (int half = 0; half < 2; ++half) {
                if (weight_open) {
                    weight = p.weight.at(w.w[half]);
                    weight_open = !p.weight.accepts(weight);
                }
                if (delay_open) {
                    const double ms = p.delay.at(w.w[2 + half]);
                    delay_open = !p.delay.accepts(ms);
                    if (!delay_open) delay = static_cast<std::uint32_t>(std::max(1L, std::lround(ms / layout_.dt)));
                }
            }
        }
        return {bins_.of[q][delay], slot, static_cast<float>(weight)};
    }

    void write_row(FanOut& f, std::size_t source, const std::vector<Drawn>& drawn) {
        const std::size_t n_bins = f.bins.size();
        std::uint32_t* offset = f.bin_offset.data() + source * (n_bins + 1);
        bin_counts_.assign(n_bins, 0);
        for (const Drawn& d : drawn) ++bin_counts_[d.bin];
        for (std::size_t b = 0; b < n_bins; ++b)
            offset[b + 1] = offset[b] + bin_counts_[b] * static_cast<std::uint32_t>(f.bins[b].width());
        cursors_.assign(n_bins, 0);
        std::uint8_t* row = f.stream.data() + f.row_start[source];
        for (const Drawn& d : drawn) {
            const std::size_t k = cursors_[d.bin]++;
            std::uint8_t* segment = row + offset[d.bin];
            std::memcpy(segment + 2 * k, &d.slot, sizeof d.slot);
            if (f.bins[d.bin].own)
                std::memcpy(segment + 2 * std::size_t{bin_counts_[d.bin]} + 4 * k, &d.weight, sizeof d.weight);
        }
    }

    const ProjectionGroup& group_;
    const Bins& bins_;
    const Layout& layout_;
    std::size_t rows_, tiles_, first_tile_;
    std::vector<std::vector<std::uint32_t>> counts_;  ///< [tile, projection][row]
    std::vector<std::uint64_t> synapses_;
    Sampler sampler_;
    std::vector<std::uint32_t> targets_, bin_counts_, cursors_;
};

}  // namespace

void construct(ProjectionGroup& group, const Layout& layout, ThreadPool& pool) {
    const Bins bins = bins_of(group, layout.dt);
    std::vector<std::uint64_t> synapses(pool.size() * group.projections.size());
    pool.run([&](std::size_t thread) {
        Worker worker(group, bins, layout, thread);
        worker.construct();
        for (std::size_t q = 0; q < group.projections.size(); ++q)
            synapses[thread * group.projections.size() + q] = worker.synapses(q);
    });
    for (std::size_t q = 0; q < group.projections.size(); ++q) {
        Projection& p = *group.projections[q];
        p.group = layout.tiles[0].fan_outs.size() - 1;
        p.synapses = 0;
        for (std::size_t thread = 0; thread < pool.size(); ++thread)
            p.synapses += synapses[thread * group.projections.size() + q];
        p.built = true;
    }
}

std::vector<Synapse> connections(const Projection& p, const Layout& layout) {
    std::vector<Synapse> found;
    found.reserve(p.synapses);
    for (const Tile& tile : layout.tiles) {
        const FanOut& f = tile.fan_outs[p.group];
        for (const Part& part : tile.parts) {
            if (part.population != p.target || part.size() == 0) continue;
            const std::size_t low = part.slot + p.channel * part.size(), high = low + part.size();
            for (std::size_t row = 0; row + 1 < f.row_start.size(); ++row)
                for (std::size_t b = 0; b < f.bins.size(); ++b) {
                    if (!f.bins[b].own && f.bins[b].projection != p.id) continue;
                    const Segment s = f.segment(row, b);
                    for (std::uint32_t k = 0; k < s.count; ++k) {
                        const std::size_t slot = target_at(s, k);
                        if (slot < low || slot >= high) continue;
                        found.push_back({static_cast<std::uint32_t>(row),
                                         static_cast<std::uint32_t>(part.begin + (slot - low)), weight_at(s, k),
                                         f.bins[b].delay});
                    }
                }
        }
    }
    return found;
}

std::vector<ProjectionGroup> group_by_source(const std::vector<Projection*>& pending) {
    std::vector<ProjectionGroup> groups;
    for (Projection* p : pending) {
        const auto fits = [&](const ProjectionGroup& g) {
            return g.source == p->source && std::none_of(g.projections.begin(), g.projections.end(), [&](auto* other) {
                       return other->target == p->target && other->channel == p->channel;
                   });
        };
        const auto home = std::find_if(groups.begin(), groups.end(), fits);
        if (home == groups.end())
            groups.push_back({p->source, {p}});
        else
            home->projections.push_back(p);
    }
    return groups;
}

}  // namespace rheobase
