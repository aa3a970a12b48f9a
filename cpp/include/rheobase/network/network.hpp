#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rheobase/models/plasticity_program.hpp"
#include "rheobase/network/coupling.hpp"
#include "rheobase/network/drive.hpp"
#include "rheobase/network/neuron_population.hpp"
#include "rheobase/network/plastic_projection.hpp"
#include "rheobase/network/population.hpp"
#include "rheobase/network/rule_plasticity.hpp"
#include "rheobase/network/sources/poisson.hpp"
#include "rheobase/network/sources/trains.hpp"
#include "rheobase/network/spike_history.hpp"
#include "rheobase/wiring/layout.hpp"
#include "rheobase/wiring/projection.hpp"

namespace rheobase {

/// Populations, what connects and drives them, and the spikes that they have sent of late. What is added gets an id,
/// counted from 0 for each kind.
class Network {
  public:
    Network(double dt, std::uint64_t seed, std::size_t threads);

    double dt() const noexcept { return dt_; }
    /// The random numbers of connections.
    RandomSource random() const noexcept { return random_; }
    /// Those of runs, and of what populations begin with.
    RandomSource streams() const noexcept { return streams_; }
    void set_streams(std::uint64_t seed) noexcept { streams_ = {seed}; }
    /// The step that it has reached.
    std::int64_t now() const noexcept { return now_; }
    void set_now(std::int64_t step) noexcept { now_ = step; }

    std::uint32_t add_neurons(const std::string& model, std::size_t size, const std::string& method,
                              ParameterValues values);
    std::uint32_t add_neurons(const NeuronModel& model, Method method, std::size_t size, ParameterValues values);
    std::uint32_t add_poisson(std::size_t size, std::vector<double> rates);
    std::uint32_t add_trains(std::size_t size, std::vector<std::int64_t> steps, std::vector<std::uint32_t> indices);
    /// Sources that spike when an event of a population of neurons happens.
    std::uint32_t add_events(std::size_t population, std::size_t event);
    /// Returns its id within its population.
    std::size_t add_receptor(std::size_t population, Receptor receptor);
    /// The same of one whose kernel is a program.
    std::size_t add_program_receptor(std::size_t population, std::shared_ptr<const SynapseProgram> program,
                                     const std::vector<double>& values, double reversal, const std::string& label);
    /// `id` decides what is drawn: each drive has its own. See `Drive` for the means.
    void add_drive(std::uint32_t id, std::uint32_t population, std::size_t receptor, std::vector<double> means,
                   double weight, Selection neurons = {});
    void remove_drive(std::size_t place) { drives_.erase(drives_.begin() + static_cast<std::ptrdiff_t>(place)); }
    /// A projection, made into connections at the next build.
    struct ProjectionSpec {
        std::uint32_t pre, post;
        std::size_t receptor;
        SharedRule rule;
        Distribution weight, delay;
        int weight_bits = 32;
        const PlasticityRule* plasticity = nullptr;  ///< null where the weights are static
        std::vector<double> plasticity_values{};
        std::shared_ptr<const PlasticityProgram> program = nullptr;  ///< in place of a rule
        Selection pre_neurons{}, post_neurons{};                     ///< whom the rule connects
        PostDelays post_delays{};                                    ///< none where the weights are static
    };
    std::size_t connect(ProjectionSpec spec);
    /// Gives a static projection other weights from now on; the next build puts them where they are stored.
    void set_weight(std::size_t projection, const Distribution& weight);
    /// The same of each connection: `rule` lists them all, with delays where these differ.
    void list_weights(std::size_t projection, SharedRule rule);

    /// Injected currents stand in the order in which they are added; one at a `place` that is taken comes instead of
    /// what is there. `id` decides what noise draws: each noise has its own. What has one value per neuron has them in
    /// the order of the selection.
    void inject(std::size_t population, std::size_t place, TimeSeries series, const Selection& neurons = {});
    void inject_white_noise(std::size_t population, std::size_t place, std::uint32_t id, std::vector<double> mean,
                            std::vector<double> sigma, const Selection& neurons = {});
    void inject_ornstein_uhlenbeck(std::size_t population, std::size_t place, std::uint32_t id,
                                   std::vector<double> mean, std::vector<double> std_dev, double tau,
                                   const Selection& neurons = {});

    std::size_t size() const noexcept { return populations_.size(); }
    Population& population(std::size_t id) const { return *populations_.at(id); }
    NeuronPopulation& neurons(std::size_t id) const;
    PoissonSource& poisson(std::size_t id) const;
    TrainsSource& trains(std::size_t id) const;
    SpikeHistory& history(std::size_t population) { return histories_[population]; }
    const SpikeHistory& history(std::size_t population) const { return histories_[population]; }
    const std::vector<std::unique_ptr<Projection>>& projections() const noexcept { return projections_; }
    /// The plastic part of a projection, or null.
    PlasticProjection* plastic(std::size_t projection) const { return plastic_.at(projection).get(); }
    const std::vector<PlasticProjection*>& plastic_projections() const noexcept { return all_plastic_; }
    /// The coupling that a projection is, or null.
    Coupling* coupling(std::size_t projection) const { return couplings_.at(projection).get(); }
    const std::vector<Coupling*>& couplings() const noexcept { return all_couplings_; }
    const std::vector<std::unique_ptr<Drive>>& drives() const noexcept { return drives_; }

    std::vector<Extent> extents() const;
    std::uint64_t synapse_count() const noexcept;

  private:
    std::uint32_t next_population() const noexcept { return static_cast<std::uint32_t>(populations_.size()); }
    std::uint32_t add(std::unique_ptr<Population> population, NeuronPopulation* neurons, PoissonSource* poisson);
    const Receptor& receptor(std::size_t population, std::size_t id) const;
    PublishedVariables published_for(const ProjectionSpec& spec) const;
    MakePlasticity plasticity_of(const ProjectionSpec& spec, const PlasticProjection& plastic) const;
    void inject_into(std::size_t population, std::size_t place, std::unique_ptr<InjectedCurrent> current,
                     const Selection& neurons);
    std::unique_ptr<Coupling> couple(const Projection& projection);
    Projection& begin_change(std::size_t projection);

    double dt_;
    RandomSource random_, streams_;
    std::size_t threads_;
    std::int64_t now_ = 0;
    std::vector<std::unique_ptr<Population>> populations_;
    std::vector<NeuronPopulation*> neurons_;  ///< one per population; null where it is of another kind
    std::vector<PoissonSource*> poisson_;     ///< likewise
    std::vector<SpikeHistory> histories_;
    std::vector<std::unique_ptr<Projection>> projections_;
    std::vector<std::unique_ptr<PlasticProjection>> plastic_;  ///< one per projection
    std::vector<PlasticProjection*> all_plastic_;              ///< those that are not null
    std::vector<std::unique_ptr<Coupling>> couplings_;         ///< one per projection
    std::vector<Coupling*> all_couplings_;                     ///< those that are not null
    std::vector<std::unique_ptr<Drive>> drives_;
};

}  // namespace rheobase
