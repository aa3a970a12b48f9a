#pragma once

#include "rheobase/network/neuron_population.hpp"
#include "rheobase/network/population.hpp"

namespace rheobase {

/// Sources that spike when an event of neurons happens, one for each: what lets synapses react to it. They come after
/// the neurons in every step, and their ranges are those of the neurons.
class EventsSource final : public Population {
  public:
    EventsSource(std::uint32_t id, NeuronPopulation& neurons, std::size_t event);

    std::size_t granularity() const noexcept override { return neurons_.granularity(); }
    std::int64_t advance(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                         std::size_t slots_per_receptor, bool reached, std::vector<std::uint32_t>& spikes) override;
    void begin(std::int64_t step) override;

  private:
    const NeuronPopulation& neurons_;
    EventMarks& marks_;
};

}  // namespace rheobase
