#pragma once

#include <memory>
#include <vector>

#include "rheobase/models/plasticity_program.hpp"
#include "rheobase/network/plastic_projection.hpp"
#include "rheobase/network/published_variables.hpp"
#include "rheobase/random/random.hpp"

namespace rheobase {

/// A rule that is a program, with what it reads of the network.
struct ProgramRule {
    std::shared_ptr<const PlasticityProgram> program;
    double dt;
    const PublishedVariables* of_pre;   ///< the variables of `program->of_pre`
    std::vector<double*> of_post;       ///< those of `program->of_post`, of all post neurons
    std::vector<double*> read_at_post;  ///< those that its own variables at the post end read
    const RandomSource* random;         ///< the streams of the network, which may change
    std::uint32_t id;                   ///< of the projection, for its random numbers
};

/// The rule at work on the connections of one tile; `values` has one per parameter.
std::unique_ptr<Plasticity> make_plasticity(const ProgramRule& rule, const std::vector<double>& values,
                                            PlasticConnections connections);

}  // namespace rheobase
