#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/models/registry.hpp"
#include "rheobase/network/program_receptor.hpp"

namespace rheobase {

/// A synaptic kernel of a population, shared by all projections whose synapses are equal.
struct Receptor {
    const SynapseKernel* kernel;  ///< null where a program is in its place
    std::vector<double> values;
    bool unit_area;
    bool conductance;
    double reversal;
    std::string label;
    Propagator propagator{};              ///< of all neurons, or of the first
    NeuronWords propagators{};            ///< of each neuron
    Propagator mean{};                    ///< gives the mean of the current over a step, for recording
    Aligned<double> stage[max_stages]{};  ///< the first in units of weight; a run keeps it in the slots of the tiles
    std::shared_ptr<ProgramReceptor> program{};
    std::optional<std::size_t> read_as{};  ///< its number in the neurons' program, where that reads it by its name

    /// Whether what arrives moves V within the step itself, and is not taken in by a kernel.
    bool delta() const noexcept { return kernel != nullptr && kernel->stages == 0; }
    /// Whether a kernel of the library takes in what arrives.
    bool has_stages() const noexcept { return kernel != nullptr && kernel->stages > 0; }
    double gain() const noexcept { return propagator.gain; }
    /// The name that the synaptic current or conductance is recorded under.
    std::string name() const { return (conductance ? "g_" : "I_") + label; }
};

}  // namespace rheobase
