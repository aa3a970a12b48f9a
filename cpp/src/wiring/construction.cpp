#include "rheobase/wiring/construction.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "rheobase/base/errors.hpp"
#include "rheobase/base/span.hpp"
#include "rheobase/wiring/bins.hpp"
#include "rheobase/wiring/connection_values.hpp"
#include "rheobase/wiring/delay_table.hpp"
#include "rheobase/wiring/row_sort.hpp"
#include "rheobase/wiring/row_writer.hpp"
#include "rheobase/wiring/sampler.hpp"

namespace rheobase {

namespace {

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
          bins_(make_bins(group.projections, drawing.dt)),
          rows_(layout.populations[group.pre].size),
          chunks_((rows_ + StoredRows::per_chunk - 1) / StoredRows::per_chunk) {
        for (const Projection* p : group.projections) delay_tables_.push_back(make_delay_table(*p));
    }

    void run(ThreadPool& pool) {
        make_fan_outs();
        std::vector<Made> made(pool.size());
        pool.run(
            [&](std::size_t thread) {
                Rows rows(*this, thread);
                if (is_drawn_by_post(*group_.projections[0]))
                    rows.make_share(thread);  // the thread that reads rows has them nearest
                else
                    for (std::size_t chunk = thread; chunk < chunks_; chunk += pool.size()) rows.make_chunk(chunk);
                made[thread] = std::move(rows.made);
            },
            [&] { work_.poll(); });
        for (Projection* p : group_.projections) p->synapses = 0;
        for (Made& m : made) {
            for (std::size_t q = 0; q < group_.projections.size(); ++q)
                group_.projections[q]->synapses += m.synapses[q];
            for (std::size_t s = 0; s < m.memory.size(); ++s) rows_of_share(s).memory.push_back(std::move(m.memory[s]));
        }
    }

  private:
    /// What one thread has made.
    struct Made {
        std::vector<std::uint64_t> synapses;  ///< one per projection
        std::vector<RowMemory> memory;        ///< one per share of the tiles
    };

    /// What one thread needs to make rows.
    struct Rows {
        Rows(const Construction& c, std::size_t thread)
            : site(c), share(c.work_, thread), values(c.drawing_.random, c.drawing_.dt) {
            made.synapses.assign(c.group_.projections.size(), 0);
            made.memory.resize(c.shares());
            for (std::size_t t = 0; t < c.layout_.tiles.size(); ++t) writers.emplace_back(c.bins_.all);
        }

        /// Rows whose post neurons the rule draws or lists, onto all tiles.
        void make_chunk(std::size_t chunk) {
            const std::size_t first = chunk * StoredRows::per_chunk;
            std::vector<Piece> pieces;
            for (RowMemory& memory : made.memory) pieces.emplace_back(memory);
            for (std::size_t r = 0; r < StoredRows::per_chunk; ++r) {
                for (std::size_t q = 0; q < site.group_.projections.size() && first + r < site.rows_; ++q)
                    draw(q, first + r);
                for (std::size_t t = 0; t < writers.size(); ++t) write_row(t, chunk, r, pieces[site.share_of(t)]);
            }
            for (std::size_t s = 0; s < pieces.size(); ++s) site.rows_of_share(s).chunks[chunk] = pieces[s].begin;
        }

        /// All rows onto the tiles of one share, of connections that are drawn by post neuron. They are made tile by
        /// tile.
        void make_share(std::size_t s) {
            sort.emplace(site.rows_, site.group_.projections.size());
            StoredRows& rows = site.rows_of_share(s);
            if (rows.tiles == 1) return make_tile(s, made.memory[s], rows.chunks);
            std::vector<RowsOfTile> apart(rows.tiles);
            for (std::size_t k = 0; k < rows.tiles; ++k) {
                apart[k].chunks.resize(site.chunks_);
                make_tile(s * rows.tiles + k, apart[k].memory, apart[k].chunks);
            }
            sort.reset();
            for (std::size_t chunk = 0; chunk < site.chunks_; ++chunk)
                rows.chunks[chunk] = join(apart, chunk, rows.starts(chunk), made.memory[s]);
        }

        /// All rows onto one tile.
        void make_tile(std::size_t t, RowMemory& memory, std::vector<const std::uint8_t*>& chunks) {
            for (std::size_t q = 0; q < site.group_.projections.size(); ++q) collect(q, t);
            for (std::size_t chunk = 0; chunk < site.chunks_; ++chunk) {
                const std::size_t first = chunk * StoredRows::per_chunk;
                Piece piece(memory);
                for (std::size_t r = 0; r < StoredRows::per_chunk; ++r) {
                    if (first + r < site.rows_) sort->reach(first + r);
                    for (std::size_t q = 0; q < site.group_.projections.size() && first + r < site.rows_; ++q)
                        take(q, t, first + r);
                    write_row(t, chunk, r, piece);
                }
                chunks[chunk] = piece.begin;
            }
        }

        /// The rows of a chunk that have been written.
        struct Piece {
            explicit Piece(RowMemory& where) : memory(where), begin(where.take(0)) {}
            RowMemory& memory;
            std::uint8_t* begin;
            std::size_t size = 0;
        };
        /// Rows that still lie apart from those onto other tiles, where each ends within its chunk of the tile.
        struct RowsOfTile {
            RowMemory memory{large_page};  // freed piece by piece
            std::vector<const std::uint8_t*> chunks{};
        };

        void write_row(std::size_t t, std::size_t chunk, std::size_t r, Piece& piece) {
            const std::size_t size = writers[t].find_size();
            check_size(piece.size + size);
            piece.begin = piece.memory.extend(piece.begin, piece.size, size);
            writers[t].write(piece.begin + piece.size);
            piece.size += size;
            const FanOut& f = site.fan_out(t);
            f.rows->starts(chunk)[r * f.rows->tiles + f.tile + 1] = static_cast<std::uint32_t>(piece.size);
        }

        /// Brings the rows of a chunk that lie apart side by side, and frees those before them. Returns where they
        /// begin.
        static const std::uint8_t* join(std::vector<RowsOfTile>& apart, std::size_t chunk, std::uint32_t* starts,
                                        RowMemory& memory) {
            const std::size_t tiles = apart.size(), rows = StoredRows::per_chunk * tiles;
            std::size_t size = 0;
            for (std::size_t k = 0; k < tiles; ++k) size += starts[rows - tiles + k + 1];
            check_size(size);
            std::uint8_t* const begin = memory.take(size);
            std::vector<std::uint32_t> from(tiles, 0);
            std::uint32_t end = 0;
            for (std::size_t row = 0; row < rows; ++row) {
                std::uint32_t& own = from[row % tiles];
                const std::uint32_t bytes = starts[row + 1] - own;
                std::copy_n(apart[row % tiles].chunks[chunk] + own, bytes, begin + end);
                own += bytes;
                starts[row + 1] = end += bytes;
            }
            for (std::size_t k = 0; k < tiles; ++k)
                if (from[k] > 0) apart[k].memory.forget_before(apart[k].chunks[chunk]);
            return begin;
        }

        static void check_size(std::size_t chunk) {
            if (chunk > 0xFFFFFFFF) throw InvalidArgument("a neuron must make fewer connections: its rows pass 4 GB");
        }

        void draw(std::size_t q, std::size_t pre) {
            const Projection& p = *site.group_.projections[q];
            if (!p.pre_neurons.holds(static_cast<std::uint32_t>(pre))) return;
            const auto row = site.find_post(p, pre, sampler, drawn);
            values.draw(p, static_cast<std::uint32_t>(pre), row,
                        p.rule->list.row_start.empty() ? 0 : p.rule->list.row_start[pre], site.table(q));
            count(q, row.size());
            const std::uint32_t* next = row.begin();
            for (std::size_t t = 0; t < writers.size(); ++t) {
                const Part& part = site.layout_.tiles[t].parts[p.post];
                const std::uint32_t* last = std::lower_bound(next, row.end(), static_cast<std::uint32_t>(part.end));
                add(q, t, {next, static_cast<std::size_t>(last - next)}, static_cast<std::size_t>(next - row.begin()));
                next = last;
            }
        }

        /// Draws who reaches the neurons of one tile.
        void collect(std::size_t q, std::size_t t) {
            const Projection& p = *site.group_.projections[q];
            const Part& part = site.layout_.tiles[t].parts[p.post];
            const auto n = static_cast<std::uint32_t>(p.pre_neurons.size(site.rows_));
            p.post_neurons.for_each_between(part.begin, part.end, [&](std::uint32_t post, std::uint32_t member) {
                const std::uint32_t excluded = !p.rule->autapses && p.pre == p.post ? p.pre_neurons.member(post) : n;
                sampler.draw_in_any_order({site.drawing_.random, RandomSource::tag(Purpose::pre, p.id), post, 0}, n,
                                          p.rule->degree(member), p.rule->multapses, excluded, drawn);
                const auto stored = static_cast<std::uint16_t>(post - part.begin);
                for (const std::uint32_t pre : drawn) sort->add(p.pre_neurons.neuron(pre), q, stored);
                share.advance(drawn.size());
            });
        }

        /// A row whose post neurons have been collected.
        void take(std::size_t q, std::size_t t, std::size_t pre) {
            const Projection& p = *site.group_.projections[q];
            const Part& part = site.layout_.tiles[t].parts[p.post];
            const Span<const std::uint16_t> collected = sort->sorted(pre, q);
            if (collected.empty()) return;
            count(q, collected.size());
            if (p.weight.constant() && p.delay.constant()) {
                add_alike(q, t, collected);
                return;
            }
            drawn.resize(collected.size());
            for (std::size_t k = 0; k < collected.size(); ++k)
                drawn[k] = static_cast<std::uint32_t>(part.begin) + collected[k];
            values.draw(p, static_cast<std::uint32_t>(pre), drawn, 0, site.table(q));
            add(q, t, drawn, 0);
        }

        void count(std::size_t q, std::size_t n) {
            made.synapses[q] += n;
            share.advance(n);
        }

        /// Synapses whose values begin at `first`.
        void add(std::size_t q, std::size_t t, Span<const std::uint32_t> row, std::size_t first) {
            const Projection& p = *site.group_.projections[q];
            const Part& part = site.layout_.tiles[t].parts[p.post];
            const std::uint16_t* bin = site.bins_.of[q].data();
            const std::uint32_t* delays = values.delays().data() + first;
            const float* weights = values.weights().data() + first;
            const auto slot = static_cast<std::uint32_t>(part.slot(p.receptor) - part.begin);
            const RowWriter::Room room = writers[t].add(row.size());
            for (std::size_t k = 0; k < row.size(); ++k) {
                room.bins[k] = bin[delays[k]];
                room.slots[k] = static_cast<std::uint16_t>(slot + row[k]);
                room.weights[k] = weights[k];
            }
        }

        /// Synapses of one weight and one delay.
        void add_alike(std::size_t q, std::size_t t, Span<const std::uint16_t> row) {
            const Projection& p = *site.group_.projections[q];
            const std::size_t slot = site.layout_.tiles[t].parts[p.post].slot(p.receptor);
            const std::uint16_t bin = site.bins_.of[q][static_cast<std::size_t>(p.delay.a)];
            const RowWriter::Room room = writers[t].add(row.size());
            for (std::size_t k = 0; k < row.size(); ++k) {
                room.bins[k] = bin;
                room.slots[k] = static_cast<std::uint16_t>(slot + row[k]);
                room.weights[k] = static_cast<float>(p.weight.a);
            }
        }

        const Construction& site;
        WorkShare share;
        Made made;
        std::vector<RowWriter> writers;  ///< one per tile
        ConnectionValues values;
        Sampler sampler;
        std::optional<RowSort> sort;
        std::vector<std::uint32_t> drawn;
    };

    void make_fan_outs() {
        for (std::size_t t = 0; t < layout_.tiles.size(); ++t) {
            FanOut f;
            f.pre = group_.pre;
            f.since = group_.projections[0]->since;
            f.delta = group_.projections[0]->delta;
            f.bins = bins_.all;
            f.tile = t % layout_.tiles_per_thread;
            f.rows = f.tile == 0 ? std::make_shared<StoredRows>(rows_, layout_.tiles_per_thread) : fan_out(t - 1).rows;
            layout_.tiles[t].fan_outs.push_back(std::move(f));
        }
    }

    /// The tiles of a thread are a share.
    std::size_t shares() const noexcept { return layout_.tiles.size() / layout_.tiles_per_thread; }
    std::size_t share_of(std::size_t t) const noexcept { return t / layout_.tiles_per_thread; }
    const FanOut& fan_out(std::size_t t) const { return layout_.tiles[t].fan_outs.back(); }
    StoredRows& rows_of_share(std::size_t s) const { return *fan_out(s * layout_.tiles_per_thread).rows; }
    const DelayTable* table(std::size_t q) const { return delay_tables_[q] ? &*delay_tables_[q] : nullptr; }

    std::optional<DelayTable> make_delay_table(const Projection& p) const {
        const std::uint64_t synapses =
            p.rule->count(p.pre_neurons.size(rows_), p.post_neurons.size(layout_.populations[p.post].size));
        const bool drawn = p.rule->list.delays.empty() && !p.delay.constant();
        if (!drawn || !DelayTable::pays(p.delay, drawing_.dt, synapses)) return std::nullopt;
        return DelayTable(p.delay, drawing_.dt);
    }

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
        sampler.draw({drawing_.random, RandomSource::tag(Purpose::post, p.id), neuron, 0}, n,
                     rule.degree(p.pre_neurons.member(neuron)), rule.multapses, excluded, drawn);
        p.post_neurons.to_neurons(drawn);
        return drawn;
    }

    const ProjectionGroup& group_;
    Layout& layout_;
    const Drawing drawing_;
    SharedWork& work_;
    const Bins bins_;
    std::size_t rows_, chunks_;
    std::vector<std::optional<DelayTable>> delay_tables_;  ///< one per projection, where it pays
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

std::uint64_t count_passes(const Projection& p) { return is_drawn_by_post(p) ? 2 : 1; }

void read_row(const Projection& p, const Tile& tile, std::uint32_t pre, std::vector<Synapse>& found) {
    if (!p.pre_neurons.holds(pre)) return;
    const FanOut& f = tile.fan_outs[p.group];
    const Part& part = tile.parts[p.post];
    const std::size_t low = part.slot(p.receptor), high = low + part.size();
    for_each_segment(f, f.row(pre), [&](const Bin& bin, const Segment& s) {
        if (bin.weights == Weights::same && bin.projection != p.id) return;
        for (std::uint32_t k = 0; k < s.count; ++k) {
            const std::size_t slot = slot_at(s.data, k);
            if (slot < low || slot >= high) continue;
            const auto post = static_cast<std::uint32_t>(part.begin + (slot - low));
            if (p.post_neurons.holds(post)) found.push_back({pre, post, weight_at(s, k), bin.delay});
        }
    });
}

std::vector<Synapse> read_connections(const Projection& p, const Layout& layout, SharedWork& work) {
    std::vector<Synapse> found;
    found.reserve(p.synapses);
    WorkShare share(work, 0);
    for (std::uint32_t row = 0; row < layout.populations[p.pre].size; ++row) {
        const std::size_t before = found.size();
        for (const Tile& tile : layout.tiles) read_row(p, tile, row, found);
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
                   first.weight_bits == p->weight_bits && g.projections.size() < RowSort::max_projections &&
                   std::none_of(
                       g.projections.begin(), g.projections.end(),
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
