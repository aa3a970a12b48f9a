#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/models/program.hpp"
#include "rheobase/network/machine_code.hpp"
#include "rheobase/network/program_binding.hpp"
#include "rheobase/random/random.hpp"

namespace rheobase {

/// Memory that a thread's runs use, whatever they run.
struct ProgramWorkspace {
    Aligned<double> numbers, draws;
    std::vector<double*> places;
};

/// What one run of a program covers.
struct ProgramRun {
    std::size_t n;
    std::size_t first;     ///< position of the block's first neuron in the population
    double* const* given;  ///< memory of the block, by index
    RandomSource random;
    std::uint32_t tag;  ///< of the population's random numbers
    std::int64_t step;
    std::uint32_t origin = 0;            ///< what is added to positions for the sake of random numbers
    const std::uint32_t* ids = nullptr;  ///< in place of positions, where it is given
};

/// What a run tells of its results. What nobody watched may hold.
struct ProgramFindings {
    bool non_finite = true;  ///< some number that it wrote to the population's memory may be none
    bool condition = true;   ///< some condition may hold for some neuron
};

/// What a bound program does, for those who make machine code of it.
struct ProgramListing {
    struct Slot {
        Location::Base base;
        bool same, temporary;
        std::size_t index;            ///< of what is given
        std::optional<double> known;  ///< the number itself, where it is part of the program
    };
    struct Step {
        Operation operation;
        bool same;
        std::uint32_t out;
        std::vector<std::uint32_t> in;
    };
    std::vector<Slot> slots;
    std::vector<Step> steps;
};

/// A program tied to the memory of a population: what is known is folded, operations on what is the same for all
/// neurons are done once, and every other operation is a loop over a block of neurons, or machine code runs instead,
/// with the same results.
class BoundProgram {
  public:
    BoundProgram() = default;
    BoundProgram(const Program& program, const LocateLeaf& locate_leaf, const LocateOutput& locate_output);

    /// Runs it over a block.
    void run(const ProgramRun& run, ProgramWorkspace& workspace) const { interpret(run, 0, workspace); }
    /// Runs it operation by operation over all neurons of a block but the first ones, which are done.
    ProgramFindings interpret(const ProgramRun& run, std::size_t done, ProgramWorkspace& workspace) const;
    /// Runs machine code that it has, which does the first neurons of a block.
    MachineCodeResult run(MachineCode code, const ProgramRun& run, ProgramWorkspace& workspace) const;
    /// Runs it over some neurons of a block, `positions` in ascending order.
    void run_some(const ProgramRun& run, const std::uint32_t* positions, std::size_t count,
                  ProgramWorkspace& workspace) const;
    bool empty() const noexcept { return steps_.empty(); }
    /// Whether it writes to this memory of the population.
    bool writes(const double* data) const noexcept;

    /// Takes from now on who is free from the steps that are given, where nothing but choices depends on it. Returns
    /// whether it does.
    bool choose_by_steps();

    ProgramListing listing() const;
    /// From now on machine code runs, as soon as there is some.
    void let_machine_code_take_over();
    /// Text that tells programs apart that may share machine code; empty unless machine code may take over.
    const std::string& shape() const noexcept { return shape_; }
    /// Null as long as there is none.
    MachineCode machine_code() const noexcept {
        return machine_code_ == nullptr ? nullptr : machine_code_->load(std::memory_order_acquire);
    }
    std::size_t operations() const noexcept { return steps_.size(); }

  private:
    void find_places();
    void watch();
    bool watch_last(std::uint32_t slot, Watch what);
    void draw(const BoundStep& step, const ProgramRun& run, std::size_t done, double* out) const;
    static double draw_one(const BoundStep& step, const ProgramRun& run, std::uint32_t id);
    template <class Draw>
    ProgramFindings execute(std::size_t n, double* const* places, const Draw& draw) const;

    std::vector<std::unique_ptr<double>> constants_;  ///< that came out of folding
    std::vector<BoundSlot> slots_;
    std::vector<BoundStep> steps_;
    std::vector<double*> data_;  ///< of each slot; null for temporaries and what is given
    std::string shape_;
    MachineCodePlace* machine_code_ = nullptr;
    std::size_t numbers_ = 0;  ///< that temporaries take
    bool chooses_by_steps_ = false;
    std::vector<std::uint32_t> moving_, temporary_, given_;  ///< slots whose memory depends on the run
    std::vector<std::uint32_t> gathered_;                    ///< those that hold a number per neuron outside
    std::vector<std::uint32_t> drawing_;                     ///< steps that give random numbers
    bool watches_numbers_ = false, watches_conditions_ = false;
};

}  // namespace rheobase
