#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rheobase/base/errors.hpp"
#include "rheobase/base/profile.hpp"
#include "rheobase/base/thread_pool.hpp"
#include "rheobase/network/background.hpp"
#include "rheobase/network/plastic_projection.hpp"
#include "rheobase/network/population.hpp"
#include "rheobase/network/projection.hpp"
#include "rheobase/network/sources/poisson.hpp"
#include "rheobase/simulation/recorder.hpp"
#include "rheobase/simulation/spike_history.hpp"
#include "rheobase/simulation/tile.hpp"
#include "rheobase/wiring/construction.hpp"

namespace rheobase {

/// A network and its time loop.
class Simulation {
  public:
    Simulation(double dt, std::uint64_t seed, std::size_t threads);

    double dt() const noexcept { return dt_; }
    std::int64_t now() const noexcept { return now_; }
    std::size_t threads() const noexcept { return pool_.size(); }

    NeuronPopulation& add_neurons(const std::string& model, std::size_t size, const std::string& method,
                                  ParameterValues values);
    std::uint32_t add_poisson(std::size_t size, std::vector<double> rates);
    std::uint32_t add_spike_list(std::size_t size, std::vector<std::int64_t> steps, std::vector<std::uint32_t> indices);

    Population& population(std::size_t p);
    NeuronPopulation& neurons(std::size_t p);
    PoissonSource& poisson(std::size_t p);

    /// Returns the channel's number within its population.
    std::size_t add_channel(std::size_t population, Channel channel);
    void inject_white_noise(std::size_t population, double mean, double sigma);
    void inject_ornstein_uhlenbeck(std::size_t population, double mean, double std_dev, double tau);

    /// Adds a projection, built at the next run; returns its number.
    std::size_t connect(std::uint32_t source, std::uint32_t target, std::size_t channel, ConnectionRule rule,
                        Draw weight, Draw delay, std::shared_ptr<PlasticProjection> plastic = nullptr,
                        bool short_weights = false);
    /// The plastic part of a projection.
    PlasticProjection& plastic(std::size_t projection);
    std::size_t add_background(std::uint32_t population, std::size_t channel, double mean, double weight);

    const Projection& projection(std::size_t p) const { return *projections_.at(p); }
    std::vector<Synapse> connections(std::size_t projection);

    void record_spikes(std::size_t population, bool on);
    std::size_t record_state(StateRecorder recorder);
    SpikeRecorder::Spikes take_spikes(std::size_t population);
    StateRecorder take_states(std::size_t recorder);

    /// Lays out and constructs what is new. `run` does it by itself.
    void build();
    std::uint64_t synapse_count() const noexcept;
    std::uint64_t synapse_bytes() const noexcept;

    /// Called by the first thread from time to time with the steps done; false stops at the end of the step.
    using Poll = std::function<bool(std::int64_t)>;
    /// Runs `steps` steps, or fewer where `poll` stops it; returns how many. Throws NonFiniteState.
    std::int64_t run(std::int64_t steps, const Poll& poll, Profile* profile);

    /// Everything that changes in a run, in either direction.
    void archive(Archive& archive);

    std::uint64_t events() const noexcept { return events_; }

  private:
    /// What one thread carries through a run and brings back.
    struct Outcome {
        std::uint64_t events = 0;
        std::optional<NonFiniteState> failure;
        std::vector<std::uint32_t> found;  ///< workspace: lists of threads lie side by side and are written but once
    };
    std::uint32_t add(std::unique_ptr<Population> population);
    void lay_out();
    void step(std::size_t thread, std::int64_t n, Stopwatch& stopwatch, Profile& profile, Outcome& outcome);
    void send_off(Tile& tile, std::int64_t step) const;
    void send_off_again();
    static std::uint64_t collect_due(Tile& tile, bool kicks, std::int64_t step);
    std::uint64_t deliver(std::size_t tile, bool kicks, const StepContext& context);
    void drive(Tile& tile, bool kicks, const StepContext& context) const;
    void update(std::size_t tile, std::size_t thread, const StepContext& context, Outcome& outcome);
    template <class Visit>
    void for_each_first_stage(Visit visit);
    void learn(std::size_t tile, std::size_t thread, std::int64_t step);
    void make_plastic(Projection& projection);
    std::size_t tile_of(std::size_t population, std::size_t neuron) const;
    void record(std::size_t thread, std::int64_t step);
    void record_alone(std::int64_t step);
    bool due_alone(std::int64_t step) const;
    void archive_history(Archive& archive, const std::string& name, std::size_t population);
    void make_rows(std::int64_t until);
    void drop_rows();
    template <class Keep>
    void for_each_recorded(const StateRecorder& recorder, std::size_t first_tile, std::size_t last_tile, Keep keep);
    Layout layout();

    double dt_;
    RandomSource random_;
    std::int64_t now_ = 0;
    ThreadPool pool_;
    std::vector<std::unique_ptr<Population>> populations_;
    std::vector<std::unique_ptr<Projection>> projections_;
    std::vector<Background> backgrounds_;
    std::vector<SpikeHistory> histories_;
    std::vector<std::optional<SpikeRecorder>> spike_recorders_;
    std::vector<StateRecorder> state_recorders_;
    std::vector<Tile> tiles_;
    std::size_t tiles_per_thread_ = 1;
    bool laid_out_ = false;
    std::uint32_t batches_ = 0;
    std::uint64_t events_ = 0;
    std::uint32_t noises_ = 0;
};

}  // namespace rheobase
