#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rheobase/base/span.hpp"
#include "rheobase/models/neuron_model.hpp"
#include "rheobase/models/neuron_words.hpp"
#include "rheobase/models/parameter.hpp"
#include "rheobase/models/program.hpp"
#include "rheobase/models/synapses/kernel.hpp"

namespace rheobase {

struct ParameterInfo {
    std::string name, unit;
    double standard;
    Bounds bounds;
    std::string doc;
};

struct VariableInfo {
    std::string name, unit, doc;
};

/// Values of every parameter in the order of the model's table: one each, or one per neuron.
using ParameterValues = std::vector<std::vector<double>>;

/// What the library knows of one neuron model, read off its header.
struct NeuronModel {
    std::size_t index;
    std::string name, summary, equation, reference;
    std::vector<ParameterInfo> parameters;
    std::vector<VariableInfo> variables;
    std::vector<std::pair<std::size_t, std::size_t>> orders;  ///< parameter numbers: first < second
    std::vector<Method> methods;                              ///< the default first
    Example example;

    /// Models ready for one dt.
    NeuronWords (*prepare)(const ParameterValues&, std::size_t n, double dt);
    /// Initial values, `variables.size()` rows of n.
    std::vector<std::vector<double>> (*start)(const ParameterValues&, std::size_t n);
    /// Rates (1/ms) with which the membranes forget, one or one per neuron; empty where the equation is not linear.
    std::vector<double> (*leak_rates)(const ParameterValues&);
    /// The right-hand side of the model's equation at n states, `variables.size()` rows of n, with one current I per
    /// state and no conductance; null where the model is no differential equation.
    void (*derivative)(const ParameterValues&, const double* I, const double* states, std::size_t n, double* rates);

    /// What its equations became, where it is no header; the functions above are null then.
    std::shared_ptr<const NeuronProgram> program;

    /// The parameter's number, or an error that lists what there is.
    std::size_t parameter(const std::string& name) const;
    std::size_t variable(const std::string& name) const;
};

/// Every neuron model, in the order of the one list.
const std::vector<NeuronModel>& neuron_models();
const NeuronModel& neuron_model(const std::string& name);
Method method_named(const std::string& name);

struct SynapseKernel {
    std::string name, summary, equation;
    std::size_t stages;
    std::vector<ParameterInfo> parameters;
    Propagator (*prepare)(const std::vector<double>& values, bool unit_area, double dt, Averaging averaging,
                          double leak);
};

const std::vector<SynapseKernel>& synapse_kernels();
const SynapseKernel& synapse_kernel(const std::string& name);

}  // namespace rheobase
