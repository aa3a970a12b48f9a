#include "rheobase/network/neuron_population.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <utility>

#include "rheobase/base/errors.hpp"
#include "rheobase/base/prefetch.hpp"
#include "rheobase/network/coast_groups.hpp"

namespace rheobase {

NeuronPopulation::NeuronPopulation(std::uint32_t id, std::size_t size, NeuronModel model, Method method,
                                   ParameterValues values, double dt, RandomSource random)
    : Population(id, size), model_(std::move(model)), method_(method), values_(std::move(values)), dt_(dt) {
    require(values_.size() == model_.parameters.size(), "every parameter needs a value");
    for (std::size_t k = 0; k < values_.size(); ++k)
        if (values_[k].size() != 1 && values_[k].size() != size)
            throw InvalidArgument(model_.parameters[k].name + " must have one value or one per neuron");
    require(std::find(model_.methods.begin(), model_.methods.end(), method_) != model_.methods.end(),
            "the model does not have this method");
    free_from_.assign(size, 0);
    start(random);
}

void NeuronPopulation::start(RandomSource random) {
    if (model_.program == nullptr) {
        for (const auto& first : model_.start(values_, size())) state_.emplace_back(first.begin(), first.end());
        prepare();
        return;
    }
    for (std::size_t v = 0; v < model_.variables.size(); ++v) state_.emplace_back(size(), 0.0);
    program_ = std::make_unique<ProgramNeurons>(*model_.program, id(), size(), dt_);
    prepare();
    program_->start(random);
}

void NeuronPopulation::prepare() {
    const auto is_any = [this](const auto& holds) { return std::any_of(receptors_.begin(), receptors_.end(), holds); };
    conductances_ =
        is_any([this](const Receptor& r) { return r.conductance && !(program_ && program_->reads(r.name())); });
    if (program_ != nullptr) {
        ProgramNeurons::Inputs inputs{conductances_, is_any([](const Receptor& r) { return r.delta(); }), {}};
        for (const std::string& name : model_.program->receptors)
            inputs.receptors.push_back(is_any([&name](const Receptor& r) { return !r.delta() && r.name() == name; }));
        program_->prepare(values_, state_, inputs);
        read_by_name_.clear();
        for (const Receptor& r : receptors_)
            read_by_name_.push_back(r.delta() ? std::nullopt : program_->find_receptor(r.name()));
        return;
    }
    prepared_ = model_.prepare(values_, size(), dt_);
    advance_block_ = loops().find_advance(model_.index, method_, prepared_.homogeneous(), conductances_);
}

void NeuronPopulation::prepare_receptor(Receptor& receptor) {
    Averaging averaging = Averaging::mean;
    std::vector<double> leak;
    if (method_ == Method::euler) averaging = Averaging::left;
    if (method_ == Method::exact || method_ == Method::etd2)
        leak = program_ ? program_->leak_rates() : model_.leak_rates(values_);
    if (!leak.empty())
        averaging = Averaging::membrane;
    else
        leak = {0.0};
    if (receptor.program != nullptr) {
        prepare_program(receptor, averaging == Averaging::left, std::move(leak));
        return;
    }
    const auto prepared = [&](Averaging how, double rate) {
        return in_units_of_weight(receptor.kernel->prepare(receptor.values, receptor.unit_area, dt_, how, rate));
    };
    receptor.mean = prepared(averaging == Averaging::left ? averaging : Averaging::mean, 0.0);
    const auto own = [&](std::size_t i) {
        const Propagator p = prepared(averaging, leak[i]);
        return receptor.conductance ? weighing_what_is_left(p) : p;
    };
    receptor.propagator = own(0);
    receptor.propagators = leak.size() == 1 ? NeuronWords(receptor.propagator) : NeuronWords(size(), own);
}

void NeuronPopulation::prepare_program(Receptor& receptor, bool left, std::vector<double> leak) {
    EndVariables::Surroundings around{std::move(leak), state(receptor.program->program().post.of_neuron), left,
                                      receptor.program->post().is_recorded(), receptor.program->sums()};
    receptor.program->post().bind(std::move(around));
}

std::vector<double*> NeuronPopulation::state(const std::vector<std::string>& names) {
    std::vector<double*> found;
    for (const std::string& name : names) {
        const bool in_model = std::any_of(model_.variables.begin(), model_.variables.end(),
                                          [&](const VariableInfo& v) { return v.name == name; });
        if (!in_model) keep(name);  // what is read is computed in each step, recorded or not
        found.push_back(in_model ? state_[model_.variable(name)].data() : variable(name).values.data());
    }
    return found;
}

void NeuronPopulation::set_parameter(const std::string& name, std::vector<double> value) {
    require(value.size() == 1 || value.size() == size(), "a parameter must have one value or one per neuron");
    values_[model_.parameter(name)] = std::move(value);
    prepare();
    for (Receptor& receptor : receptors_) prepare_receptor(receptor);
}

void NeuronPopulation::set_current(std::vector<double> I_x) {
    require(I_x.size() == 1 || I_x.size() == size(), "I_x must have one value or one per neuron");
    I_x_ = std::move(I_x);
}

void NeuronPopulation::inject(std::unique_ptr<InjectedCurrent> current, std::size_t place) {
    if (place >= injected_.size()) {
        injected_.push_back(std::move(current));
        return;
    }
    current->take_over(*injected_[place]);
    injected_[place] = std::move(current);
}

void NeuronPopulation::remove_injected(std::size_t place) {
    require(place < injected_.size(), "there must be such a current");
    injected_.erase(injected_.begin() + static_cast<std::ptrdiff_t>(place));
}

void NeuronPopulation::impose(const std::string& variable, TimeSeries series, std::size_t place) {
    require(series.width() == 1 || series.width() == size(), "a series must have one value or one per neuron");
    std::vector<TimeSeries>& all = imposed_[model_.variable(variable)];
    if (place < all.size())
        all[place] = std::move(series);
    else
        all.push_back(std::move(series));
}

void NeuronPopulation::remove_imposed(const std::string& variable, std::size_t place) {
    const auto all = imposed_.find(model_.variable(variable));
    require(all != imposed_.end() && place < all->second.size(), "there must be such a series");
    all->second.erase(all->second.begin() + static_cast<std::ptrdiff_t>(place));
    if (all->second.empty()) imposed_.erase(all);
}

std::size_t NeuronPopulation::add_receptor(Receptor receptor) {
    prepare_receptor(receptor);
    for (std::size_t s = 0; receptor.has_stages() && s < receptor.kernel->stages; ++s)
        receptor.stage[s].assign(size(), 0.0);
    receptors_.push_back(std::move(receptor));
    prepare();
    return receptors_.size() - 1;
}

VariableValues NeuronPopulation::variable(const std::string& name) {
    if (const auto r = find_receptor(name)) {
        Receptor& receptor = receptors_[*r];
        const bool has_two = receptor.kernel->stages == 2;
        return {receptor.stage[has_two ? 1 : 0], has_two ? 1.0 : receptor.gain()};
    }
    if (program_ != nullptr)
        if (const auto observed = program_->find_observed(name)) return {program_->observe(*observed), 1.0};
    for (Receptor& receptor : receptors_) {
        if (receptor.program == nullptr) continue;
        if (receptor.name() == name) return {receptor.program->post().driving(), 1.0};
        const std::string end = "_" + receptor.label;
        if (name.size() <= end.size() || name.compare(name.size() - end.size(), end.size(), end) != 0) continue;
        if (const auto v = receptor.program->find(name.substr(0, name.size() - end.size())))
            return {receptor.program->post().state()[*v], 1.0};
    }
    return {state_[model_.variable(name)], 1.0};
}

void NeuronPopulation::keep(const std::string& name) {
    for (Receptor& receptor : receptors_)
        if (receptor.program != nullptr && receptor.name() == name) receptor.program->post().record();
}

EventRecorder& NeuronPopulation::event_recorder(std::size_t event) {
    require(program_ != nullptr && event + 1 < model_.program->events.size(), "the model must have this event");
    return program_->recorder(event + 1);
}

EventMarks& NeuronPopulation::mark_event(std::size_t event) {
    require(program_ != nullptr && event + 1 < model_.program->events.size(), "the model must have this event");
    return program_->mark(event + 1);
}

VariableValues NeuronPopulation::settable(const std::string& name) {
    for (Receptor& receptor : receptors_) {
        if (receptor.program == nullptr || receptor.name() != name) continue;
        const auto v = receptor.program->find(receptor.conductance ? "g" : "I");
        if (!v) throw InvalidArgument(name + " must not be set: it is made of other variables");
        return {receptor.program->post().state()[*v], 1.0};
    }
    return variable(name);
}

void NeuronPopulation::refresh(std::int64_t now) {
    if (program_ != nullptr) program_->refresh();
    for (Receptor& receptor : receptors_)
        if (receptor.program != nullptr) {
            receptor.program->collect(now, 0, size());
            receptor.program->post().observe();
        }
}

std::optional<std::size_t> NeuronPopulation::find_receptor(const std::string& name) const {
    for (std::size_t r = 0; r < receptors_.size(); ++r)
        if (receptors_[r].has_stages() && receptors_[r].name() == name) return r;
    return std::nullopt;
}

std::vector<std::string> NeuronPopulation::variable_names() const {
    std::vector<std::string> names;
    for (const VariableInfo& v : model_.variables) names.push_back(v.name);
    if (program_ != nullptr)
        names.insert(names.end(), model_.program->observed.begin(), model_.program->observed.end());
    for (const Receptor& receptor : receptors_) {
        if (!receptor.delta()) names.push_back(receptor.name());
        if (receptor.program == nullptr) continue;
        for (const std::string& variable : receptor.program->program().variables)
            if (variable + "_" + receptor.label != receptor.name()) names.push_back(variable + "_" + receptor.label);
    }
    return names;
}

std::vector<double> VariableValues::read() const {
    std::vector<double> read(values.begin(), values.end());
    for (double& value : read) value *= unit;
    return read;
}

void VariableValues::write(Span<const double> given) {
    require(given.size() == values.size(), "one value per neuron is required");
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = given[i] / unit;
}

void NeuronPopulation::begin(std::int64_t step) {
    if (I_x_.size() == 1) same_I_x_.assign(block_size, I_x_[0]);
    for (auto& current : injected_) current->begin(step);
    const auto has_program = [](const Receptor& r) { return r.program != nullptr; };
    same_in_each_step_ = program_ == nullptr && injected_.empty() && imposed_.empty() &&
                         std::none_of(receptors_.begin(), receptors_.end(), has_program);
    quiet_.begin(size(), same_in_each_step_);
    all_free_from_ = free_from_.empty() ? 0 : *std::max_element(free_from_.begin(), free_from_.end());
    advance_joined_ = find_advance_joined();
    asks_who_is_free_ = advance_joined_ == nullptr || all_free_from_ > step || may_be_refractory();
    coast_ = find_coast();
    refresh(step);
}

bool NeuronPopulation::may_be_refractory() const {
    for (std::size_t k = 0; k < values_.size(); ++k)
        if (model_.parameters[k].name == "t_ref")
            return std::any_of(values_[k].begin(), values_[k].end(), [](double period) { return period > 0.0; });
    return true;
}

/// What a step changes of a block.
std::vector<double> NeuronPopulation::changing(const BlockSlots& block) const {
    std::vector<double> all;
    const auto add = [&](const double* values) { all.insert(all.end(), values, values + block.n); };
    for (const auto& values : state_) add(values.data() + block.first);
    for (std::size_t c = 0; c < receptors_.size(); ++c) {
        add(block.slots + c * block.slots_per_receptor);
        if (receptors_[c].has_stages() && receptors_[c].kernel->stages == 2)
            add(receptors_[c].stage[1].data() + block.first);
    }
    return all;
}

/// Whether a step changed no bit of a block, nor will the next do so.
bool NeuronPopulation::rests(const BlockSlots& block, const std::vector<double>& before, std::int64_t step) const {
    const auto free_from = free_from_.begin() + static_cast<std::ptrdiff_t>(block.first);
    if (*std::max_element(free_from, free_from + static_cast<std::ptrdiff_t>(block.n)) > step) return false;
    const std::vector<double> after = changing(block);
    return std::memcmp(before.data(), after.data(), after.size() * sizeof(double)) == 0;
}

void NeuronPopulation::archive(Archive& archive, const std::string& name) {
    for (std::size_t v = 0; v < state_.size(); ++v) archive.state(name + "." + model_.variables[v].name, state_[v]);
    archive.state(name + ".free_from", free_from_);
    archive.values(name + ".I_x", I_x_);
    for (std::size_t c = 0; c < receptors_.size(); ++c) {
        const std::string receptor = name + ".receptor" + std::to_string(c);
        for (std::size_t s = 0; receptors_[c].has_stages() && s < receptors_[c].kernel->stages; ++s)
            archive.state(receptor + "." + std::to_string(s), receptors_[c].stage[s]);
        if (receptors_[c].program != nullptr) receptors_[c].program->post().archive(archive, receptor);
    }
    for (std::size_t k = 0; k < injected_.size(); ++k)
        injected_[k]->archive(archive, name + ".input" + std::to_string(k));
}

namespace {

/// What a block of neurons needs of a receptor, but for where it gives its current. Member by member: whole structs
/// of zeros took longer than a pass over the block.
void view_receptor(Receptor& receptor, std::size_t first, std::size_t n, double* slot, ReceptorBlock& block) noexcept {
    block.n = n;
    block.propagator = &receptor.propagator;
    block.words[0] = nullptr;
    receptor.propagators.locate(first, block.words);
    block.reversal = receptor.reversal;
    block.stage0 = slot;
    block.stage1 = receptor.kernel->stages == 2 ? receptor.stage[1].data() + first : nullptr;
    block.conductance = receptor.conductance;
}

/// The blocks of neurons from `begin` to `end`. Where receptors are joined, what is left over has a block of its own.
class BlockBounds {
  public:
    BlockBounds(std::size_t begin, std::size_t end, bool joins) noexcept
        : begin_(begin), end_(end), rest_((end - begin) % block_size) {
        if (joins && rest_ >= joined_size) rest_ %= joined_size;
        size_ = (end - begin - rest_ + block_size - 1) / block_size + (rest_ > 0 ? 1 : 0);
    }
    std::size_t size() const noexcept { return size_; }
    /// Where a block begins, and of how many neurons it is.
    std::pair<std::size_t, std::size_t> operator[](std::size_t b) const noexcept {
        if (rest_ > 0 && b + 1 == size_) return {end_ - rest_, rest_};
        const std::size_t first = begin_ + b * block_size;
        return {first, std::min(block_size, end_ - rest_ - first)};
    }

  private:
    std::size_t begin_, end_, rest_, size_;
};

}  // namespace

std::int64_t NeuronPopulation::advance(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                                       std::size_t slots_per_receptor, bool reached,
                                       std::vector<std::uint32_t>& spikes) {
    return advance_blocks(step, begin, end, slots, slots_per_receptor, reached, true, spikes);
}

/// Blocks that `may_rest` are those that populations are divided into in every step.
std::int64_t NeuronPopulation::advance_blocks(const StepContext& step, std::size_t begin, std::size_t end,
                                              double* slots, std::size_t slots_per_receptor, bool reached,
                                              bool may_rest, std::vector<std::uint32_t>& spikes) {
    alignas(64) static constexpr double none[block_size] = {};
    alignas(64) double I[block_size], G[block_size], jump[block_size];
    alignas(64) double mean[block_size], slope[block_size];
    std::uint32_t spiking[block_size];
    constexpr std::size_t max_blocks = 6;  // kernels of one kind share a loop by threes
    ReceptorBlock blocks[max_blocks];
    const double* words[max_model_words];
    const std::size_t named = program_ ? model_.program->receptors.size() : 0;
    Aligned<double> named_values(named * block_size);  // of receptors that the model reads by their names
    std::vector<double*> named_receptors;
    for (std::size_t r = 0; r < named; ++r) named_receptors.push_back(named_values.data() + r * block_size);
    ProgramMemory* const memory = program_ ? &program_->memory_of_thread() : nullptr;
    alignas(64) double unused[block_size];
    const bool same_input = I_x_.size() == 1;
    std::int64_t non_finite = -1;
    std::vector<double> before;  // of a block that may come to rest

    const bool may_join = advance_joined_ != nullptr, backwards = may_join && step.n % 2 != 0;
    const std::size_t already = spikes.size();
    const BlockBounds bounds(begin, end, may_join);
    constexpr std::size_t ahead = 2;
    const bool from_memory = lies_in_memory();
    for (std::size_t b = 0; b < bounds.size(); ++b) {
        const auto bound = bounds[backwards ? bounds.size() - 1 - b : b];
        const std::size_t first = bound.first, n = bound.second;
        if (from_memory && b + ahead < bounds.size()) {
            const auto next = bounds[backwards ? bounds.size() - 1 - b - ahead : b + ahead];
            if (!quiet_.rested(next.first))
                prefetch(next.first, next.second, slots + (next.first - begin), slots_per_receptor);
        }
        const bool joined = may_join && n >= joined_size;
        const BlockSlots arrivals{first, n, slots + (first - begin), receptors_.size(), slots_per_receptor};
        if (may_rest && quiet_.is_quiet(arrivals, reached)) continue;
        const bool watched = may_rest && quiet_.is_watched(step.n, arrivals);
        if (watched) before = changing(arrivals);
        NeuronBlock block;
        view(step, first, n, spiking, block);
        const auto finish = [&](std::size_t found) {
            if (watched && found == 0 && rests(arrivals, before, step.n)) quiet_.rest(arrivals);
            if (block.non_finite >= 0 && (non_finite < 0 || backwards))
                non_finite = static_cast<std::int64_t>(first) + block.non_finite;
            for (std::size_t k = 0; k < found; ++k) spikes.push_back(static_cast<std::uint32_t>(first) + spiking[k]);
        };
        if (joined) {
            join_receptors(slots + (first - begin), slots_per_receptor, block);
            finish(advance_joined_(block));
            continue;
        }
        const double* current = same_input ? same_I_x_.data() : I_x_.data() + first;
        if (!injected_.empty()) current = std::copy_n(current, n, I) - n;
        for (const auto& injected : injected_) injected->add(step, first, first + n, I);
        for (const auto& [variable, all_series] : imposed_) {
            double* values = state_[variable].data() + first;
            std::fill_n(values, n, 0.0);
            for (const TimeSeries& series : all_series) series.add(step.n, first, first + n, values);
        }

        std::size_t collected = 0;
        bool conducting = false;
        const double* jumps = none;
        for (std::size_t c = 0; c < receptors_.size(); ++c) {
            Receptor& receptor = receptors_[c];
            double* slot = slots + c * slots_per_receptor + (first - begin);
            if (receptor.delta()) {
                jumps = jumps == none ? slot : std::transform(slot, slot + n, jumps, jump, std::plus<>()) - n;
                continue;
            }
            if (receptor.program != nullptr) {
                loops().advance_receptors(blocks, std::exchange(collected, 0));
                const auto own = program_ ? program_->find_receptor(receptor.name()) : std::nullopt;
                join_program(receptor, step, first, n, current, I, G, conducting, own ? named_receptors[*own] : nullptr,
                             non_finite);
                continue;
            }
            if (const auto own = program_ ? read_by_name_[c] : std::nullopt) {
                double* const value = named_receptors[*own];
                ReceptorBlock alone;
                view_receptor(receptor, first, n, slot, alone);
                alone.reversal = 0.0;
                alone.I_before = none;
                alone.I = receptor.conductance ? unused : value;
                alone.first = true;
                alone.G = value;
                loops().advance_receptors(&alone, 1);
                continue;
            }
            ReceptorBlock& joining = blocks[collected++];
            view_receptor(receptor, first, n, slot, joining);
            joining.I_before = current;
            joining.I = I;
            joining.first = receptor.conductance && !std::exchange(conducting, true);
            joining.G = G;
            current = I;
            if (collected == max_blocks) loops().advance_receptors(blocks, std::exchange(collected, 0));
        }
        loops().advance_receptors(blocks, collected);

        block.words = words;
        prepared_.locate(first, words);
        block.I = current;
        block.G = conductances_ ? G : none;
        block.mean = mean;
        block.slope = slope;
        block.jump = jumps;
        const std::size_t found = advance_block(block, step, first, named_receptors.data(), memory);
        for (std::size_t c = 0; c < receptors_.size(); ++c)
            if (receptors_[c].delta()) std::fill_n(slots + c * slots_per_receptor + (first - begin), n, 0.0);
        finish(found);
    }
    if (backwards) std::sort(spikes.begin() + static_cast<std::ptrdiff_t>(already), spikes.end());
    return non_finite;
}

/// Whether each step brings the state from further away than the machine looks ahead for: more than a share of L3
/// holds.
bool NeuronPopulation::lies_in_memory() const noexcept {
    constexpr std::size_t near = std::size_t{1} << 24;
    return size() * (state_.size() + 1 + receptors_.size()) * sizeof(double) > near;
}

/// Asks for what a step reads of a block: then it comes while others are advanced.
void NeuronPopulation::prefetch(std::size_t first, std::size_t n, const double* slots,
                                std::size_t slots_per_receptor) const noexcept {
    const auto ask = [n](const auto* from) {
        constexpr std::size_t per_line = 64 / sizeof *from;
        for (std::size_t i = 0; i < n; i += per_line) rheobase::prefetch<Into::L2>(from + i);
    };
    for (const Aligned<double>& values : state_) ask(values.data() + first);
    if (asks_who_is_free_) ask(free_from_.data() + first);
    for (std::size_t c = 0; c < receptors_.size(); ++c) ask(slots + c * slots_per_receptor);
}

/// What a block of neurons needs, but for what reaches them.
void NeuronPopulation::view(const StepContext& step, std::size_t first, std::size_t n, std::uint32_t* spiking,
                            NeuronBlock& block) noexcept {
    block.n = n;
    block.model = prepared_.first();
    block.dt = dt_;
    for (std::size_t v = 0; v < state_.size() && program_ == nullptr; ++v) block.state[v] = state_[v].data() + first;
    block.step = step.n;
    block.free_from = free_from_.data() + first;
    block.all_free_from = all_free_from_;
    block.spiking = spiking;
    block.non_finite = -1;
}

/// What a pass needs that takes receptors along; `slots` are those of the block's first neuron.
void NeuronPopulation::join_receptors(double* slots, std::size_t slots_per_receptor, NeuronBlock& block) noexcept {
    block.I = same_I_x_.data();
    std::size_t kernels = 0;
    for (std::size_t c = 0; c < receptors_.size(); ++c) {
        double* const own = slots + c * slots_per_receptor;
        if (receptors_[c].delta()) {
            block.slots = own;
            continue;
        }
        block.propagators[kernels] = &receptors_[c].propagator;
        block.reversal[kernels] = receptors_[c].reversal;
        block.stages[kernels++] = own;
    }
}

/// Advances a receptor's program over a block, and lets its current or conductance join the others, or what the model
/// reads by its name.
void NeuronPopulation::join_program(Receptor& receptor, const StepContext& step, std::size_t first, std::size_t n,
                                    const double*& current, double* I, double* G, bool& conducting, double* named,
                                    std::int64_t& non_finite) {
    alignas(64) double driving[block_size];
    receptor.program->collect(step.n, first, n);
    const std::size_t bad = receptor.program->post().advance(step, first, n, driving);
    if (bad < n && non_finite < 0) non_finite = static_cast<std::int64_t>(first + bad);
    if (named != nullptr) {
        std::copy_n(driving, n, named);
        return;
    }
    const double scale = receptor.conductance ? receptor.reversal : 1.0;
    for (std::size_t i = 0; i < n; ++i) I[i] = current[i] + scale * driving[i];
    current = I;
    if (!receptor.conductance) return;
    if (std::exchange(conducting, true))
        for (std::size_t i = 0; i < n; ++i) G[i] += driving[i];
    else
        std::copy_n(driving, n, G);
}

void NeuronPopulation::take_in(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                               std::size_t slots_per_receptor) {
    for (std::size_t c = 0; c < receptors_.size(); ++c) {
        if (receptors_[c].program == nullptr) continue;
        double* const arrivals = slots + c * slots_per_receptor;
        for (std::size_t first = begin; first < end; first += block_size)
            receptors_[c].program->post().arrive(step, first, std::min(block_size, end - first),
                                                 arrivals + (first - begin));
        std::fill_n(arrivals, end - begin, 0.0);
    }
}

std::size_t NeuronPopulation::advance_block(NeuronBlock& block, const StepContext& step, std::size_t first,
                                            double* const* receptors, ProgramMemory* memory) {
    if (program_ == nullptr) return advance_block_(block);
    ProgramBlock same{block.n,    first,     step.n,          step.random,   block.I, block.G,
                      block.jump, receptors, block.free_from, block.spiking, -1};
    const std::size_t found = program_->advance(same, *memory);
    block.non_finite = same.non_finite;
    return found;
}

/// Whether membranes are linear and nothing but currents of kernels, jumps and a steady current moves them.
bool NeuronPopulation::is_linear() const {
    return same_in_each_step_ && !conductances_ && method_ == Method::exact && !model_.leak_rates(values_).empty();
}

/// Then V goes a part of its way to where currents would bring it, and kernels decay. Numbers below these limits cannot
/// overflow: weights in single precision, and as many arrivals per step as there may be, add less than 1e60 to a stage.
bool NeuronPopulation::stays_finite() const {
    constexpr double moderate = 1e50, far_from_largest = 1e100;
    const auto all_below = [](const auto& numbers, double limit) {
        return std::all_of(numbers.begin(), numbers.end(), [&](double x) { return std::fabs(x) < limit; });
    };
    if (!is_linear() || !prepared_.all_below(moderate) || !all_below(I_x_, far_from_largest)) return false;
    for (const auto& values : state_)
        if (!all_below(values, far_from_largest)) return false;
    return std::all_of(receptors_.begin(), receptors_.end(), [&](const Receptor& receptor) {
        if (receptor.delta()) return true;
        for (std::size_t s = 0; s < receptor.kernel->stages; ++s)
            if (!all_below(receptor.stage[s], far_from_largest)) return false;
        return receptor.propagators.all_below(moderate);
    });
}

/// The loop of these neurons and their receptors together, where they and what drives them are alike.
AdvanceBlock NeuronPopulation::find_advance_joined() const {
    if (!same_in_each_step_ || I_x_.size() != 1 || !prepared_.homogeneous()) return nullptr;
    std::size_t kernels = 0, conductances = 0, deltas = 0;
    for (const Receptor& receptor : receptors_) {
        if (receptor.delta()) {
            ++deltas;
            continue;
        }
        if (receptor.kernel->stages != 1 || !receptor.propagators.homogeneous()) return nullptr;
        ++kernels;
        conductances += receptor.conductance ? 1 : 0;
    }
    if (kernels > max_joined || deltas > 1 || (conductances > 0 && conductances < kernels)) return nullptr;
    return loops().find_advance_joined(model_.index, method_, {kernels, conductances > 0, deltas > 0});
}

/// The loop of these neurons, where they are alike and have few kernels, of one stage.
Coast NeuronPopulation::find_coast() const {
    if (!is_linear() || !prepared_.homogeneous()) return nullptr;
    std::size_t stages = 0;
    for (const Receptor& receptor : receptors_) {
        if (receptor.delta()) continue;
        if (receptor.kernel->stages != 1 || !receptor.propagators.homogeneous()) return nullptr;
        ++stages;
    }
    return loops().find_coast(model_.index, method_, stages);
}

std::size_t NeuronPopulation::coast(const Stretch& stretch) {
    AwakeNeurons& awake = stretch.awake;
    if (!awake.away()) {
        awake.fetch(home_state(stretch), stretch.end - stretch.begin, loops().coast_size);
        quiet_.wake(stretch.begin, stretch.end);
    }
    const CoastGroups groups(stretch, stage_numbers(), loops().coast_size);
    const CoastBlock block = coast_block(stretch);
    std::vector<std::uint32_t> resting;
    std::size_t alone = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const CoastGroup group = groups[g];
        const Coasted coasted = coast_(block, group);
        for (std::uint32_t k = 0; (coasted.stopped | coasted.resting) >> k != 0; ++k) {
            if (coasted.stopped >> k & 1) advance_alone(stretch, group, k), ++alone;
            if (coasted.resting >> k & 1) resting.push_back(static_cast<std::uint32_t>(group.first + k));
        }
    }
    for (; !resting.empty(); resting.pop_back()) awake.sleep(resting.back());
    for (auto& spikes : stretch.spikes) std::sort(spikes.begin(), spikes.end());
    return alone;
}

/// The k-th neuron of a group, a step at a time.
void NeuronPopulation::advance_alone(const Stretch& stretch, const CoastGroup& group, std::uint32_t k) {
    const std::size_t place = group.first + k, neuron = stretch.awake.neuron(place);
    const CoastArrival *next = group.arrivals, *const end = next + group.arrival_count;
    const auto join = [&](std::int64_t s, bool kicks) {
        for (; next != end && next->step == s && (next->stage >= max_coast_receptors) == kicks; ++next)
            if (next->lane == k) stretch.slots[next->slot] += next->weight;
    };
    stretch.awake.store(place);
    for (std::int64_t s = 0; s < stretch.steps; ++s) {
        join(s, true);
        advance_blocks(stretch.step(s), stretch.begin + neuron, stretch.begin + neuron + 1, stretch.slots + neuron,
                       stretch.slots_per_receptor, false, false, stretch.spikes[static_cast<std::size_t>(s)]);
        join(s, false);
    }
    stretch.awake.load(place);
}

/// The numbers of receptors among those of a block, and one beyond them of those that kick.
std::vector<std::uint32_t> NeuronPopulation::stage_numbers() const {
    std::vector<std::uint32_t> numbers;
    std::uint32_t stages = 0;
    for (const Receptor& receptor : receptors_)
        numbers.push_back(receptor.delta() ? static_cast<std::uint32_t>(max_coast_receptors) : stages++);
    return numbers;
}

/// Where the neurons of a stretch have what changes of them.
StateAtHome NeuronPopulation::home_state(const Stretch& stretch) {
    StateAtHome home;
    for (Aligned<double>& values : state_) home.values.push_back(values.data() + stretch.begin);
    for (std::size_t r = 0; r < receptors_.size(); ++r)
        if (!receptors_[r].delta()) home.values.push_back(stretch.slots + r * stretch.slots_per_receptor);
    home.free_from = free_from_.data() + stretch.begin;
    home.I = I_x_.size() == 1 ? nullptr : I_x_.data() + stretch.begin;
    return home;
}

/// Those that are awake, with what their loop needs of them.
CoastBlock NeuronPopulation::coast_block(const Stretch& stretch) {
    AwakeNeurons& awake = stretch.awake;
    CoastBlock block;
    block.model = prepared_.first();
    block.dt = dt_;
    std::size_t k = 0, staged = 0;
    for (; k < state_.size(); ++k) block.state[k] = awake.values(k);
    block.free_from = awake.free_from();
    block.same_I = I_x_.size() == 1;
    block.I = block.same_I ? same_I_x_.data() : awake.I();
    for (const Receptor& receptor : receptors_) {
        if (receptor.delta()) continue;
        block.propagators[staged] = &receptor.propagator;
        block.stages[staged++] = awake.values(k++);
    }
    return block;
}

}  // namespace rheobase
