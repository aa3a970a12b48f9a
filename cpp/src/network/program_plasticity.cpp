#include "rheobase/network/program_plasticity.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "rheobase/base/aligned.hpp"
#include "rheobase/base/block.hpp"
#include "rheobase/base/errors.hpp"
#include "rheobase/base/prefetch.hpp"
#include "rheobase/network/bound_program.hpp"
#include "rheobase/network/end_variables.hpp"
#include "rheobase/network/plastic_columns.hpp"

namespace rheobase {

namespace {

/// What a run is given, by index; the synapse's state, then what is read beside it, follow.
enum Given : std::size_t { given_arrival, given_time, given_others };

/// Which end of the synapses of a run is one neuron.
enum class Along { row, column };

class PlasticityByProgram final : public Plasticity {
  public:
    PlasticityByProgram(const ProgramRule& rule, const std::vector<double>& values, PlasticConnections connections)
        : program_(rule.program),
          values_(values),
          dt_(rule.dt),
          c_(std::move(connections)),
          random_(rule.random),
          tag_(tag_of(rule.id, Drawn::by_synapse)),
          pre_(program_->pre, values_, tag_of(rule.id, Drawn::at_pre), c_.rows(), dt_),
          post_(program_->post, values_, tag_of(rule.id, Drawn::at_post), c_.columns(), dt_),
          of_pre_(rule.of_pre),
          prepared_(program_->prepared_count, 0.0),
          last_(program_->variables.empty() ? 0 : c_.weight.size(), 0.0) {
        pre_.bind(EndVariables::Surroundings{});
        for (double* values_of : rule.read_at_post) read_at_post_.push_back(values_of + c_.begin);
        bind_post();
        for (double* values_of : rule.of_post) of_post_.push_back(values_of + c_.begin);
        const std::size_t states = 1 + program_->variables.size();
        own_.resize(states - 1);
        scratch_.assign((1 + states + program_->reads.size()) * block_size, 0.0);
        given_.assign(given_others + states + program_->reads.size(), nullptr);
        start();
        on_pre_ = bind(program_->on_pre, Along::row);
        on_pre_frozen_ = bind(program_->on_pre_frozen, Along::row);
        on_clock_ = bind(program_->on_clock, Along::row);
        on_clock_frozen_ = bind(program_->on_clock_frozen, Along::row);
        observe_ = bind(program_->observe, Along::row);
        on_post_ = bind(program_->on_post, Along::column);
        on_post_frozen_ = bind(program_->on_post_frozen, Along::column);
        if (!on_post_.program.empty() || !on_post_frozen_.program.empty()) columns_ = PlasticColumns(c_);
    }

    std::uint64_t arrive(std::int64_t now, const SpikeHistory::Lists& rows, double* slots, bool learning) override {
        const StepContext step{now - 1, dt_, *random_};
        move_on(pre_, step);
        bring_to_columns(0, c_.columns());
        move_on(post_, step);
        std::uint64_t events = 0;
        if (program_->every > 0 && now % program_->every == 0)
            events += tick(learning ? on_clock_ : on_clock_frozen_, now, slots);
        for (const auto& list : rows)
            for (const std::uint32_t row : list) {
                events += c_.row_start[row + 1] - c_.row_start[row];
                run_row(learning ? on_pre_ : on_pre_frozen_, now, row, slots);
                spike(pre_, step, row, c_.pre_of(row));
            }
        return events;
    }

    void fire(std::int64_t now, Span<const std::uint32_t> columns, bool learning) override {
        for (const std::uint32_t column : columns) {
            run_column(learning ? on_post_ : on_post_frozen_, now, column);
            bring_to_columns(column, column + 1);
            const auto neuron = static_cast<std::uint32_t>(c_.begin + c_.post_of(column));
            spike(post_, {now - 1, dt_, *random_}, column, neuron);
        }
    }

    PlasticConnections& connections() override { return c_; }
    std::vector<std::vector<double>*> kept() override {
        std::vector<std::vector<double>*> all;
        for (auto& values_of : own_) all.push_back(&values_of);
        if (!own_.empty()) all.push_back(&last_);
        return all;
    }
    std::vector<std::vector<double>> traces(bool pre) const override {
        std::vector<std::vector<double>> rows;
        for (const auto& values_of : (pre ? pre_ : post_).state())
            rows.emplace_back(values_of.begin(), values_of.end());
        return rows;
    }
    void set_traces(bool pre, const std::vector<std::vector<double>>& rows, std::int64_t) override {
        auto& state = (pre ? pre_ : post_).state();
        for (std::size_t k = 0; k < state.size(); ++k) std::copy(rows[k].begin(), rows[k].end(), state[k].begin());
    }
    std::vector<double> read(std::size_t variable, std::int64_t now) override {
        return std::move(observe(now)[variable]);
    }
    /// What is set holds from now on.
    void write(std::size_t variable, std::int64_t now, const std::vector<double>& values) override {
        bring_up_to_date(now);
        own_[variable] = values;
    }
    void bring_up_to_date(std::int64_t now) override {
        own_ = observe(now);
        std::fill(last_.begin(), last_.end(), static_cast<double>(now));
    }

  private:
    /// What draws random numbers: each has its own.
    enum class Drawn : std::uint32_t { by_synapse, at_pre, at_post };
    static std::uint32_t tag_of(std::uint32_t projection, Drawn drawn) noexcept {
        return RandomSource::tag(Purpose::plasticity, projection * 4 + static_cast<std::uint32_t>(drawn));
    }

    /// A program with what it touches.
    struct Bound {
        BoundProgram program;
        std::vector<bool> reads;  ///< of `PlasticityProgram::reads`
        bool brings = false;      ///< something to the neurons
    };

    /// Lets the variables at the post end read their neurons, or where these have several columns copies, by column.
    void bind_post() {
        EndVariables::Surroundings around;
        if (c_.column_post.empty()) {
            around.of_neuron = read_at_post_;
        } else {
            read_by_column_.assign(read_at_post_.size(), Aligned<double>(c_.columns()));
            bring_to_columns(0, c_.columns());
            for (auto& values_of : read_by_column_) around.of_neuron.push_back(values_of.data());
        }
        post_.bind(std::move(around));
    }

    /// Brings what the copies, if there are any, have in some columns up to date.
    void bring_to_columns(std::size_t first, std::size_t last) noexcept {
        for (std::size_t k = 0; k < read_by_column_.size(); ++k)
            for (std::size_t column = first; column < last; ++column)
                read_by_column_[k][column] = read_at_post_[k][c_.column_post[column]];
    }

    static void move_on(EndVariables& variables, const StepContext& step) {
        if (variables.state().empty()) return;
        for (std::size_t first = 0; first < variables.size(); first += block_size)
            variables.move(step, first, std::min(block_size, variables.size() - first));
    }

    /// Lets a spike change the variables of a row or a column of the tile; `neuron` is its id.
    static void spike(EndVariables& variables, const StepContext& step, std::size_t at, std::uint32_t neuron) {
        if (variables.state().empty()) return;
        const std::size_t first = at / block_size * block_size;
        const auto position = static_cast<std::uint32_t>(at - first);
        const std::uint32_t origin = neuron - static_cast<std::uint32_t>(at);
        variables.spike(step, first, std::min(block_size, variables.size() - first), &position, 1, origin);
    }

    static bool is_of_pre(PlasticityProgram::Read::Kind kind) noexcept {
        return kind == PlasticityProgram::Read::Kind::pre || kind == PlasticityProgram::Read::Kind::pre_neuron;
    }

    std::size_t states() const noexcept { return 1 + own_.size(); }
    double* scratch(std::size_t k) noexcept { return scratch_.data() + k * block_size; }
    double* state(std::size_t k) noexcept { return k == 0 ? c_.weight.data() : own_[k - 1].data(); }

    Location locate(const Leaf& leaf, Along along) {
        using Kind = PlasticityProgram::Read::Kind;
        switch (leaf.kind) {
            case Leaf::Kind::constant:
                return Location::fixed_at(&const_cast<Leaf&>(leaf).value, true);
            case Leaf::Kind::parameter:
                return Location::fixed_at(&values_[leaf.index]);
            case Leaf::Kind::prepared:
                return Location::fixed_at(&prepared_[leaf.index]);
            case Leaf::Kind::dt:
                return Location::fixed_at(&dt_, true);
            case Leaf::Kind::time:
                return Location::given_at(given_time, true);
            case Leaf::Kind::state:
                return Location::given_at(given_others + leaf.index);
            case Leaf::Kind::of_neuron: {
                const Kind kind = program_->reads[leaf.index].kind;
                return Location::given_at(given_others + states() + leaf.index,
                                          kind != Kind::elapsed && is_of_pre(kind) == (along == Along::row));
            }
            default:
                throw InvalidArgument("a leaf must be one that plasticity has");
        }
    }

    Location locate(const Output& output) {
        if (output.kind == Output::Kind::prepared) return Location::fixed_at(&prepared_[output.index]);
        const std::size_t index = output.kind == Output::Kind::driving ? given_arrival : given_others + output.index;
        return Location::given_at(index);
    }

    Bound bind(const Program& program, Along along) {
        Bound bound{{program, [&](const Leaf& leaf) { return locate(leaf, along); },
                     [this](const Output& output, bool) { return locate(output); }},
                    std::vector<bool>(program_->reads.size(), false)};
        for (const Leaf& leaf : program.leaves)
            if (leaf.kind == Leaf::Kind::of_neuron) bound.reads[leaf.index] = true;
        for (const Output& output : program.outputs)
            if (output.kind == Output::Kind::driving) bound.brings = true;
        return bound;
    }

    /// `origin` is the id of the first of n synapses, or `ids` are those of all.
    void run(const BoundProgram& program, std::int64_t now, std::size_t n, std::uint32_t origin = 0,
             const std::uint32_t* ids = nullptr) {
        time_ = static_cast<double>(now) * dt_;
        given_[given_time] = &time_;
        program.run({n, 0, given_.data(), *random_, tag_, now, origin, ids}, workspace_);
    }

    void start() {
        run(bind(program_->prepare, Along::row).program, 0, 1);
        for (std::size_t k = 0; k < states(); ++k) given_[given_others + k] = scratch(k);
        run(bind(program_->start, Along::row).program, 0, 1);
        for (std::size_t k = 1; k < states(); ++k) own_[k - 1].assign(c_.weight.size(), *scratch(k));
    }

    /// Where a variable lies that is of neurons.
    const double* find(const PlasticityProgram::Read& read, std::int64_t now) {
        using Kind = PlasticityProgram::Read::Kind;
        if (read.kind == Kind::pre) return pre_.state()[read.index].data();
        if (read.kind == Kind::post) return post_.state()[read.index].data();
        return read.kind == Kind::pre_neuron ? of_pre_->at(now - 1, read.index) : of_post_[read.index];
    }

    /// Lays what a program reads of n synapses where it finds it. `synapse`, `row`, `column` and `post` give their
    /// numbers.
    template <class Synapse, class Row, class Column, class Post>
    void gather(const Bound& bound, Along along, std::int64_t now, std::size_t n, Synapse synapse, Row row,
                Column column, Post post) {
        using Kind = PlasticityProgram::Read::Kind;
        for (std::size_t r = 0; r < bound.reads.size(); ++r) {
            if (!bound.reads[r]) continue;
            const auto& read = program_->reads[r];
            double*& place = given_[given_others + states() + r];
            double* const to = scratch(1 + states() + r);
            if (read.kind == Kind::elapsed) {
                for (std::size_t k = 0; k < n; ++k) to[k] = (static_cast<double>(now) - last_[synapse(k)]) * dt_;
                place = to;
                continue;
            }
            const double* const from = find(read, now);
            const bool of_pre = is_of_pre(read.kind);
            const auto pre = [&](std::size_t k) { return read.kind == Kind::pre ? row(k) : c_.pre_of(row(k)); };
            if ((along == Along::row) == of_pre) {
                place = const_cast<double*>(from) + (of_pre ? pre(0) : read.kind == Kind::post ? column(0) : post(0));
                continue;
            }
            if (of_pre)
                for (std::size_t k = 0; k < n; ++k) to[k] = from[pre(k)];
            else if (read.kind == Kind::post)
                for (std::size_t k = 0; k < n; ++k) to[k] = from[column(k)];
            else
                for (std::size_t k = 0; k < n; ++k) to[k] = from[post(k)];
            place = to;
        }
    }

    /// Runs a program over the synapses of one row, which lie side by side; what it brings joins the slots.
    void run_row(const Bound& bound, std::int64_t now, std::size_t row, double* slots) {
        if (bound.program.empty()) return;
        const bool keeps_time = !own_.empty();
        for (std::uint64_t first = c_.row_start[row]; first < c_.row_start[row + 1]; first += block_size) {
            const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(block_size, c_.row_start[row + 1] - first));
            const std::uint16_t* const post = c_.post.data() + first;
            for (std::size_t k = 0; k < states(); ++k) given_[given_others + k] = state(k) + first;
            given_[given_arrival] = scratch(states());
            gather(
                bound, Along::row, now, n, [&](std::size_t k) { return first + k; }, [&](std::size_t) { return row; },
                [&](std::size_t k) { return c_.column_of(first + k); }, [&](std::size_t k) { return post[k]; });
            run(bound.program, now, n, c_.first_id[row] + static_cast<std::uint32_t>(first - c_.row_start[row]));
            if (bound.brings)
                for (std::size_t k = 0; k < n; ++k) slots[post[k]] += given_[given_arrival][k];
            if (keeps_time)
                std::fill_n(last_.begin() + static_cast<std::ptrdiff_t>(first), n, static_cast<double>(now));
        }
    }

    /// Runs a program over the synapses of one column, gathered and put back.
    void run_column(const Bound& bound, std::int64_t now, std::size_t column) {
        if (bound.program.empty()) return;
        const std::uint64_t last = columns_.last(column);
        for (std::uint64_t first = columns_.first(column); first < last; first += block_size) {
            const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(block_size, last - first));
            const std::uint32_t* const synapse = columns_.synapses() + first;
            std::size_t row[block_size];
            const std::size_t next = static_cast<std::size_t>(std::min<std::uint64_t>(n, last - first - n));
            for (std::size_t k = 0; k < n; ++k) {
                if (k < next) prefetch(c_.weight.data() + synapse[n + k]);
                row[k] = columns_.find_row(c_, synapse[k]);
            }
            for (std::size_t k = 0; k < states(); ++k) {
                const double* const from = state(k);
                double* const to = given_[given_others + k] = scratch(k);
                for (std::size_t j = 0; j < n; ++j) to[j] = from[synapse[j]];
            }
            gather(
                bound, Along::column, now, n, [&](std::size_t k) { return synapse[k]; },
                [&](std::size_t k) { return row[k]; }, [&](std::size_t) { return column; },
                [&](std::size_t) { return c_.post_of(column); });
            std::uint32_t ids[block_size];
            for (std::size_t k = 0; k < n; ++k)
                ids[k] = c_.first_id[row[k]] + static_cast<std::uint32_t>(synapse[k] - c_.row_start[row[k]]);
            run(bound.program, now, n, 0, ids);
            for (std::size_t k = 0; k < states(); ++k) {
                double* const to = state(k);
                const double* const from = scratch(k);
                for (std::size_t j = 0; j < n; ++j) to[synapse[j]] = from[j];
            }
            for (std::size_t j = 0; j < n && !own_.empty(); ++j) last_[synapse[j]] = static_cast<double>(now);
        }
    }

    /// Returns how many deliveries.
    std::uint64_t tick(const Bound& on_clock, std::int64_t now, double* slots) {
        if (on_clock.program.empty()) return 0;
        for (std::size_t row = 0; row < c_.rows(); ++row) run_row(on_clock, now, row, slots);
        return on_clock.brings ? c_.weight.size() : 0;
    }

    /// The synapses' variables as they are at a step, without touching them.
    std::vector<std::vector<double>> observe(std::int64_t now) {
        std::vector<std::vector<double>> all = own_;
        if (observe_.program.empty()) return all;
        for (std::uint64_t first = 0; first < c_.weight.size(); first += block_size) {
            const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(block_size, c_.weight.size() - first));
            given_[given_others] = c_.weight.data() + first;
            for (std::size_t k = 0; k < own_.size(); ++k) given_[given_others + 1 + k] = all[k].data() + first;
            gather(
                observe_, Along::row, now, n, [&](std::size_t k) { return first + k; },
                [](std::size_t) { return std::size_t{0}; }, [](std::size_t) { return std::size_t{0}; },
                [](std::size_t) { return std::size_t{0}; });
            run(observe_.program, now, n);
        }
        return all;
    }

    std::shared_ptr<const PlasticityProgram> program_;
    std::vector<double> values_;
    double dt_, time_ = 0.0;
    PlasticConnections c_;
    PlasticColumns columns_;  ///< none where spikes of post neurons change nothing
    const RandomSource* random_;
    std::uint32_t tag_;
    mutable EndVariables pre_, post_;
    std::vector<double*> read_at_post_;            ///< what the variables at the post end read, by post neuron
    std::vector<Aligned<double>> read_by_column_;  ///< copies of it
    const PublishedVariables* of_pre_;
    std::vector<double*> of_post_;
    std::vector<double> prepared_;
    std::vector<std::vector<double>> own_;  ///< the synapses' variables
    std::vector<double> last_;              ///< the step at which they were brought up to date
    Aligned<double> scratch_;
    std::vector<double*> given_;
    ProgramWorkspace workspace_;
    Bound on_pre_, on_pre_frozen_, on_post_, on_post_frozen_, on_clock_, on_clock_frozen_, observe_;
};

}  // namespace

std::unique_ptr<Plasticity> make_plasticity(const ProgramRule& rule, const std::vector<double>& values,
                                            PlasticConnections connections) {
    return std::make_unique<PlasticityByProgram>(rule, values, std::move(connections));
}

}  // namespace rheobase
