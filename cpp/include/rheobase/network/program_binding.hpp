#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "rheobase/loops/vector_operation.hpp"
#include "rheobase/models/program.hpp"

namespace rheobase {

/// Where a leaf or an output of a program lies.
struct Location {
    enum class Base : std::uint8_t {
        fixed,      ///< at `data`
        neurons,    ///< at `data`, one number per neuron of the population
        given,      ///< at what the run is given under `index`
        free,       ///< as `given`; next to it, the steps from which neurons are free, and the step itself
        condition,  ///< as `given`; machine code writes bits
    };
    Base base;
    bool same;  ///< one number for all neurons
    double* data;
    std::size_t index;
    bool known;            ///< a number that is part of the program
    bool settled = false;  ///< a number that nothing changes before the program is bound anew

    static Location fixed_at(double* number, bool known = false) { return {Base::fixed, true, number, 0, known}; }
    static Location given_at(std::size_t index, bool same = false) {
        return {Base::given, same, nullptr, index, false};
    }
    static Location of_neurons(double* data) { return {Base::neurons, false, data, 0, false}; }
    /// One number for all, which may be settled, or one per neuron.
    template <class Values>
    static Location held_in(Values& values, bool settled = false) {
        double* const data = values.data();
        return values.size() == 1 ? Location{Base::fixed, true, data, 0, false, settled} : of_neurons(data);
    }
};

using LocateLeaf = std::function<Location(const Leaf&)>;
using LocateOutput = std::function<Location(const Output&, bool same)>;

/// Memory that steps read and write.
struct BoundSlot {
    Location place;
    bool temporary, read, written;
    std::size_t number;  ///< of a temporary: where it lies in the workspace
};

/// What a step looks for in what it writes.
enum class Watch : std::uint8_t { nothing, non_finite, condition };

/// An operation over a block of neurons, or once where all are the same.
struct BoundStep {
    VectorOperation apply;  ///< null for random numbers
    Operation operation;
    bool same;
    std::uint32_t out;
    std::uint32_t in[max_operands];
    std::uint32_t draw;
    unsigned said;         ///< of its operands
    std::uint32_t places;  ///< that its loop asks for
    Watch watch = Watch::nothing;
};

/// A program as steps over memory.
struct BoundSteps {
    std::vector<std::unique_ptr<double>> constants;  ///< that came out of folding
    std::vector<BoundSlot> slots;
    std::vector<BoundStep> steps;
    std::size_t numbers = 0;  ///< that temporaries take
};

/// Ties a program to memory: folds what is known, drops what nothing needs, joins operations that one loop can do, and
/// gives every value its place.
BoundSteps bind_steps(const Program& program, const LocateLeaf& locate_leaf, const LocateOutput& locate_output);

}  // namespace rheobase
