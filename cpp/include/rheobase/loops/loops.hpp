#pragma once

#include <cstddef>
#include <cstdint>

#include "rheobase/loops/coast_block.hpp"
#include "rheobase/loops/connection_words.hpp"
#include "rheobase/loops/drive_block.hpp"
#include "rheobase/loops/gathered_synapses.hpp"
#include "rheobase/loops/neuron_block.hpp"
#include "rheobase/loops/plastic_row.hpp"
#include "rheobase/loops/receptor_block.hpp"
#include "rheobase/loops/row_format.hpp"
#include "rheobase/loops/stream_numbers.hpp"
#include "rheobase/loops/vector_operation.hpp"
#include "rheobase/models/program.hpp"
#include "rheobase/random/random.hpp"

namespace rheobase {

/// The loops that are worth compiling once per instruction set.
struct Loops {
    const char* isa;
    /// Whether `multiply_add` rounds once.
    bool fused;
    AdvanceBlock (*find_advance)(std::size_t model, Method method, bool homogeneous, bool conductance);
    /// Of neurons that are alike, with their receptors; null where little would be gained.
    AdvanceBlock (*find_advance_joined)(std::size_t model, Method method, const Joined& joined);
    /// How many neurons coast together: as many as stay in registers with their receptors. Blocks have a multiple of
    /// it.
    std::size_t coast_size;
    /// Of neurons that are alike, with so many receptors; null where nothing would be gained.
    Coast (*find_coast)(std::size_t model, Method method, std::size_t receptors);
    void (*advance_receptors)(const ReceptorBlock* blocks, std::size_t count) noexcept;
    void (*deliver)(double* slots, const Segment* segments, std::size_t count) noexcept;
    void (*gather)(const RowsToGather&);
    /// Those of a plasticity rule, by its place in `PlasticityRules`.
    PlasticLoops (*find_plastic)(std::size_t rule) noexcept;
    void (*drive)(const DriveBlock&) noexcept;
    void (*draw_normals)(double* out, std::size_t n, RandomSource, std::uint32_t tag, std::uint32_t first,
                         std::uint32_t step_low, std::uint32_t step_high) noexcept;
    /// The same of (0, 1), at the same counters.
    void (*draw_uniforms)(double* out, std::size_t n, RandomSource, std::uint32_t tag, std::uint32_t first,
                          std::uint32_t step_low, std::uint32_t step_high) noexcept;
    void (*draw_connection_words)(const ConnectionWords&) noexcept;
    /// How many numbers the blocks gave.
    std::size_t (*draw_numbers)(const StreamNumbers&) noexcept;
    void (*find_normal_quantiles)(const std::uint32_t* words, std::size_t n, double* z) noexcept;
    /// The loop of an operation of which so much is said: the operands that are the same for all neurons (but not all
    /// of them, unless it has one and is `move`), and what else there is to say. Null where it cannot be watched, but
    /// should.
    VectorOperation (*find_vector_operation)(Operation, unsigned said) noexcept;
    /// The position of the first number that is not finite, or n.
    std::size_t (*find_non_finite)(const double* x, std::size_t n) noexcept;
    /// 1 for each neuron that is no longer refractory at a step, else 0; whether none is refractory.
    bool (*find_free)(const std::int64_t* free_from, std::int64_t step, std::size_t n, double* free) noexcept;
    /// The positions at which a condition holds, and how many there are.
    std::size_t (*find_true)(const double* condition, std::size_t n, std::uint32_t* positions) noexcept;
};

/// The loops in use: the best this machine has, or what the environment variable RHEOBASE_ISA names.
const Loops& loops();

}  // namespace rheobase
