#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rheobase/base/archive.hpp"
#include "rheobase/base/poll.hpp"
#include "rheobase/base/profile.hpp"
#include "rheobase/base/thread_pool.hpp"
#include "rheobase/network/network.hpp"
#include "rheobase/simulation/building.hpp"
#include "rheobase/simulation/delivery.hpp"
#include "rheobase/simulation/recording.hpp"
#include "rheobase/simulation/time_loop.hpp"
#include "rheobase/wiring/layout.hpp"

namespace rheobase {

/// A network that runs.
class Simulation : public Network {
  public:
    Simulation(double dt, std::uint64_t seed, std::size_t threads);

    std::size_t threads() const noexcept { return pool_.size(); }

    /// Lays out and constructs what is new. `run` does it by itself. Throws Stopped where the poll stops it; the
    /// network is then as it was, and the next build begins anew.
    void build(const Poll& poll = nullptr);
    /// Takes over the connections of a built network of the same populations and projections, which share what does
    /// not change; plastic ones as they are by now, or else as they were made.
    void share_connections(Simulation& other, bool learned, const Poll& poll = nullptr);
    /// What a build has to do, in the unit in which it tells the poll what is done.
    std::uint64_t count_work() const { return rheobase::count_work(*this, layout_); }
    /// Every connection by pre neuron, then by post neuron, then by delay.
    std::vector<Synapse> read_connections(std::size_t projection, const Poll& poll = nullptr);
    /// The plastic part of a projection, built.
    PlasticProjection& built_plastic(std::size_t projection);
    std::uint64_t synapse_bytes() const noexcept;

    Recording& recording() noexcept { return recording_; }

    /// Runs `steps` steps, or fewer where `poll` stops it; returns how many. Throws NonFiniteState, and what a thread
    /// or the poll threw, at the end of the step in which it happened; the network can then be run on.
    std::int64_t run(std::int64_t steps, const Poll& poll = nullptr, Profile* profile = nullptr);
    /// Synapses reached by spikes, in all runs.
    std::uint64_t events() const noexcept { return events_; }

    Archive::Entries save();
    void restore(Archive::Entries entries, const Poll& poll = nullptr);

  private:
    void set_off_again();
    std::vector<std::uint32_t> batches() const;
    void record_start();
    void run_piece(std::int64_t steps, const Poll& poll, Profile* profile);
    void load_first_stages();
    void store_first_stages();
    template <class Visit>
    void for_each_first_stage(Visit visit);
    void throw_first(const Course& course, const std::vector<std::unique_ptr<TimeLoop>>& loops);

    ThreadPool pool_;
    Layout layout_;
    Delivery delivery_;
    Recording recording_;
    std::int64_t window_ = 1;            ///< of a run: how many steps its windows have at most
    bool spikes_are_under_way_ = false;  ///< delivery carries what the histories hold
    std::uint64_t events_ = 0;
};

}  // namespace rheobase
