#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/loops/vector_operation.hpp"
#include "rheobase/models/program.hpp"
#include "rheobase/random/random.hpp"

namespace rheobase {

/// Where a leaf or an output of a program lies.
struct Location {
    enum class Base : std::uint8_t {
        fixed,    ///< at `data`
        neurons,  ///< at `data`, one number per neuron of the population
        given,    ///< at what the run is given under `index`
    };
    Base base;
    bool same;  ///< one number for all neurons
    double* data;
    std::size_t index;
    bool known;  ///< a number that no run changes
};

/// Memory that a thread's runs use, whatever they run.
struct ProgramWorkspace {
    Aligned<double> numbers;
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
};

/// A program tied to the memory of a population: what is known is folded, operations on what is the same for all
/// neurons are done once, and every other operation is a loop over a block of neurons.
class BoundProgram {
  public:
    using LocateLeaf = std::function<Location(const Leaf&)>;
    using LocateOutput = std::function<Location(const Output&, bool same)>;

    BoundProgram() = default;
    BoundProgram(const Program& program, const LocateLeaf& locate_leaf, const LocateOutput& locate_output);

    /// Runs it over a block.
    void run(const ProgramRun& run, ProgramWorkspace& workspace) const;
    /// Runs it over some neurons of a block, `positions` in ascending order.
    void run_some(const ProgramRun& run, const std::uint32_t* positions, std::size_t count,
                  ProgramWorkspace& workspace) const;
    bool empty() const noexcept { return steps_.empty(); }

  private:
    struct Slot {
        Location place;
        bool temporary, read, written;
        std::size_t number;  ///< of a temporary: where it lies in the workspace
    };
    struct Step {
        VectorOperation apply;  ///< null for random numbers
        Operation operation;
        bool same;
        std::uint32_t out;
        std::uint32_t in[max_operands];
        std::uint32_t draw;
    };
    class Binding;

    template <class Draw>
    void execute(std::size_t n, double* const* places, const Draw& draw) const;

    std::vector<std::unique_ptr<double>> constants_;  ///< that came out of folding
    std::vector<Slot> slots_;
    std::vector<Step> steps_;
    std::size_t numbers_ = 0;  ///< that temporaries take
};

}  // namespace rheobase
