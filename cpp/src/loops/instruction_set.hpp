#pragma once

// For the files that are compiled once per instruction set, with RHEOBASE_ISA as its name. They hold plain loops over
// plain memory, so that no inline function of the standard library is compiled for a machine that may not have the
// instructions, and whatever they share with each other lies in a namespace of that name.

#include "loops/flatten.hpp"
#include "rheobase/loops/loops.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {

/// See `Loops`.
#ifdef __AVX512F__
constexpr std::size_t coast_size = 16;
#else
constexpr std::size_t coast_size = 8;
#endif

AdvanceBlock find_advance(std::size_t model, Method method, bool homogeneous, bool conductance);
AdvanceBlock find_advance_joined(std::size_t model, Method method, const Joined& joined);
Coast find_coast(std::size_t model, Method method, std::size_t receptors);
void advance_receptors(const ReceptorBlock* blocks, std::size_t count) noexcept;
void deliver(double* slots, const Segment* segments, std::size_t count) noexcept;
void gather(const RowsToGather& rows);
PlasticLoops find_plastic(std::size_t rule) noexcept;
void drive(const DriveBlock& block) noexcept;
void draw_normals(double* out, std::size_t n, RandomSource random, std::uint32_t tag, std::uint32_t first,
                  std::uint32_t step_low, std::uint32_t step_high) noexcept;
void draw_uniforms(double* out, std::size_t n, RandomSource random, std::uint32_t tag, std::uint32_t first,
                   std::uint32_t step_low, std::uint32_t step_high) noexcept;
void draw_connection_words(const ConnectionWords& asked) noexcept;
std::size_t draw_numbers(const StreamNumbers& asked) noexcept;
void find_normal_quantiles(const std::uint32_t* words, std::size_t n, double* z) noexcept;
VectorOperation find_vector_operation(Operation operation, unsigned said) noexcept;
std::size_t find_non_finite(const double* x, std::size_t n) noexcept;
bool find_free(const std::int64_t* free_from, std::int64_t step, std::size_t n, double* free) noexcept;
std::size_t find_true(const double* condition, std::size_t n, std::uint32_t* positions) noexcept;

extern const Loops loops_table;

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
