#pragma once

#include <cstddef>
#include <cstdint>

#include "rheobase/loops/connection_words.hpp"
#include "rheobase/loops/drive_block.hpp"
#include "rheobase/loops/neuron_block.hpp"
#include "rheobase/loops/receptor_block.hpp"
#include "rheobase/loops/row_format.hpp"
#include "rheobase/random/random.hpp"

namespace rheobase {

/// The loops that are worth compiling once per instruction set.
struct Loops {
    const char* isa;
    AdvanceBlock (*find_advance)(std::size_t model, Method method, bool homogeneous, bool conductance);
    void (*advance_receptors)(const ReceptorBlock* blocks, std::size_t count) noexcept;
    void (*deliver)(double* slots, const Segment* segments, std::size_t count) noexcept;
    void (*drive)(const DriveBlock&) noexcept;
    void (*draw_normals)(double* out, std::size_t n, RandomSource, std::uint32_t tag, std::uint32_t first,
                         std::uint32_t step_low, std::uint32_t step_high) noexcept;
    void (*draw_connection_words)(const ConnectionWords&) noexcept;
    void (*find_normal_quantiles)(const std::uint32_t* words, std::size_t n, double* z) noexcept;
};

/// The loops in use: the best this machine has, or what the environment variable RHEOBASE_ISA names.
const Loops& loops();

}  // namespace rheobase
