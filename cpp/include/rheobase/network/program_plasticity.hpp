#pragma once

#include <memory>
#include <vector>

#include "rheobase/models/plasticity_program.hpp"
#include "rheobase/network/plastic_projection.hpp"

namespace rheobase {

/// The rule of a program at work on the connections of one tile. `of_neuron` are the variables of all post neurons
/// that it reads, `program.of_neuron` in its order; `post.of_neuron` are those that its own variables at the post end
/// read.
std::unique_ptr<Plasticity> make_plasticity(std::shared_ptr<const PlasticityProgram> program,
                                            const std::vector<double>& values, double dt,
                                            const std::vector<double*>& of_neuron,
                                            const std::vector<double*>& of_neuron_at_post,
                                            PlasticConnections connections);

}  // namespace rheobase
