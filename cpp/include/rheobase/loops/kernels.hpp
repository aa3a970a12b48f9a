#pragma once

#include <cstddef>
#include <cstdint>

#include "rheobase/loops/matrix_kernels.hpp"
#include "rheobase/models/neuron_model.hpp"
#include "rheobase/models/synapses/kernel.hpp"
#include "rheobase/random/random.hpp"

namespace rheobase {

/// How synapses that are stored together have their weights: all the same, each in single precision, or each in 16 bits
/// as a multiple of what they share.
enum class Weights : std::uint8_t { same, single, multiples };

/// Bytes a synapse: 16 bits for its target, then its weight.
constexpr std::size_t synapse_width(Weights weights) noexcept {
    return weights == Weights::same ? 2 : weights == Weights::single ? 6 : 4;
}

/// Part of a row of synapses: `count` targets, followed by their weights where each has its own.
struct Segment {
    const std::uint8_t* data;
    std::uint32_t count;
    float weight;  ///< of all, or what multiples are of
    Weights weights;
};

/// One synaptic kernel over a block of neurons.
struct ChannelBlock {
    std::size_t n;
    const Propagator* propagator;  ///< one, or one a neuron
    bool homogeneous;              ///< one
    double reversal;
    double* stage0;  ///< in units of weight
    double* stage1;
    bool conductance;        ///< joins G, and times the reversal potential I; else joins I alone
    const double* I_before;  ///< what it joins to give I
    double* I;
    bool first;  ///< of the conductances: G holds nothing yet
    double* G;
};

/// Some thresholds of equal upper half.
struct Step {
    std::uint16_t high, height;  ///< the half, and how many thresholds share it
};

/// A Poisson number of spikes a neuron: `thresholds` is the cumulative distribution scaled to 32 bits, `steps` its
/// upper halves.
struct BackgroundBlock {
    std::size_t n;
    std::uint32_t first;  ///< number of the first neuron
    const std::uint32_t* thresholds;
    std::size_t threshold_count;
    const Step* steps;
    std::size_t step_count;
    double weight;
    double* slot;
    RandomSource random;
    std::uint32_t tag, step_low, step_high;
};

/// Connections from one neuron, `repetition` telling those between one pair apart, whose random words are asked for.
struct ConnectionBlock {
    std::size_t n;
    const std::uint32_t* target;
    const std::uint32_t* repetition;
    RandomSource random;
    std::uint32_t tag, source;
    std::uint32_t* words[4];
};

/// The loops that are worth compiling once an instruction set.
struct Kernels {
    const char* isa;
    AdvanceBlock (*advance)(std::size_t model, Method method, bool homogeneous, bool conductance);
    void (*channels)(const ChannelBlock* blocks, std::size_t count) noexcept;
    void (*deliver)(double* slots, const Segment* segments, std::size_t count) noexcept;
    void (*background)(const BackgroundBlock&) noexcept;
    void (*normals)(double* out, std::size_t n, RandomSource, std::uint32_t tag, std::uint32_t first,
                    std::uint32_t step_low, std::uint32_t step_high) noexcept;
    void (*connection_words)(const ConnectionBlock&) noexcept;
    void (*normal_quantiles)(const std::uint32_t* words, std::size_t n, double* z) noexcept;
    const MatrixKernels* matrix;
};

/// The kernels in use: the best this machine has, or what the environment variable RHEOBASE_ISA names.
const Kernels& kernels();

}  // namespace rheobase
