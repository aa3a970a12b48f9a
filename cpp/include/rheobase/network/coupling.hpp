#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
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
    bool has_one_delay() const noexcept {
        return projection_.delay.constant() && projection_.rule->list.delays.empty();
    }
    /// In steps; of what is built.
    std::size_t max_delay() const noexcept;
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

    void archive(Archive& archive, const std::string& name) { pre_->archive(archive, name); }

  private:
    /// A sum over all pre neurons, which the first threads to want it make.
    struct Total {
        std::atomic<std::int64_t> step{-1};
        std::atomic<double> value{0.0};
    };
    void make_rows(std::vector<std::uint32_t> pre, std::vector<std::uint16_t> delay);
    void number_rows(const std::vector<Synapse>& synapses);
    std::uint32_t find_row(std::uint32_t pre, std::uint16_t delay) const noexcept;
    std::size_t first_row(std::size_t pre) const noexcept { return first_row_.empty() ? pre : first_row_[pre]; }
    void find_due(std::int64_t now, std::size_t begin, std::size_t end, const SpikeHistory& history,
                  std::vector<std::uint32_t>& due) const;
    void copy_variables(std::size_t first, std::size_t last);
    const std::vector<Aligned<double>>& given(std::int64_t step) const noexcept { return given_[step & 1]; }
    void publish(const StepContext& step, std::int64_t at, std::size_t first_row, std::size_t last_row);
    double total(std::int64_t step, std::size_t k) const;

    const Projection& projection_;
    std::shared_ptr<const SynapseProgram> program_;
    std::vector<double> values_;
    std::uint32_t tag_;
    std::size_t pre_size_;
    double dt_;
    std::vector<double*> of_neuron_;
    /// What is kept of pre neurons; where delays differ of each delay that a pre neuron has, since spikes change it
    /// then: a row for each.
    std::optional<EndVariables> pre_;
    std::vector<std::uint32_t> pre_of_;      ///< by row; empty where there is one delay: every pre neuron is a row
    std::vector<std::uint16_t> delay_of_;    ///< likewise; in steps
    std::vector<std::uint32_t> first_row_;   ///< likewise; by pre neuron
    std::vector<std::uint16_t> delays_;      ///< all of delay_of_, ascending
    std::vector<Aligned<double>> copies_;    ///< of the variables of the neurons, by row
    std::vector<Aligned<double>> given_[2];  ///< by the parity of the step, then by sum
    mutable std::vector<Total> totals_;
    enum class Pattern : std::uint8_t { listed, all, all_but_itself };
    Pattern pattern_ = Pattern::listed;
    double weight_ = 0.0;  ///< of all, where the pattern is not listed
    std::size_t post_size_ = 0;
    std::vector<std::uint64_t> post_start_;  ///< by post neuron
    std::vector<std::uint32_t> given_by_;    ///< the row that gives
    std::vector<float> given_weight_;
};

}  // namespace rheobase
