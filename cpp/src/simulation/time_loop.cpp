#include "rheobase/simulation/time_loop.hpp"

#include "rheobase/base/subnormal_numbers.hpp"
#include "rheobase/loops/loops.hpp"

namespace rheobase {

TimeLoop::TimeLoop(const Stage& stage, Course& course, std::size_t thread, bool profiled)
    : stage_(stage),
      course_(course),
      thread_(thread),
      first_tile_(thread * stage.layout.tiles_per_thread),
      last_tile_((thread + 1) * stage.layout.tiles_per_thread),
      stopwatch_(profiled && thread == 0) {}

// One step leads from n to n + 1, on every thread for the tiles that it owns:
//   1. send off    the spikes found at n enter the rows of their synapses
//   2. kick        where synapses move V at once, Poisson drive and what spikes d steps old reach with a delay of d go
//                  to the slots
//   3. update      block by block: kernels give their current over the step and decay, neurons advance and are kicked,
//                  those at threshold spike and reset; the mean currents of the step are noted where they are recorded
//   4. publish     the spikes found at n + 1 become the newest of their population's history
//   5. deliver     where a kernel takes them in, arrivals and Poisson drive join its first stage; plastic weights
//                  change by what arrives
//   6. learn       plastic weights change where the spikes of post neurons reach their synapses: at once, or by a delay
//   7. couple      what pre neurons give to sums over connections moves on and is published for the next step, as are
//                  their variables that plasticity reads
//   8. sample      chosen variables of n + 1
// A tile takes all steps of a window before the next one, since what is found within it arrives after its end; then
// the thread keeps its spikes, and the next window begins when all have. What throws in a window ends the run with it,
// on every thread.
void TimeLoop::take_round(const Course::Turn& turn) noexcept {
    // Not where a product is rounded before it is summed: that of a small exponential would be lost.
    const SubnormalsAreZero decayed_kernels(loops().fused);
    stopwatch_.lap(profile_.wait);
    window_ = turn.window;
    published_ = turn.round == Course::Round::record;
    guard([&] {
        switch (turn.round) {
            case Course::Round::prepare:
                return prepare();
            case Course::Round::sources:
                return advance_sources();
            case Course::Round::window:
                return advance_window();
            case Course::Round::record:
                return record_after_all();
        }
    });
}

/// By the thread that has this share as a rule: memory of its own lies in no other's cache lines.
void TimeLoop::prepare() {
    reached_.assign(last_tile_ - first_tile_, 1);
    found_.resize(stage_.network.size());
    last_.assign(last_tile_ - first_tile_, {0, UINT32_MAX});  // a run begins step by step, which is never slow
    awake_.resize(last_tile_ - first_tile_);
    for (auto& of_tile : awake_) of_tile.resize(stage_.network.size());
    coasted_.resize(static_cast<std::size_t>(course_.free_steps()));
}

void TimeLoop::advance_sources() {
    for_each_tile([this](std::size_t tile) {
        for (std::int64_t n = window_.begin; n < window_.end; ++n) {
            advance(tile, context(n), course_.ahead());
            publish(tile, context(n), course_.ahead());
        }
    });
}

/// In one window from the first to the last, in the next one from the last to the first: what was there last is still
/// in L2.
template <class Visit>
void TimeLoop::for_each_tile(Visit visit) {
    const std::size_t tiles = last_tile_ - first_tile_;
    for (std::size_t k = 0; k < tiles; ++k) visit(backwards_ ? last_tile_ - 1 - k : first_tile_ + k);
}

void TimeLoop::advance_window() {
    for (std::size_t p = 0; p < found_.size(); ++p) stage_.network.history(p).prefetch(window_.begin);
    stage_.delivery.begin_window(thread_, window_);
    stopwatch_.lap(profile_.send_off);
    for_each_tile([this](std::size_t tile) { advance_tile(tile); });
    backwards_ = !backwards_;
    published_ = true;
    keep_spikes();
}

void TimeLoop::end() noexcept {
    for (std::size_t k = 0; k < awake_.size(); ++k) return_home(first_tile_ + k);
}

void TimeLoop::advance_tile(std::size_t tile) {
    const Disturbance before = total_;
    may_coast(tile) ? coast(tile) : advance_step_by_step(tile);
    last_[tile - first_tile_] = {total_.events - before.events, total_.stops - before.stops};
}

/// Whether it did so through its last window.
bool TimeLoop::coasts(std::size_t tile) const noexcept {
    const auto& awake = awake_[tile - first_tile_];
    return std::any_of(awake.begin(), awake.end(), [](const AwakeNeurons& neurons) { return neurons.away(); });
}

/// Where neurons are seldom reached and seldom spike. Either way leads to the same bits.
bool TimeLoop::may_coast(std::size_t tile) const noexcept {
    // neurons per arrival, and per neuron that goes alone, below which a step at a time is faster; to change costs more
    // than to go on, and neurons that stay refractory are seen only by a tile that coasts
    const bool on = coasts(tile);
    const std::uint64_t often = on ? 12 : 16, often_alone = on ? 128 : 256;
    if (!course_.coasts() || window_.is_one_step()) return false;
    std::uint64_t neurons = 0;
    for (const std::uint32_t p : course_.within()) neurons += stage_.layout.tiles[tile].parts[p].size();
    const Disturbance& last = last_[tile - first_tile_];
    return last.events * often < neurons && last.stops * often_alone < neurons;
}

void TimeLoop::coast(std::size_t t) {
    const std::int64_t steps = window_.end - window_.begin;
    Tile& tile = stage_.layout.tiles[t];
    arrivals_.clear();
    for (std::int64_t s = 0; s < steps; ++s) {
        send_off(t, context(window_.begin + s));
        note_arrivals(t,
                      stage_.delivery.collect(t, context(window_.begin + s), static_cast<std::uint32_t>(s), arrivals_));
    }
    stopwatch_.lap(profile_.deliver);
    for (const std::uint32_t p : course_.within()) {
        const Part& part = tile.parts[p];
        for (std::int64_t s = 0; s < steps; ++s) coasted_[static_cast<std::size_t>(s)].clear();
        total_.stops += stage_.network.population(p).coast(
            {context(window_.begin), steps, part.begin, part.end, awake_[t - first_tile_][p],
             tile.slots.data() + part.first_slot, part.slots_per_receptor, part.first_slot, arrivals_, coasted_});
        stopwatch_.lap(profile_.update);
        for (std::int64_t s = 0; s < steps; ++s)
            publish(t, window_.begin + s + 1, p, coasted_[static_cast<std::size_t>(s)]);
        stopwatch_.lap(profile_.publish);
    }
}

/// What takes steps otherwise, or looks at neurons, finds all there.
void TimeLoop::return_home(std::size_t tile) noexcept {
    for (AwakeNeurons& awake : awake_[tile - first_tile_]) awake.return_home();
}

void TimeLoop::advance_step_by_step(std::size_t tile) {
    return_home(tile);
    for (std::int64_t n = window_.begin; n < window_.end; ++n) {
        const StepContext step = context(n);
        send_off(tile, step);
        kick(tile, step);
        update(tile, step);
        publish(tile, step, course_.within());
        for (const std::uint32_t p : course_.within()) total_.stops += found_[p].size();
        deliver(tile, step);
        learn(tile, step);
        couple(tile, step);
        sample(tile, step);
    }
}

/// Within a window the spikes of neurons are still being found elsewhere, and wait for its end.
void TimeLoop::send_off(std::size_t tile, const StepContext& step) {
    if (step.n == window_.begin)
        stage_.delivery.send_off(tile, step.n);
    else if (!course_.ahead().empty())
        stage_.delivery.send_ahead(tile, step.n);
    stage_.delivery.expect_plastic(tile, step.n + 1);
    stopwatch_.lap(profile_.send_off);
}

void TimeLoop::kick(std::size_t tile, const StepContext& step) {
    const std::uint64_t kicks = stage_.delivery.kick(tile, step);
    total_.stops += kicks;
    note_arrivals(tile, kicks);
    stopwatch_.lap(profile_.kick);
}

/// Poisson drive reaches all cells without an event.
void TimeLoop::note_arrivals(std::size_t tile, std::uint64_t events) {
    total_.events += events;
    if (events > 0 || !stage_.network.drives().empty()) reached_[tile - first_tile_] = 1;
}

void TimeLoop::update(std::size_t tile, const StepContext& step) {
    stage_.recording.note_currents(tile, step.n + 1);
    advance(tile, step, course_.within());
}

void TimeLoop::advance(std::size_t t, const StepContext& step, const Ids& populations) {
    Tile& tile = stage_.layout.tiles[t];
    for (const std::uint32_t p : populations) {
        const Part& part = tile.parts[p];
        auto& found = found_[p];
        found.clear();
        const std::int64_t bad =
            stage_.network.population(p).advance(step, part.begin, part.end, tile.slots.data() + part.first_slot,
                                                 part.slots_per_receptor, reached_[t - first_tile_] != 0, found);
        if (bad >= 0) note_failure(p, static_cast<std::size_t>(bad), step.n + 1);
    }
    stopwatch_.lap(profile_.update);
}

void TimeLoop::note_failure(std::size_t population, std::size_t neuron, std::int64_t step) {
    const NonFiniteState failure(population, neuron, step);
    if (!failure_ || failure.before(*failure_)) failure_.emplace(failure);
    course_.stop_after(window_);
}

void TimeLoop::publish(std::size_t tile, const StepContext& step, const Ids& populations) {
    for (const std::uint32_t p : populations) publish(tile, step.n + 1, p, found_[p]);
    stopwatch_.lap(profile_.publish);
}

void TimeLoop::publish(std::size_t tile, std::int64_t step, std::uint32_t population,
                       const std::vector<std::uint32_t>& found) {
    auto& spikes = stage_.network.history(population).at(step)[thread_];
    if (tile == (backwards_ ? last_tile_ - 1 : first_tile_)) spikes.clear();
    backwards_ ? spikes.prepend(found) : spikes.append(found);
}

void TimeLoop::deliver(std::size_t t, const StepContext& step) {
    reached_[t - first_tile_] = 0;
    note_arrivals(t, stage_.delivery.deliver(t, step));
    Tile& tile = stage_.layout.tiles[t];
    for (const Part& part : tile.parts)
        stage_.network.population(part.population)
            .take_in(step, part.begin, part.end, tile.slots.data() + part.first_slot, part.slots_per_receptor);
    stopwatch_.lap(profile_.deliver);
}

void TimeLoop::learn(std::size_t tile, const StepContext& step) {
    for (PlasticProjection* plastic : stage_.network.plastic_projections()) {
        const SpikeHistory& history = stage_.network.history(plastic->projection().post);
        plastic->fire(tile, history, step.n + 1, thread_);
    }
    stopwatch_.lap(profile_.learn);
}

void TimeLoop::couple(std::size_t tile, const StepContext& step) {
    for (Coupling* coupling : stage_.network.couplings()) {
        const std::uint32_t pre = coupling->projection().pre;
        const Part& part = stage_.layout.tiles[tile].parts[pre];
        coupling->advance(step, part.begin, part.end, stage_.network.history(pre));
    }
    for (PlasticProjection* plastic : stage_.network.plastic_projections()) {
        const Part& part = stage_.layout.tiles[tile].parts[plastic->projection().pre];
        plastic->publish(step.n + 1, part.begin, part.end);
    }
    stopwatch_.lap(profile_.couple);
}

void TimeLoop::sample(std::size_t tile, const StepContext& step) {
    stage_.recording.sample(tile, step.n + 1);
    stopwatch_.lap(profile_.record);
}

void TimeLoop::keep_spikes() {
    for (std::int64_t n = window_.begin; n < window_.end; ++n) stage_.recording.keep_spikes(thread_, n + 1);
    stopwatch_.lap(profile_.record);
}

/// On one thread, when all have come to the end of the window.
void TimeLoop::record_after_all() {
    if (thread_ == 0) stage_.recording.record_after_all(window_.end);
    stopwatch_.lap(profile_.record);
}

/// Does a piece of work whose exception waits for the end of the run: other threads must not wait for this one in vain.
template <class Work>
void TimeLoop::guard(Work work) noexcept {
    try {
        work();
    } catch (...) {
        if (!error_) error_ = std::current_exception();
        abandon();
        course_.stop_after(window_);
    }
}

/// Where a window came to its end before all of its spikes were published: forgets them, and the old ones that lie
/// where they would.
void TimeLoop::abandon() noexcept {
    if (published_) return;
    for (std::size_t p = 0; p < found_.size(); ++p)
        for (std::int64_t step = window_.begin + 1; step <= window_.end; ++step)
            stage_.network.history(p).at(step)[thread_].clear();
}

}  // namespace rheobase
