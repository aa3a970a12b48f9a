#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace rheobase {

/// What machine code works on. Pointers lead to memory as `Location` says.
struct MachineCodeRun {
    std::size_t n, first;
    std::int64_t step;
    double* const* data;
    double* const* given;
    const double* draws;  ///< random numbers, `block_size` of each draw
};

/// What machine code tells: of how many neurons it took care, the first ones of a block, as many as it takes side by
/// side; whether some number that it wrote to the population's memory is not finite; and whether some condition holds
/// for some neuron. Conditions it writes as bits, the first neuron's being the lowest of the first byte.
struct MachineCodeResult {
    std::uint64_t done, non_finite, condition;
};

/// What a bound program became for the machine at hand.
using MachineCode = void (*)(const MachineCodeRun* run, MachineCodeResult* result);

/// Where the machine code of all programs of one shape appears, at any time, while they run or not; null until then.
using MachineCodePlace = std::atomic<MachineCode>;

/// The place for a shape. It lasts as long as the process.
MachineCodePlace& machine_code_place(const std::string& shape);

}  // namespace rheobase
