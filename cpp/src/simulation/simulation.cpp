#include "rheobase/simulation/simulation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rheobase/network/currents/noise.hpp"
#include "rheobase/network/sources/spike_list.hpp"

namespace rheobase {

Simulation::Simulation(double dt, std::uint64_t seed, std::size_t threads)
    : dt_(dt), random_{seed}, pool_(threads == 0 ? 1 : threads) {
    require(std::isfinite(dt) && dt > 0.0, "dt must be finite and > 0");
}

NeuronPopulation& Simulation::add_neurons(const std::string& model, std::size_t size, const std::string& method,
                                          ParameterValues values) {
    const NeuronModel& m = neuron_model(model);
    auto made = std::make_unique<NeuronPopulation>(static_cast<std::uint32_t>(populations_.size()), size, m,
                                                   method.empty() ? m.methods[0] : method_named(method),
                                                   std::move(values), dt_);
    NeuronPopulation& neurons = *made;
    add(std::move(made));
    return neurons;
}

std::uint32_t Simulation::add_poisson(std::size_t size, std::vector<double> rates) {
    return add(
        std::make_unique<PoissonSource>(static_cast<std::uint32_t>(populations_.size()), size, std::move(rates)));
}

std::uint32_t Simulation::add_spike_list(std::size_t size, std::vector<std::int64_t> steps,
                                         std::vector<std::uint32_t> indices) {
    return add(std::make_unique<SpikeListSource>(static_cast<std::uint32_t>(populations_.size()), size,
                                                 std::move(steps), std::move(indices)));
}

std::uint32_t Simulation::add(std::unique_ptr<Population> population) {
    populations_.push_back(std::move(population));
    histories_.emplace_back(pool_.size());
    spike_recorders_.emplace_back(std::in_place, pool_.size());
    laid_out_ = false;
    return static_cast<std::uint32_t>(populations_.size() - 1);
}

Population& Simulation::population(std::size_t p) { return *populations_.at(p); }

NeuronPopulation& Simulation::neurons(std::size_t p) {
    auto* neurons = dynamic_cast<NeuronPopulation*>(populations_.at(p).get());
    require(neurons != nullptr, "the population must be made of neurons");
    return *neurons;
}

PoissonSource& Simulation::poisson(std::size_t p) {
    auto* source = dynamic_cast<PoissonSource*>(populations_.at(p).get());
    require(source != nullptr, "the population must be a Poisson source");
    return *source;
}

void Simulation::inject_white_noise(std::size_t population, double mean, double sigma) {
    neurons(population).add_input(std::make_unique<WhiteNoise>(noises_++, mean, sigma, dt_));
}

void Simulation::inject_ornstein_uhlenbeck(std::size_t population, double mean, double std_dev, double tau) {
    NeuronPopulation& target = neurons(population);
    target.add_input(std::make_unique<OrnsteinUhlenbeckNoise>(noises_++, target.size(), mean, std_dev, tau, dt_));
}

std::size_t Simulation::add_channel(std::size_t population, Channel channel) {
    laid_out_ = false;
    return neurons(population).add_channel(std::move(channel));
}

std::size_t Simulation::connect(std::uint32_t source, std::uint32_t target, std::size_t channel, ConnectionRule rule,
                                Draw weight, Draw delay, std::shared_ptr<PlasticProjection> plastic,
                                bool short_weights) {
    require(!plastic || (delay.constant() && rule.delays.empty()), "a plastic projection must have one delay");
    require(channel < neurons(target).channel_count(), "channel is out of range");
    population(source);
    projections_.push_back(std::make_unique<Projection>(Projection{
        static_cast<std::uint32_t>(projections_.size()), source, target, channel, std::move(rule), weight, delay}));
    projections_.back()->since = now_ + 1;
    projections_.back()->kicks = neurons(target).channel(channel).kicks();
    projections_.back()->plastic = std::move(plastic);
    projections_.back()->short_weights = short_weights;
    return projections_.size() - 1;
}

PlasticProjection& Simulation::plastic(std::size_t p) {
    Projection& projection = *projections_.at(p);
    require(projection.plastic != nullptr, "the projection must be plastic");
    build();
    return *projection.plastic;
}

std::size_t Simulation::add_background(std::uint32_t target, std::size_t channel, double mean, double weight) {
    require(channel < neurons(target).channel_count(), "channel is out of range");
    backgrounds_.emplace_back(static_cast<std::uint32_t>(backgrounds_.size()), target, channel,
                              neurons(target).channel(channel).kicks(), mean, weight);
    return backgrounds_.size() - 1;
}

namespace {

std::size_t rounded_up(std::size_t n, std::size_t grain) { return (n + grain - 1) / grain * grain; }

}  // namespace

void Simulation::lay_out() {
    if (laid_out_) return;
    const std::size_t threads = pool_.size();
    // a share of every population a tile; some slots come on top by rounding
    std::size_t slots = 0, slack = 0;
    for (const auto& p : populations_) {
        slots += p->size() * p->channel_count();
        slack += (2 * p->granularity() - 1) * p->channel_count() + p->granularity() - 1;
    }
    require(slack <= most_slots, "a network has room for at most 65536 synaptic kernels");
    tiles_per_thread_ = 1;
    while (slots / (threads * tiles_per_thread_) + slack > most_slots) ++tiles_per_thread_;
    const std::size_t count = threads * tiles_per_thread_;

    tiles_.clear();
    tiles_.resize(count);
    for (const auto& p : populations_) {
        const std::size_t grain = p->granularity(), grains = rounded_up(p->size(), grain) / grain;
        for (std::size_t t = 0; t < count; ++t) {
            Part part;
            part.population = p->id();
            part.begin = std::min(p->size(), grains * t / count * grain);
            part.end = std::min(p->size(), grains * (t + 1) / count * grain);
            part.first_slot = rounded_up(tiles_[t].slots.size(), grain);
            part.slots_per_channel = rounded_up(part.size(), grain);
            tiles_[t].slots.resize(part.slot(p->channel_count()), 0.0);
            tiles_[t].parts.push_back(part);
        }
    }
    for (auto& p : projections_) p->built = false;
    laid_out_ = true;
}

Layout Simulation::layout() { return {populations_, tiles_, tiles_per_thread_, random_, dt_}; }

void Simulation::build() {
    const bool new_layout = !laid_out_;
    lay_out();
    std::vector<Projection*> pending;
    const std::uint32_t batch = batches_ + 1;
    for (auto& p : projections_) {
        if (p->batch == 0) p->batch = batch;
        if (!p->built && !p->plastic) pending.push_back(p.get());
    }
    try {
        for (auto& p : projections_)
            if (!p->built && p->plastic) make_plastic(*p);
        for (ProjectionGroup& group : group_by_source(pending)) {
            construct(group, layout(), pool_);
            histories_[group.source].reach(tiles_[0].fan_outs.back().longest_delay(), now_);
        }
        if (!projections_.empty()) batches_ = std::max(batches_, projections_.back()->batch);
        if (new_layout || !pending.empty()) send_off_again();
    } catch (...) {
        laid_out_ = false;  // tiles may hold half a group: the next build begins anew
        throw;
    }
}

/// Puts the spikes of the histories where they are by now on their way.
void Simulation::send_off_again() {
    std::size_t longest = 1;
    for (const SpikeHistory& history : histories_) longest = std::max(longest, history.longest_delay());
    for (Tile& tile : tiles_) {
        tile.kicks = {};
        tile.arrivals = {};
        for (std::int64_t step = now_ - static_cast<std::int64_t>(longest); step < now_; ++step) send_off(tile, step);
        for (const bool kicks : {true, false}) collect_due(tile, kicks, now_);
    }
}

/// Draws the connections as if they were static and moves them to where they can change.
void Simulation::make_plastic(Projection& p) {
    Archive learned;
    if (!p.plastic->tiles.empty()) p.plastic->archive(learned, "");
    p.plastic->tiles.clear();
    ProjectionGroup group{p.source, {&p}};
    construct(group, layout(), pool_);
    std::vector<std::vector<Synapse>> by_tile(tiles_.size());
    for (const Synapse& s : rheobase::connections(p, layout())) by_tile[tile_of(p.target, s.target)].push_back(s);
    for (std::size_t t = 0; t < tiles_.size(); ++t) {
        tiles_[t].fan_outs.pop_back();
        const Part& part = tiles_[t].parts[p.target];
        p.plastic->tiles.push_back(p.plastic->rule->make(
            p.plastic->values, dt_,
            PlasticConnections(std::move(by_tile[t]), populations_[p.source]->size(), part.begin, part.end)));
    }
    if (!learned.entries().empty()) {
        Archive again(learned.entries());
        p.plastic->archive(again, "");
    }
    histories_[p.source].reach(static_cast<std::size_t>(p.delay.a), now_);
}

std::size_t Simulation::tile_of(std::size_t population, std::size_t neuron) const {
    const auto tile = std::upper_bound(tiles_.begin(), tiles_.end(), neuron,
                                       [&](std::size_t i, const Tile& t) { return i < t.parts[population].end; });
    return static_cast<std::size_t>(tile - tiles_.begin());
}

std::vector<Synapse> Simulation::connections(std::size_t projection) {
    build();
    const Projection& p = *projections_.at(projection);
    if (p.plastic) return p.plastic->connections(static_cast<std::uint16_t>(p.delay.a));
    return rheobase::connections(*projections_.at(projection), layout());
}

std::uint64_t Simulation::synapse_count() const noexcept {
    std::uint64_t total = 0;
    for (const auto& p : projections_) total += p->synapses;
    return total;
}

std::uint64_t Simulation::synapse_bytes() const noexcept {
    std::uint64_t total = 0;
    for (const Tile& tile : tiles_)
        for (const FanOut& f : tile.fan_outs) total += f.bytes();
    return total;
}

void Simulation::record_spikes(std::size_t population, bool on) {
    auto& recorder = spike_recorders_.at(population);
    if (on && !recorder) recorder.emplace(pool_.size());
    if (!on) recorder.reset();
}

SpikeRecorder::Spikes Simulation::take_spikes(std::size_t population) {
    auto& recorder = spike_recorders_.at(population);
    return recorder ? recorder->take() : SpikeRecorder::Spikes{};
}

std::size_t Simulation::record_state(StateRecorder recorder) {
    require(recorder.every >= 1, "every must be at least one step");
    if (recorder.weights())
        plastic(recorder.population);
    else
        neurons(recorder.population).variable(recorder.variable);
    state_recorders_.push_back(std::move(recorder));
    return state_recorders_.size() - 1;
}

void Simulation::archive(Archive& archive) {
    if (!archive.loading()) build();
    for (auto& p : projections_) {
        const std::string name = "projection" + std::to_string(p->id);
        archive.number(name + ".since", p->since);
        archive.number(name + ".batch", p->batch);
    }
    if (archive.loading()) {
        laid_out_ = false;
        build();
    }
    archive.number("now", now_);
    archive.number("events", events_);
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        const std::string name = "population" + std::to_string(p);
        populations_[p]->archive(archive, name);
        archive_history(archive, name, p);
    }
    for (auto& p : projections_)
        if (p->plastic) p->plastic->archive(archive, "projection" + std::to_string(p->id));
    if (archive.loading()) send_off_again();
}

/// The spikes still under way, by step and index, for any number of threads to take up.
void Simulation::archive_history(Archive& archive, const std::string& name, std::size_t p) {
    SpikeHistory& history = histories_[p];
    std::vector<std::int64_t> steps;
    std::vector<std::uint32_t> indices;
    const auto oldest = now_ - static_cast<std::int64_t>(history.longest_delay());
    for (std::int64_t step = oldest; step <= now_ && !archive.loading(); ++step)
        for (const auto& spikes : history.at(step)) {
            steps.insert(steps.end(), spikes.size(), step);
            indices.insert(indices.end(), spikes.begin(), spikes.end());
        }
    archive.values(name + ".spikes.steps", steps);
    archive.values(name + ".spikes.indices", indices);
    if (!archive.loading()) return;
    require(steps.size() == indices.size(), "saved spikes must have a step and an index each");
    history.clear();
    for (std::size_t k = 0; k < steps.size(); ++k) {
        require(indices[k] < populations_[p]->size() && steps[k] >= oldest && steps[k] <= now_,
                "saved spikes do not fit this network");
        history.at(steps[k])[0].push_back(indices[k]);
    }
}

StateRecorder Simulation::take_states(std::size_t recorder) {
    StateRecorder& r = state_recorders_.at(recorder);
    StateRecorder taken = r;
    r.steps.clear();
    r.fit();
    return taken;
}

// One step leads from n to n + 1, on every thread for the tiles it owns:
//   1. send off    the spikes found at n enter the rows of their synapses
//   2. kick        where synapses move V at once, Poisson drive and what spikes d steps old reach with a delay of d go
//                  to the slots
//   3. update      block by block: kernels give their current over the step and decay, neurons advance and are kicked,
//                  those at threshold spike and reset
//   4. publish     the spikes found at n + 1 become the newest of their population's history
//   5. deliver     where a kernel takes them in, arrivals and Poisson drive join its first stage, weights being changed
//                  by what arrives
//   6. learn       weights onto those that spiked
//   7. record      spikes and chosen variables of n + 1
//   8. wait        for the other threads
void Simulation::step(std::size_t thread, std::int64_t n, Stopwatch& stopwatch, Profile& profile, Outcome& outcome) {
    const StepContext context{n, dt_, random_};
    for (std::size_t t = thread * tiles_per_thread_; t < (thread + 1) * tiles_per_thread_; ++t) {
        send_off(tiles_[t], n);
        for (const bool kicks : {true, false}) {
            outcome.events += collect_due(tiles_[t], kicks, n + 1);
            outcome.events += deliver(t, kicks, context);
            stopwatch.lap(profile.deliver);
            drive(tiles_[t], kicks, context);
            stopwatch.lap(profile.background);
            kicks ? update(t, thread, context, outcome) : learn(t, thread, n + 1);
            stopwatch.lap(profile.update);
        }
    }
    record(thread, n + 1);
    stopwatch.lap(profile.record);
}

void Simulation::update(std::size_t t, std::size_t thread, const StepContext& context, Outcome& outcome) {
    Tile& tile = tiles_[t];
    for (const Part& part : tile.parts) {
        auto& found = outcome.found;
        found.clear();
        const std::int64_t bad = populations_[part.population]->advance(
            context, part.begin, part.end, tile.slots.data() + part.first_slot, part.slots_per_channel, found);
        auto& spikes = histories_[part.population].at(context.n + 1)[thread];
        if (t == thread * tiles_per_thread_) spikes.clear();
        spikes.insert(spikes.end(), found.begin(), found.end());
        if (bad < 0) continue;
        const NonFiniteState failure(part.population, static_cast<std::size_t>(bad), context.n + 1);
        if (!outcome.failure || failure.before(*outcome.failure)) outcome.failure.emplace(failure);
    }
}

namespace {

/// Asks for what of a row is read first; where it ends is not waited for.
void prefetch(const Row& row) noexcept {
    constexpr std::size_t line = 64, most = 192;
    for (std::size_t k = 0; k < most; k += line) __builtin_prefetch(row.begin + k);
}

}  // namespace

/// Lets the spikes found at `step` enter the rows of a tile. The rows are read later, when memory has had time to come.
void Simulation::send_off(Tile& tile, std::int64_t step) const {
    for (std::uint32_t k = 0; k < tile.fan_outs.size(); ++k) {
        const FanOut& f = tile.fan_outs[k];
        const SpikeHistory& history = histories_[f.source];
        if (step < f.since || step + static_cast<std::int64_t>(history.longest_delay()) < now_) continue;
        auto& travelling = tile.traffic(f.kicks).spikes;
        for (const auto& spikes : history.at(step))
            for (const std::uint32_t neuron : spikes) {
                const Row row = f.row(neuron);
                if (row.begin == row.end) continue;
                prefetch(row);
                Travelling& spike = travelling.emplace_back();  // filled in place: a copy would wait for its parts
                spike = {{row.begin, 0}, k, row.end, step};
            }
    }
}

/// Moves every spike past what is due at `step` or was before, which becomes the list of due segments.
std::uint64_t Simulation::collect_due(Tile& tile, bool kicks, std::int64_t step) {
    Traffic& traffic = tile.traffic(kicks);
    for (std::size_t k = traffic.known; k < traffic.spikes.size(); ++k) {
        Travelling& spike = traffic.spikes[k];
        spike.place = FanOut::first_place({spike.place.at, spike.end});
        spike.due += tile.fan_outs[spike.fan_out].delay(spike.place);
    }
    traffic.due.clear();
    std::uint64_t events = 0;
    auto kept = traffic.spikes.begin();
    constexpr std::size_t ahead = 16;
    for (std::size_t k = 0; k < traffic.spikes.size(); ++k) {
        if (k + ahead < traffic.spikes.size() && traffic.spikes[k + ahead].due <= step)
            __builtin_prefetch(traffic.spikes[k + ahead].place.at);
        Travelling spike = traffic.spikes[k];
        const FanOut& f = tile.fan_outs[spike.fan_out];
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

/// Brings what is due at n + 1 to the slots; returns the events of plastic projections.
std::uint64_t Simulation::deliver(std::size_t t, bool kicks, const StepContext& context) {
    Tile& tile = tiles_[t];
    const std::vector<Segment>& due = tile.traffic(kicks).due;
    loops().deliver(tile.slots.data(), due.data(), due.size());
    std::uint64_t events = 0;
    for (const auto& p : projections_) {
        if (!p->plastic || p->kicks != kicks) continue;
        events += p->plastic->tiles[t]->arrive(
            histories_[p->source].at(context.n + 1 - static_cast<std::int64_t>(p->delay.a)),
            tile.slots.data() + tile.parts[p->target].slot(p->channel), p->plastic->learning);
    }
    return events;
}

void Simulation::drive(Tile& tile, bool kicks, const StepContext& context) const {
    for (const Background& b : backgrounds_) {
        if (b.kicks() != kicks) continue;
        const Part& part = tile.parts[b.population()];
        b.add(context, part.begin, part.size(), tile.slots.data() + part.slot(b.channel()));
    }
}

/// Takes in the spikes that a tile's targets have fired.
void Simulation::learn(std::size_t t, std::size_t thread, std::int64_t step) {
    for (const auto& p : projections_) {
        if (!p->plastic) continue;
        const Part& part = tiles_[t].parts[p->target];
        const auto& spikes = histories_[p->target].at(step)[thread];
        const auto first = std::lower_bound(spikes.begin(), spikes.end(), part.begin);
        const auto last = std::lower_bound(first, spikes.end(), part.end);
        if (first == last) continue;
        p->plastic->tiles[t]->fire({&*first, static_cast<std::size_t>(last - first)}, p->plastic->learning);
    }
}

/// Calls keep(k, value) for the k-th neuron of the recorder, of those that the tiles [first_tile, last_tile) hold.
template <class Keep>
void Simulation::for_each_recorded(const StateRecorder& r, std::size_t first_tile, std::size_t last_tile, Keep keep) {
    NeuronPopulation& population = neurons(r.population);
    const auto [values, unit] = population.variable(r.variable);
    const auto in_slots = population.channel_in_slots(r.variable);
    for (std::size_t t = first_tile; t < last_tile; ++t) {
        const Part& part = tiles_[t].parts[r.population];
        const double* of_part = in_slots ? tiles_[t].slots.data() + part.slot(*in_slots) : values.data() + part.begin;
        auto k = static_cast<std::size_t>(std::lower_bound(r.neurons.begin(), r.neurons.end(), part.begin) -
                                          r.neurons.begin());
        for (; k < r.neurons.size() && r.neurons[k] < part.end; ++k) keep(k, unit * of_part[r.neurons[k] - part.begin]);
    }
}

void Simulation::record(std::size_t thread, std::int64_t step) {
    for (std::size_t p = 0; p < populations_.size(); ++p)
        if (spike_recorders_[p]) spike_recorders_[p]->record(thread, step, histories_[p].at(step)[thread]);
    for (StateRecorder& r : state_recorders_) {
        if (r.alone() || !r.due(step)) continue;
        const std::size_t row = r.row(step);
        for_each_recorded(r, thread * tiles_per_thread_, (thread + 1) * tiles_per_thread_,
                          [&](std::size_t k, double value) { r.keep(row, k, value); });
    }
}

void Simulation::record_alone(std::int64_t step) {
    for (StateRecorder& r : state_recorders_) {
        if (!r.alone() || !r.due(step)) continue;
        const std::size_t row = r.row(step);
        double sum = 0.0;
        const auto keep = [&](std::size_t k, double value) {
            sum += value;
            if (!r.mean) r.keep(row, k, value);
        };
        if (r.weights()) {
            const std::vector<double> weights = projections_[r.population]->plastic->weights();
            for (std::size_t k = 0; k < r.neurons.size(); ++k) keep(k, weights[r.neurons[k]]);
        } else {
            for_each_recorded(r, 0, tiles_.size(), keep);
        }
        if (r.mean) r.keep(row, 0, sum / static_cast<double>(r.neurons.size()));
    }
}

bool Simulation::due_alone(std::int64_t step) const {
    return std::any_of(state_recorders_.begin(), state_recorders_.end(),
                       [&](const StateRecorder& r) { return r.alone() && r.due(step); });
}

/// Calls visit(stage, slots, n) for every piece of a kernel's first stage, where it rests and where a run keeps it.
template <class Visit>
void Simulation::for_each_first_stage(Visit visit) {
    for (Tile& tile : tiles_)
        for (const Part& part : tile.parts) {
            auto* population = dynamic_cast<NeuronPopulation*>(populations_[part.population].get());
            for (std::size_t c = 0; population != nullptr && c < population->channel_count(); ++c)
                if (!population->channel(c).kicks())
                    visit(population->channel(c).stage[0].data() + part.begin, tile.slots.data() + part.slot(c),
                          part.size());
        }
}

void Simulation::make_rows(std::int64_t until) {
    for (StateRecorder& r : state_recorders_) {
        const std::int64_t first = now_ == 0 ? 0 : (now_ / r.every + 1) * r.every;
        for (std::int64_t step = first; step <= until; step += r.every) r.steps.push_back(step);
        r.fit();
    }
}

void Simulation::drop_rows() {
    for (StateRecorder& r : state_recorders_) {
        r.steps.resize(
            static_cast<std::size_t>(std::upper_bound(r.steps.begin(), r.steps.end(), now_) - r.steps.begin()));
        r.fit();
    }
}

std::int64_t Simulation::run(std::int64_t steps, const Poll& poll, Profile* profile) {
    using Clock = std::chrono::steady_clock;
    constexpr auto between_polls = std::chrono::milliseconds(50);
    build();
    make_rows(now_ + steps);
    for (auto& p : populations_) p->begin(now_);
    for_each_first_stage([](const double* stage, double* slots, std::size_t n) { std::copy_n(stage, n, slots); });
    if (now_ == 0) {
        pool_.run([&](std::size_t thread) { record(thread, 0); });
        record_alone(0);
    }

    const std::int64_t start = now_;
    std::atomic<std::int64_t> stop{start + steps};
    Barrier barrier(pool_.size());
    std::vector<Outcome> outcomes(pool_.size());

    pool_.run([&](std::size_t thread) {
        Profile laps;
        Stopwatch stopwatch(profile != nullptr && thread == 0);
        Outcome outcome;
        auto polled = Clock::now();
        for (std::int64_t n = start; n < stop.load(std::memory_order_acquire); ++n) {
            step(thread, n, stopwatch, laps, outcome);
            if (outcome.failure) stop.store(n + 1, std::memory_order_release);
            if (thread == 0 && poll && Clock::now() - polled > between_polls) {
                if (!poll(n + 1 - start)) stop.store(n + 1, std::memory_order_release);
                polled = Clock::now();
            }
            barrier.wait();
            stopwatch.lap(laps.wait);
            if (!due_alone(n + 1)) continue;
            if (thread == 0) record_alone(n + 1);
            barrier.wait();
            stopwatch.lap(laps.record);
        }
        outcomes[thread] = outcome;
        if (thread == 0 && profile != nullptr) *profile = laps;
    });

    now_ = stop.load();
    for_each_first_stage([](double* stage, const double* slots, std::size_t n) { std::copy_n(slots, n, stage); });
    drop_rows();
    for (const Outcome& o : outcomes) events_ += o.events;
    std::optional<NonFiniteState> first;
    for (const Outcome& o : outcomes)
        if (o.failure && (!first || o.failure->before(*first))) first.emplace(*o.failure);
    if (first) throw NonFiniteState(*first);
    return now_ - start;
}

}  // namespace rheobase
