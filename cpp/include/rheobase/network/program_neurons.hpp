#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/models/program.hpp"
#include "rheobase/models/registry.hpp"
#include "rheobase/network/bound_program.hpp"
#include "rheobase/network/event_recorder.hpp"

namespace rheobase {

/// Memory of a thread that programs of neurons work in, a block at a time: what they hand to each other, and where each
/// program finds it.
struct ProgramMemory {
    ProgramWorkspace workspace;
    Aligned<double> numbers;
    std::vector<double*> given;

    static ProgramMemory& of_thread();
};

/// What reaches a block of neurons over one step, and what comes out of it.
struct ProgramBlock {
    std::size_t n, first;
    std::int64_t step;
    RandomSource random;
    const double* I;
    const double* G;
    const double* jump;
    double* const* receptors;  ///< of the currents and conductances that the model names
    std::int64_t* free_from;   ///< of the block's first neuron
    std::uint32_t* spiking;    ///< out: positions of the neurons that spiked
    std::int64_t non_finite;   ///< out: position of the first neuron whose state is not finite, or -1
};

/// The neurons of a population whose model is a program: prepared values, and its parts tied to the memory of the
/// state.
class ProgramNeurons {
  public:
    ProgramNeurons(const NeuronProgram& program, std::uint32_t population, std::size_t size, double dt);

    /// Which inputs are there at all; what is absent costs nothing.
    struct Inputs {
        bool conductances, jumps;
        std::vector<bool> receptors;
    };

    /// Anew whenever parameters, their number of values or the kinds of input change.
    void prepare(ParameterValues& values, std::vector<Aligned<double>>& state, const Inputs& inputs);
    /// Fills the state with initial values.
    void start(RandomSource random);
    /// Gives a thread the memory that `advance` needs, block after block, until something else makes use of it.
    ProgramMemory& memory_of_thread() const;
    /// Advances a block by a step and returns how many of its neurons spiked.
    std::size_t advance(ProgramBlock& block, ProgramMemory& memory);

    /// The rates with which the membranes forget, one or one per neuron; empty where they are not known.
    std::vector<double> leak_rates() const;
    /// The number of a receptor that the model reads by its name, and of what it names beside its state.
    std::optional<std::size_t> find_receptor(const std::string& name) const;
    std::optional<std::size_t> find_observed(const std::string& name) const;
    bool reads(const std::string& receptor) const { return find_receptor(receptor).has_value(); }
    /// What can be recorded beside the state: it is kept up to date from the first time it is asked for.
    Aligned<double>& observe(std::size_t observed);
    /// The recorder of an event, the first being the spike; it is there from the first time it is asked for.
    EventRecorder& recorder(std::size_t event) { return recorders_[event]; }
    /// Marks the neurons for which an event happens, from now on.
    EventMarks& mark(std::size_t event) {
        EventMarks& marks = marks_[event];
        marks.resize(size_);
        return marks;
    }
    /// Brings what is observed up to date, as far as the state alone decides it.
    void refresh();
    /// The programs that run in each step, for those who make machine code of them.
    std::vector<const BoundProgram*> programs() const;

  private:
    Location locate(const Leaf& leaf, const Inputs& inputs);
    Location locate(const Output& output, bool same);
    BoundProgram bind(const Program& program, const Inputs& inputs);
    BoundProgram bind_for_steps(const Program& program);
    void give(const ProgramBlock& block, double* time, ProgramMemory& memory) const;
    /// How many neurons machine code took care of, and what was found in all.
    struct Advanced {
        std::size_t done;
        ProgramFindings found;
    };
    Advanced advance_state(const ProgramBlock& block, const ProgramRun& run, ProgramWorkspace& workspace) const;
    void find_non_finite(ProgramBlock& block, bool written) const;
    std::size_t find_spikes(const ProgramBlock& block, const double* condition, std::size_t done) const noexcept;
    void reset(const ProgramBlock& block, const ProgramRun& run, std::size_t spikes, ProgramWorkspace& workspace);
    void run_events(const ProgramBlock& block, const ProgramRun& run, std::size_t done, ProgramWorkspace& workspace);
    void observe(const ProgramRun& run, ProgramWorkspace& workspace) const;
    void run_everywhere(const BoundProgram& program, RandomSource random = {});
    void bind_observers();
    BoundProgram bind_observed(bool of_state_alone);
    void find_free(const ProgramBlock& block, const ProgramRun& run, double* free, const double* condition,
                   ProgramWorkspace& workspace) const;

    const NeuronProgram& program_;
    std::uint32_t tag_;
    std::size_t size_;
    double dt_, zero_ = 0.0, one_ = 1.0;
    ParameterValues* values_ = nullptr;
    std::vector<Aligned<double>>* state_ = nullptr;
    Inputs inputs_{};
    std::vector<Aligned<double>> prepared_, observed_;
    std::vector<bool> is_observed_;
    bool reads_neuron_, reads_free_;
    bool needs_free_ = false;         ///< the step does, as numbers
    bool are_others_written_ = true;  ///< the step writes every state variable
    BoundProgram step_, release_, observe_, refresh_;
    std::vector<BoundProgram> events_;
    std::map<std::size_t, EventRecorder> recorders_;  ///< by event
    std::map<std::size_t, EventMarks> marks_;         ///< likewise
};

}  // namespace rheobase
