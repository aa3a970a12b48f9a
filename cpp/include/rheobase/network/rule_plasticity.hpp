#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rheobase/models/registry.hpp"
#include "rheobase/network/plasticity.hpp"

namespace rheobase {

/// A rule of the library.
struct PlasticityRule {
    std::string name, summary, equation, reference;
    std::vector<ParameterInfo> parameters;
    std::vector<std::string> variables;  ///< of each synapse, which can be read beside its weight
    std::unique_ptr<Plasticity> (*make)(const std::vector<double>& values, double dt, PlasticConnections connections);
};

const std::vector<PlasticityRule>& plasticity_rules();
const PlasticityRule& plasticity_rule(const std::string& name);

}  // namespace rheobase
