#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/base/archive.hpp"
#include "rheobase/models/program.hpp"
#include "rheobase/models/registry.hpp"
#include "rheobase/network/bound_program.hpp"
#include "rheobase/network/step_context.hpp"

namespace rheobase {

/// Variables that a synapse model keeps for each neuron at one of its ends, and how they move.
class EndVariables {
  public:
    /// One value per parameter. `tag` is that of their random numbers.
    EndVariables(const EndProgram& program, const std::vector<double>& values, std::uint32_t tag, std::size_t size,
                 double dt);
    EndVariables(const EndVariables&) = delete;
    EndVariables& operator=(const EndVariables&) = delete;

    /// What they meet at their end.
    struct Surroundings {
        std::vector<double> leak{0.0};     ///< rates with which the membranes forget, one or one per neuron
        std::vector<double*> of_neuron{};  ///< the variables of the neurons that the program names
        bool left = false;                 ///< Euler's steps: neurons are driven by what holds where one begins
        bool recorded = false;             ///< what drives them is kept
        std::vector<double*> sums{};       ///< over the connections of each neuron
        std::vector<std::uint32_t> ids{};  ///< of the neurons, where they are not their positions
    };
    /// Anew whenever these change; from then on the variables are there.
    void bind(Surroundings surroundings);

    /// Moves n of them from a step to the next and gives what drives their neurons meanwhile, as a membrane weighs it;
    /// returns the position of the first that is not finite, or n.
    std::size_t advance(const StepContext& step, std::size_t first, std::size_t n, double* driving);
    /// The same where nothing is driven and nobody asks whether they are finite.
    void move(const StepContext& step, std::size_t first, std::size_t n) { move(step, first, n, nullptr); }
    /// Takes in what arrives, by the position of n neurons, wherever it is not 0.
    void arrive(const StepContext& step, std::size_t first, std::size_t n, const double* arrivals);
    /// Lets a spike of each of some neurons among n change its variables. `origin` is added to positions for the sake
    /// of random numbers.
    void spike(const StepContext& step, std::size_t first, std::size_t n, const std::uint32_t* positions,
               std::size_t count, std::uint32_t origin = 0);
    /// What n neurons give to sums over connections, by sum.
    void give(const StepContext& step, std::size_t first, std::size_t n, double* const* out);
    std::size_t size() const noexcept { return size_; }

    /// What drove each neuron on average over the last step, where that is recorded, or after `observe` drives it now.
    Aligned<double>& driving() noexcept { return driving_; }
    void observe();
    /// Keeps what drives them from now on.
    void record();
    bool is_recorded() const noexcept { return around_.recorded; }

    std::vector<Aligned<double>>& state() noexcept { return state_; }
    void archive(Archive& archive, const std::string& name);

  private:
    Location locate(const Leaf& leaf);
    Location locate(const Output& output, bool same);
    BoundProgram bind(const Program& program);
    BoundProgram bind_step();
    void move(const StepContext& step, std::size_t first, std::size_t n, double* driving);
    ProgramRun run(const StepContext& step, std::size_t first, std::size_t n, double* const* given) const;
    void run_everywhere(const BoundProgram& program);
    void number(std::size_t first, std::size_t n, double* neurons) const;

    const EndProgram& program_;
    std::uint32_t tag_;
    std::size_t size_;
    double dt_;
    ParameterValues values_;
    Surroundings around_;
    bool started_ = false;
    bool step_numbers_ = false;  ///< a step reads the numbers of neurons
    std::vector<Aligned<double>> prepared_, state_;
    Aligned<double> driving_;
    BoundProgram step_, arrive_, observe_;
};

}  // namespace rheobase
