#pragma once

#include <vector>

#include "rheobase/models/registry.hpp"

namespace rheobase::test {

/// The standard values of a neuron model's parameters, one for all neurons.
inline ParameterValues standard_values(const NeuronModel& model) {
    ParameterValues values;
    for (const ParameterInfo& p : model.parameters) values.push_back({p.standard});
    return values;
}

/// Those of a synaptic kernel or a plasticity rule.
template <class Model>
std::vector<double> standard_values(const Model& model) {
    std::vector<double> values;
    for (const ParameterInfo& p : model.parameters) values.push_back(p.standard);
    return values;
}

}  // namespace rheobase::test
