#include "rheobase/simulation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rheobase/sources/poisson.hpp"
#include "rheobase/sources/spike_list.hpp"

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
    return add(std::make_unique<PoissonSource>(static_cast<std::uint32_t>(populations_.size()), size, std::move(rates)));
}

std::uint32_t Simulation::add_spike_list(std::size_t size, std::vector<std::int64_t> steps,
                                         std::vector<std::uint32_t> indices) {
    return add(std::make_unique<SpikeListSource>(static_cast<std::uint32_t>(populations_.size()), size, std::move(steps),
                                                 std::move(indices)));
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

std::size_t Simulation::add_channel(std::size_t population, Channel channel) {
    laid_out_ = false;
    return neurons(population).add_channel(std::move(channel));
}

std::size_t Simulation::connect(std::uint32_t source, std::uint32_t target, std::size_t channel, ConnectionRule rule,
                                Draw weight, Draw delay) {
    require(channel < neurons(target).channel_count(), "channel is out of range");
    population(source);
    projections_.push_back(std::make_unique<Projection>(
        Projection{static_cast<std::uint32_t>(projections_.size()), source, target, channel, std::move(rule), weight, delay}));
    return projections_.size() - 1;
}

std::size_t Simulation::add_background(std::uint32_t target, std::size_t channel, double mean, double weight) {
    require(channel < neurons(target).channel_count(), "channel is out of range");
    backgrounds_.emplace_back(static_cast<std::uint32_t>(backgrounds_.size()), target, channel, mean, weight);
    return backgrounds_.size() - 1;
}

void Simulation::lay_out() {
    if (laid_out_) return;
    const std::size_t threads = pool_.size();
    // a share of every population a tile; one slot a population and channel may come on top by rounding
    std::size_t slots = 0, slack = 0;
    for (const auto& p : populations_) {
        slots += p->size() * p->channel_count();
        slack += p->channel_count();
    }
    require(slack <= most_slots, "a network has room for at most 65536 synaptic kernels");
    tiles_per_thread_ = 1;
    while (slots / (threads * tiles_per_thread_) + slack > most_slots) ++tiles_per_thread_;
    const std::size_t count = threads * tiles_per_thread_;

    tiles_.clear();
    tiles_.resize(count);
    for (const auto& p : populations_) {
        const std::size_t grain = p->granularity(), grains = (p->size() + grain - 1) / grain;
        for (std::size_t t = 0; t < count; ++t) {
            Part part;
            part.population = p->id();
            part.begin = std::min(p->size(), grains * t / count * grain);
            part.end = std::min(p->size(), grains * (t + 1) / count * grain);
            part.slot = tiles_[t].slots.size();
            tiles_[t].slots.resize(part.slot + part.size() * p->channel_count(), 0.0);
            tiles_[t].parts.push_back(part);
        }
    }
    for (auto& p : projections_) p->built = false;
    laid_out_ = true;
}

Layout Simulation::layout() { return {populations_, tiles_, tiles_per_thread_, random_, dt_}; }

void Simulation::build() {
    lay_out();
    std::vector<Projection*> pending;
    for (auto& p : projections_)
        if (!p->built) pending.push_back(p.get());
    try {
        for (ProjectionGroup& group : group_by_source(pending)) {
            construct(group, layout(), pool_);
            histories_[group.source].reach(tiles_[0].fan_outs.back().ages.back().delay, now_);
        }
    } catch (...) {
        laid_out_ = false;  // tiles may hold half a group: the next build begins anew
        throw;
    }
}

std::vector<Synapse> Simulation::connections(std::size_t projection) {
    build();
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
    recorded_variable(recorder);
    state_recorders_.push_back(std::move(recorder));
    return state_recorders_.size() - 1;
}

StateRecorder Simulation::take_states(std::size_t recorder) {
    StateRecorder& r = state_recorders_.at(recorder);
    StateRecorder taken = r;
    r.steps.clear();
    r.values.clear();
    return taken;
}

const std::vector<double>& Simulation::recorded_variable(const StateRecorder& r) {
    return neurons(r.population).variable(r.variable);
}

// One step leads from n to n + 1, on every thread for the tiles it owns:
//   1. deliver  spikes found d steps before n + 1 reach, d steps old, the input slots of their targets; background joins
//   2. update   block by block: kernels give their current over the step and take in the slots, neurons advance,
//               those at threshold spike and reset
//   3. publish  the spikes found at n + 1 become the newest of their population's history
//   4. record   spikes and chosen variables of n + 1
//   5. wait     for the other threads
void Simulation::step(std::size_t thread, std::int64_t n, Stopwatch& stopwatch, Profile& profile, Outcome& outcome) {
    const StepContext context{n, dt_, random_};
    for (std::size_t t = thread * tiles_per_thread_; t < (thread + 1) * tiles_per_thread_; ++t) {
        Tile& tile = tiles_[t];
        outcome.events += deliver(tile, context);
        stopwatch.lap(profile.deliver);
        for (const Part& part : tile.parts) {
            auto& spikes = histories_[part.population].at(n + 1)[thread];
            if (t == thread * tiles_per_thread_) spikes.clear();
            const std::int64_t bad = populations_[part.population]->advance(context, part.begin, part.end,
                                                                            tile.slots.data() + part.slot, spikes);
            if (bad < 0) continue;
            const NonFiniteState failure(part.population, static_cast<std::size_t>(bad), n + 1);
            if (!outcome.failure || failure.before(*outcome.failure)) outcome.failure.emplace(failure);
        }
        stopwatch.lap(profile.update);
    }
    record(thread, n + 1);
    stopwatch.lap(profile.record);
}

std::uint64_t Simulation::deliver(Tile& tile, const StepContext& context) {
    constexpr std::size_t ahead = 8;
    tile.due.clear();
    std::uint64_t events = 0;
    for (const FanOut& f : tile.fan_outs)
        for (const FanOut::Age& age : f.ages)
            for (const auto& spikes : histories_[f.source].at(context.n + 1 - age.delay))
                for (std::size_t k = 0; k < spikes.size(); ++k) {
                    if (k + ahead < spikes.size())
                        __builtin_prefetch(f.bin_offset.data() + spikes[k + ahead] * (f.bins.size() + 1) + age.first);
                    for (std::uint32_t b = age.first; b < age.last; ++b) {
                        const Segment s = f.segment(spikes[k], b);
                        if (s.count == 0) continue;
                        events += s.count;
                        tile.due.push_back(s);
                    }
                }
    kernels().deliver(tile.slots.data(), tile.due.data(), tile.due.size());
    for (const Background& b : backgrounds_) {
        const Part& part = tile.parts[b.population()];
        b.add(context, part.begin, part.size(), tile.slots.data() + part.slot + b.channel() * part.size());
    }
    return events;
}

void Simulation::record(std::size_t thread, std::int64_t step) {
    for (std::size_t p = 0; p < populations_.size(); ++p)
        if (spike_recorders_[p]) spike_recorders_[p]->record(thread, step, histories_[p].at(step)[thread]);
    for (StateRecorder& r : state_recorders_) {
        if (!r.due(step)) continue;
        const auto row = static_cast<std::size_t>(std::lower_bound(r.steps.begin(), r.steps.end(), step) - r.steps.begin());
        const auto& values = recorded_variable(r);
        for (std::size_t t = thread * tiles_per_thread_; t < (thread + 1) * tiles_per_thread_; ++t) {
            const Part& part = tiles_[t].parts[r.population];
            auto k = std::lower_bound(r.neurons.begin(), r.neurons.end(), part.begin) - r.neurons.begin();
            for (; k < static_cast<std::ptrdiff_t>(r.neurons.size()) && r.neurons[static_cast<std::size_t>(k)] < part.end; ++k)
                r.values[row * r.width() + static_cast<std::size_t>(k)] = values[r.neurons[static_cast<std::size_t>(k)]];
        }
    }
}

void Simulation::make_rows(std::int64_t until) {
    for (StateRecorder& r : state_recorders_) {
        const std::int64_t first = r.steps.empty() && now_ == 0 ? 0 : (now_ / r.every + 1) * r.every;
        for (std::int64_t step = first; step <= until; step += r.every) r.steps.push_back(step);
        r.values.resize(r.steps.size() * r.width(), std::numeric_limits<double>::quiet_NaN());
    }
}

void Simulation::drop_rows() {
    for (StateRecorder& r : state_recorders_) {
        r.steps.resize(static_cast<std::size_t>(std::upper_bound(r.steps.begin(), r.steps.end(), now_) - r.steps.begin()));
        r.values.resize(r.steps.size() * r.width());
    }
}

std::int64_t Simulation::run(std::int64_t steps, const Poll& poll, Profile* profile) {
    using Clock = std::chrono::steady_clock;
    constexpr auto between_polls = std::chrono::milliseconds(50);
    build();
    make_rows(now_ + steps);
    if (now_ == 0) pool_.run([&](std::size_t thread) { record(thread, 0); });

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
        }
        outcomes[thread] = outcome;
        if (thread == 0 && profile != nullptr) *profile = laps;
    });

    now_ = stop.load();
    drop_rows();
    for (const Outcome& o : outcomes) events_ += o.events;
    std::optional<NonFiniteState> first;
    for (const Outcome& o : outcomes)
        if (o.failure && (!first || o.failure->before(*first))) first.emplace(*o.failure);
    if (first) throw NonFiniteState(*first);
    return now_ - start;
}

}  // namespace rheobase
