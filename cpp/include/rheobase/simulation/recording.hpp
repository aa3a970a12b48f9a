#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rheobase/network/network.hpp"
#include "rheobase/simulation/samples.hpp"
#include "rheobase/simulation/spike_recorder.hpp"
#include "rheobase/wiring/layout.hpp"

namespace rheobase {

/// What a simulation keeps of its spikes, state variables and weights. Every population's spikes are kept unless told
/// otherwise. A state variable is kept as it is at the end of a step; the current or conductance of a receptor as its
/// mean over the step, so that the mean of the samples is that of the current however long the step.
class Recording {
  public:
    Recording(const Network& network, const Layout& layout, std::size_t threads)
        : network_(network), layout_(layout), threads_(threads) {}

    /// Records the spikes of a population from now on: of all neurons, or of chosen ones alone.
    void record_spikes(std::size_t population, const std::optional<std::vector<std::uint32_t>>& chosen);
    /// Samples a variable of chosen neurons; returns the recorder's id.
    std::size_t record_state(std::size_t population, const std::string& variable, Samples samples);
    /// Samples weights of chosen connections of a plastic projection, or a variable of theirs; returns the recorder's
    /// id.
    std::size_t record_weights(std::size_t projection, std::optional<std::size_t> variable, Samples samples);
    SpikeRecorder::Spikes take_spikes(std::size_t population);
    Samples take_samples(std::size_t recorder) { return samples_.at(recorder).take(); }

    /// Steps for which memory is taken at a time.
    std::int64_t count_affordable_steps() const noexcept;
    /// Makes room for what is due in a run until `until`; nothing is left of it where memory does not suffice.
    void begin(std::int64_t until);
    /// Drops the room that a run which ended early has not used.
    void end();

    /// Notes the currents and conductances that receptors give on average over the step that leads to `step`.
    void note_currents(std::size_t tile, std::int64_t step);
    /// Notes them as they are before the first step.
    void note_start();
    /// Samples what one tile holds of a step.
    void sample(std::size_t tile, std::int64_t step);
    /// Keeps the spikes that one thread found at a step; steps come in order.
    void keep_spikes(std::size_t thread, std::int64_t step);
    /// The first step after this one of which a state variable is sampled.
    std::int64_t next_sample(std::int64_t step) const noexcept;
    /// Whether something of a step must be recorded by one thread after all others have finished it.
    bool waits_for_all(std::int64_t step) const noexcept;
    void record_after_all(std::int64_t step);

  private:
    struct StateRecorder {
        NeuronPopulation& population;
        std::string variable;
        std::size_t id;
        std::optional<std::size_t> receptor;  ///< whose current or conductance it is
        std::vector<double> noted;            ///< of a receptor, one per chosen neuron
    };
    struct WeightRecorder {
        const PlasticProjection& projection;
        std::optional<std::size_t> variable;  ///< none for the weights
        std::size_t id;
    };
    std::size_t add(Samples samples);
    std::optional<SpikeRecorder>& spike_recorder(std::size_t population);
    template <class Visit>
    void for_each_chosen(const StateRecorder& recorder, std::size_t first_tile, std::size_t last_tile,
                         Visit visit) const;
    template <class Keep>
    void for_each_value(const StateRecorder& recorder, std::size_t first_tile, std::size_t last_tile, Keep keep) const;
    void record_mean(const StateRecorder& recorder, std::int64_t step);
    void record_weights_of(const WeightRecorder& recorder, std::int64_t step);

    const Network& network_;
    const Layout& layout_;
    std::size_t threads_;
    std::vector<std::optional<SpikeRecorder>> spike_recorders_;  ///< one per population
    std::vector<Samples> samples_;                               ///< by id of the recorder
    std::vector<StateRecorder> states_;
    std::vector<WeightRecorder> weights_;
};

}  // namespace rheobase
