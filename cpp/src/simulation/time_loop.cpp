#include "rheobase/simulation/time_loop.hpp"

#include <algorithm>

namespace rheobase {

TimeLoop::TimeLoop(const Stage& stage, Rendezvous& rendezvous, std::size_t thread, const Poll& poll, bool profiled)
    : stage_(stage),
      rendezvous_(rendezvous),
      thread_(thread),
      first_tile_(thread * stage.layout.tiles_per_thread),
      last_tile_((thread + 1) * stage.layout.tiles_per_thread),
      start_(stage.network.now()),
      poll_(poll),
      polled_(std::chrono::steady_clock::now()),
      stopwatch_(profiled && thread == 0) {}

// One step leads from n to n + 1, on every thread for the tiles that it owns:
//   1. send off    the spikes found at n enter the rows of their synapses
//   2. kick        where synapses move V at once, Poisson drive and what spikes d steps old reach with a delay of d go
//                  to the slots
//   3. update      block by block: kernels give their current over the step and decay, neurons advance and are kicked,
//                  those at threshold spike and reset; the mean currents of the step are noted where they are recorded
//   4. publish     the spikes found at n + 1 become the newest of their population's history
//   5. deliver     where a kernel takes them in, arrivals and Poisson drive join its first stage; plastic weights
//   change
//                  by what arrives
//   6. learn       plastic weights onto the neurons that spiked change
//   7. couple      what pre neurons give to sums over connections moves on and is published for the next step, as are
//                  their variables that plasticity reads
//   8. record      spikes and chosen variables of n + 1
//   9. wait        for the other threads
// What throws in a step ends the run with that step, on every thread.
void TimeLoop::run() {
    reached_.assign(last_tile_ - first_tile_, 1);
    found_.resize(stage_.network.size());  // here: memory of this thread's own lies in no other's cache lines
    for (std::int64_t n = start_; n < rendezvous_.stop.load(std::memory_order_acquire); ++n) {
        const StepContext step{n, stage_.network.dt(), stage_.network.streams()};
        guard(step, [&] {
            for (std::size_t tile = first_tile_; tile < last_tile_; ++tile) {
                send_off(tile, step);
                kick(tile, step);
                update(tile, step);
                publish(tile, step);
                deliver(tile, step);
                learn(tile, step);
                couple(tile, step);
            }
            record(step);
        });
        wait(step);
    }
}

void TimeLoop::send_off(std::size_t tile, const StepContext& step) {
    published_ = false;
    stage_.delivery.send_off(tile, step.n);
    stopwatch_.lap(profile_.send_off);
}

void TimeLoop::kick(std::size_t tile, const StepContext& step) {
    note_arrivals(tile, stage_.delivery.kick(tile, step));
    stopwatch_.lap(profile_.kick);
}

/// Poisson drive reaches all cells without an event.
void TimeLoop::note_arrivals(std::size_t tile, std::uint64_t events) {
    events_ += events;
    if (events > 0 || !stage_.network.drives().empty()) reached_[tile - first_tile_] = 1;
}

void TimeLoop::update(std::size_t t, const StepContext& step) {
    Tile& tile = stage_.layout.tiles[t];
    stage_.recording.note_currents(t, step.n + 1);
    for (const Part& part : tile.parts) {
        auto& found = found_[part.population];
        found.clear();
        const std::int64_t bad = stage_.network.population(part.population)
                                     .advance(step, part.begin, part.end, tile.slots.data() + part.first_slot,
                                              part.slots_per_receptor, reached_[t - first_tile_] != 0, found);
        if (bad < 0) continue;
        const NonFiniteState failure(part.population, static_cast<std::size_t>(bad), step.n + 1);
        if (!failure_ || failure.before(*failure_)) failure_.emplace(failure);
        stop_after(step);
    }
    stopwatch_.lap(profile_.update);
}

void TimeLoop::publish(std::size_t tile, const StepContext& step) {
    for (std::size_t p = 0; p < found_.size(); ++p) {
        auto& spikes = stage_.network.history(p).at(step.n + 1)[thread_];
        if (tile == first_tile_) spikes.clear();
        spikes.insert(spikes.end(), found_[p].begin(), found_[p].end());
    }
    published_ = tile + 1 == last_tile_;
    stopwatch_.lap(profile_.publish);
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
        const std::uint32_t post = plastic->projection().post;
        const Part& part = stage_.layout.tiles[tile].parts[post];
        const auto& spikes = stage_.network.history(post).at(step.n + 1)[thread_];
        const auto first = std::lower_bound(spikes.begin(), spikes.end(), part.begin);
        const auto last = std::lower_bound(first, spikes.end(), part.end);
        if (first != last) plastic->fire(tile, step.n + 1, {&*first, static_cast<std::size_t>(last - first)});
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

void TimeLoop::record(const StepContext& step) {
    stage_.recording.record(thread_, step.n + 1);
    stopwatch_.lap(profile_.record);
}

void TimeLoop::wait(const StepContext& step) {
    if (thread_ == 0 && poll_) guard(step, [&] { poll(step); });
    rendezvous_.barrier.wait();
    stopwatch_.lap(profile_.wait);
    if (!stage_.recording.waits_for_all(step.n + 1)) return;
    if (thread_ == 0) guard(step, [&] { stage_.recording.record_after_all(step.n + 1); });
    stopwatch_.lap(profile_.record);
    rendezvous_.barrier.wait();
    stopwatch_.lap(profile_.wait);
}

/// Does a piece of work whose exception waits for the end of the run: other threads must not wait for this one in vain.
template <class Work>
void TimeLoop::guard(const StepContext& step, Work work) noexcept {
    try {
        work();
    } catch (...) {
        if (!error_) error_ = std::current_exception();
        abandon(step);
        stop_after(step);
    }
}

void TimeLoop::stop_after(const StepContext& step) noexcept {
    rendezvous_.stop.store(step.n + 1, std::memory_order_release);
}

/// Where a step came to its end before all of its spikes were published: forgets them, and the old ones that lie where
/// they would.
void TimeLoop::abandon(const StepContext& step) noexcept {
    if (published_) return;
    for (std::size_t p = 0; p < found_.size(); ++p) stage_.network.history(p).at(step.n + 1)[thread_].clear();
}

void TimeLoop::poll(const StepContext& step) {
    constexpr auto between_polls = std::chrono::milliseconds(50);
    if (std::chrono::steady_clock::now() - polled_ <= between_polls) return;
    if (!poll_(step.n + 1 - start_)) stop_after(step);
    polled_ = std::chrono::steady_clock::now();
}

}  // namespace rheobase
