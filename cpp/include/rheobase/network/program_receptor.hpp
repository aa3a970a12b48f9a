#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rheobase/models/program.hpp"
#include "rheobase/network/coupling.hpp"
#include "rheobase/network/end_variables.hpp"

namespace rheobase {

/// A receptor whose kernel is a program: variables of each post neuron, and the current or conductance that they make.
class ProgramReceptor {
  public:
    ProgramReceptor(std::shared_ptr<const SynapseProgram> program, const std::vector<double>& values, std::uint32_t tag,
                    std::size_t size, double dt);

    const SynapseProgram& program() const noexcept { return *program_; }
    const std::shared_ptr<const SynapseProgram>& shared_program() const noexcept { return program_; }
    EndVariables& post() noexcept { return post_; }
    /// A coupling whose sums it takes in from now on.
    void join(const Coupling& coupling) { couplings_.push_back(&coupling); }
    /// Brings the sums of n post neurons up to what was published at a step.
    void collect(std::int64_t step, std::size_t first, std::size_t n);
    std::vector<double*> sums();
    /// The number of a variable, if there is one of this name.
    std::optional<std::size_t> find(const std::string& variable) const;

  private:
    std::shared_ptr<const SynapseProgram> program_;
    EndVariables post_;
    std::vector<Aligned<double>> sums_;
    std::vector<const Coupling*> couplings_;
};

}  // namespace rheobase
