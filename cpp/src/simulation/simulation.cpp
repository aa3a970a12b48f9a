#include "rheobase/simulation/simulation.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "rheobase/base/errors.hpp"
#include "rheobase/base/rounds.hpp"
#include "rheobase/simulation/saving.hpp"
#include "rheobase/simulation/window.hpp"
#include "rheobase/wiring/construction.hpp"

namespace rheobase {

namespace {

/// Sorts connections, which stand by pre neuron, by post neuron as well, then by delay; equal ones keep their order.
void sort_rows(std::vector<Synapse>& connections, SharedWork& work) {
    const auto before = [](const Synapse& a, const Synapse& b) {
        return a.post != b.post ? a.post < b.post : a.delay < b.delay;
    };
    WorkShare share(work, 0);
    for (auto first = connections.begin(); first != connections.end();) {
        const auto last = std::find_if(first, connections.end(), [&](const Synapse& s) { return s.pre != first->pre; });
        if (!std::is_sorted(first, last, before)) std::stable_sort(first, last, before);
        share.advance(static_cast<std::size_t>(last - first));
        first = last;
    }
}

}  // namespace

Simulation::Simulation(double dt, std::uint64_t seed, std::size_t threads)
    : Network(dt, seed, std::max<std::size_t>(threads, 1)),
      pool_(std::max<std::size_t>(threads, 1)),
      delivery_(*this, layout_),
      recording_(*this, layout_, pool_.size()) {}

void Simulation::build(const Poll& poll) {
    if (!build_connections(*this, layout_, pool_, poll) && spikes_are_under_way_) return;
    set_off_again();
}

/// Sends the spikes of the histories on their way.
void Simulation::set_off_again() {
    spikes_are_under_way_ = false;
    delivery_.restart();
    spikes_are_under_way_ = true;
}

void Simulation::share_connections(Simulation& other, bool learned, const Poll& poll) {
    other.build(poll);
    inherit_connections({other, other.layout_, learned}, *this, layout_, pool_);
    build(poll);
}

std::vector<Synapse> Simulation::read_connections(std::size_t projection, const Poll& poll) {
    build(poll);
    if (const PlasticProjection* plastic = this->plastic(projection)) return plastic->connections();
    const Coupling* coupling = this->coupling(projection);
    SharedWork work(poll);
    std::vector<Synapse> found = coupling != nullptr
                                     ? coupling->connections()
                                     : rheobase::read_connections(*projections().at(projection), layout_, work);
    if (coupling != nullptr)  // these are kept by post neuron
        std::stable_sort(found.begin(), found.end(), [](const Synapse& a, const Synapse& b) { return a.pre < b.pre; });
    sort_rows(found, work);
    return found;
}

PlasticProjection& Simulation::built_plastic(std::size_t projection) {
    PlasticProjection* plastic = this->plastic(projection);
    require(plastic != nullptr, "the projection must be plastic");
    build();
    return *plastic;
}

std::uint64_t Simulation::synapse_bytes() const noexcept {
    std::uint64_t total = 0;
    for (const Tile& tile : layout_.tiles)
        for (const FanOut& f : tile.fan_outs)
            if (f.tile == 0) total += f.rows->bytes();
    return total;
}

/// Calls visit(stage, slots, n) for every piece of a kernel's first stage, where it rests and where a run keeps it.
template <class Visit>
void Simulation::for_each_first_stage(Visit visit) {
    for (Tile& tile : layout_.tiles)
        for (const Part& part : tile.parts)
            for (std::size_t r = 0; r < population(part.population).receptor_count(); ++r)
                if (double* stage = population(part.population).first_stage(r))
                    visit(stage + part.begin, tile.slots.data() + part.slot(r), part.size());
}

void Simulation::load_first_stages() {
    for_each_first_stage([](const double* stage, double* slots, std::size_t n) { std::copy_n(stage, n, slots); });
}

void Simulation::store_first_stages() {
    for_each_first_stage([](double* stage, const double* slots, std::size_t n) { std::copy_n(slots, n, stage); });
}

void Simulation::record_start() {
    recording_.note_start();
    pool_.run([&](std::size_t thread) {
        recording_.keep_spikes(thread, 0);
        for (std::size_t k = 0; k < layout_.tiles_per_thread; ++k)
            recording_.sample(thread * layout_.tiles_per_thread + k, 0);
    });
    recording_.record_after_all(0);
}

std::int64_t Simulation::run(std::int64_t steps, const Poll& poll, Profile* profile) {
    build();
    const std::int64_t start = now(), stop = start + steps;
    for (Coupling* coupling : couplings()) coupling->publish({start, dt(), streams()});
    for (PlasticProjection* plastic : plastic_projections()) plastic->publish(start);
    for (std::size_t p = 0; p < size(); ++p) population(p).begin(start);
    window_ = steps > 1 ? count_free_steps(*this, layout_) : 1;
    for (std::size_t p = 0; p < size(); ++p) history(p).look_ahead(static_cast<std::size_t>(window_), start);
    load_first_stages();
    while (now() < stop) {
        const std::int64_t before = now(), piece = std::min(stop - before, recording_.count_affordable_steps());
        const auto poll_piece = [&](std::int64_t done) { return poll(before - start + done); };
        run_piece(piece, poll ? Poll(poll_piece) : Poll(), profile);
        if (now() < before + piece) break;
    }
    return now() - start;
}

/// Runs as many steps as memory for samples is taken for at a time.
void Simulation::run_piece(std::int64_t steps, const Poll& poll, Profile* profile) {
    recording_.begin(now() + steps);
    if (now() == 0) record_start();
    Course course(*this, recording_, now() + steps, window_);
    std::vector<std::unique_ptr<TimeLoop>> loops;
    for (std::size_t thread = 0; thread < threads(); ++thread)
        loops.push_back(std::make_unique<TimeLoop>(Stage{*this, layout_, delivery_, recording_}, course, thread,
                                                   profile != nullptr));
    Rounds rounds(threads());
    pool_.run([&](std::size_t thread) {
        Course::Turn turn = course.first();
        const auto work = [&](std::size_t share) {
            loops[share]->take_round(turn);
            if (thread == 0 && poll) course.look_for_stop(turn, poll);
        };
        rounds.take_part(thread, work, [&] { return course.go_on(turn); });
    });

    set_now(course.end());
    for (const auto& loop : loops) loop->end();
    store_first_stages();
    recording_.end();
    for (const auto& loop : loops) events_ += loop->events();
    if (profile != nullptr) *profile += loops[0]->profile();
    throw_first(course, loops);
}

/// Throws what ended a run before its time, if anything did.
void Simulation::throw_first(const Course& course, const std::vector<std::unique_ptr<TimeLoop>>& loops) {
    std::exception_ptr error = course.error();
    for (const auto& loop : loops)
        if (!error) error = loop->error();
    if (error) {
        spikes_are_under_way_ = false;  // some may have been left half way
        std::rethrow_exception(error);
    }
    std::optional<NonFiniteState> first;
    for (const auto& loop : loops)
        if (loop->failure() && (!first || loop->failure()->before(*first))) first.emplace(*loop->failure());
    if (first) throw NonFiniteState(*first);
}

Archive::Entries Simulation::save() {
    build();
    Archive archive;
    archive_projections(archive, *this);
    archive_state(archive, *this);
    archive.number("events", events_);
    return archive.entries();
}

void Simulation::restore(Archive::Entries entries, const Poll& poll) {
    Archive archive(std::move(entries));
    const std::vector<std::uint32_t> before = batches();
    archive_projections(archive, *this);
    if (batches() != before) layout_ = {};  // connections are stored in batches
    build(poll);
    note_beginnings(*this, layout_);
    archive_state(archive, *this);
    archive.number("events", events_);
    set_off_again();
}

/// The batch of each projection.
std::vector<std::uint32_t> Simulation::batches() const {
    std::vector<std::uint32_t> batches;
    for (const auto& p : projections()) batches.push_back(p->batch);
    return batches;
}

}  // namespace rheobase
