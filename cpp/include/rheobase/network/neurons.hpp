#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/models/registry.hpp"
#include "rheobase/network/neuron_inputs.hpp"
#include "rheobase/network/program_neurons.hpp"
#include "rheobase/network/receptor.hpp"

namespace rheobase {

/// What neurons of one model have: parameters, state, receptors and inputs, and what of these is prepared for steps.
struct Neurons {
    Neurons(std::uint32_t population, std::size_t n, NeuronModel of_all, Method by, ParameterValues of_parameters,
            double step, RandomSource random);
    Neurons(const Neurons&) = delete;
    Neurons& operator=(const Neurons&) = delete;

    /// Anew whenever parameters or receptors change.
    void prepare();

    /// Whether what drives them beside synapses of the library's kernels is the same in each step.
    bool same_in_each_step() const;
    /// Whether membranes are linear and nothing but currents of kernels, jumps and a steady current moves them.
    bool is_linear() const;
    /// Whether no state can stop being finite: see `Population::stays_finite`.
    bool stays_finite() const;
    bool may_be_refractory() const;

    const std::size_t size;
    const NeuronModel model;
    const Method method;
    const double dt;
    ParameterValues values;
    NeuronInputs inputs;
    std::vector<Aligned<double>> state;
    Aligned<std::int64_t> free_from;  ///< the step from which a neuron is no longer refractory
    std::vector<Receptor> receptors;
    NeuronWords prepared;                     ///< of a model of a header
    std::unique_ptr<ProgramNeurons> program;  ///< of any other one
    bool conductances = false;                ///< some receptor opens a conductance
};

}  // namespace rheobase
