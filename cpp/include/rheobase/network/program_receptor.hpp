#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rheobase/models/program.hpp"
#include "rheobase/network/end_variables.hpp"

namespace rheobase {

/// A receptor whose kernel is a program: variables of each post neuron, and the current or conductance that they make.
class ProgramReceptor {
  public:
    ProgramReceptor(std::shared_ptr<const SynapseProgram> program, const std::vector<double>& values, std::uint32_t tag,
                    std::size_t size, double dt);

    const SynapseProgram& program() const noexcept { return *program_; }
    EndVariables& post() noexcept { return post_; }
    /// The number of a variable, if there is one of this name.
    std::optional<std::size_t> find(const std::string& variable) const;

  private:
    std::shared_ptr<const SynapseProgram> program_;
    EndVariables post_;
};

}  // namespace rheobase
