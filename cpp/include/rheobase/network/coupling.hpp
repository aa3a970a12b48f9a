#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/base/archive.hpp"
#include "rheobase/models/program.hpp"
#include "rheobase/network/end_variables.hpp"
#include "rheobase/network/spike_history.hpp"
#include "rheobase/wiring/projection.hpp"

namespace rheobase {

/// A projection without spikes on their way: at every step, each post neuron is given sums, over its connections, of
/// weights times what the pre neurons give. What these give is published at the end of a step and read in the next.
class Coupling {
  public:
    Coupling(const Projection& projection, std::shared_ptr<const SynapseProgram> program,
             const std::vector<double>& values, std::uint32_t tag, std::size_t pre_size, double dt);

    const Projection& projection() const noexcept { return projection_; }
    std::size_t delay() const noexcept { return static_cast<std::size_t>(projection_.delay.a); }
    /// The variables of the neurons that it reads, once they are there.
    void bind(std::vector<double*> of_neuron);

    /// Takes over the connections. Where each post neuron has all pre neurons, or all but itself, with one weight, a
    /// sum over all of them serves for all.
    void build(std::vector<Synapse> synapses, std::size_t post_size);
    std::vector<Synapse> connections() const;

    /// Publishes what all pre neurons give at a step.
    void publish(const StepContext& step);
    /// Moves the pre neurons [begin, end) from n to n + 1, lets spikes that arrive there change them, and publishes.
    void advance(const StepContext& step, std::size_t begin, std::size_t end, const SpikeHistory& history);
    /// Adds sum k of what was published at `step` for n post neurons.
    void add(std::int64_t step, std::size_t k, std::size_t first, std::size_t n, double* sums) const;

    void archive(Archive& archive, const std::string& name) { pre_.archive(archive, name); }

  private:
    /// A sum over all pre neurons, which the first threads to want it make.
    struct Total {
        std::atomic<std::int64_t> step{-1};
        std::atomic<double> value{0.0};
    };
    const std::vector<Aligned<double>>& given(std::int64_t step) const noexcept { return given_[step & 1]; }
    void publish(const StepContext& step, std::int64_t at, std::size_t begin, std::size_t end);
    double total(std::int64_t step, std::size_t k) const;

    const Projection& projection_;
    std::shared_ptr<const SynapseProgram> program_;
    EndVariables pre_;
    std::vector<Aligned<double>> given_[2];  ///< by the parity of the step, then by sum
    mutable std::vector<Total> totals_;
    enum class Pattern : std::uint8_t { listed, all, all_but_itself };
    Pattern pattern_ = Pattern::listed;
    double weight_ = 0.0;  ///< of all, where the pattern is not listed
    std::size_t post_size_ = 0;
    std::vector<std::uint64_t> row_start_;  ///< by post neuron
    std::vector<std::uint32_t> row_pre_;
    std::vector<float> row_weight_;
};

}  // namespace rheobase
