#include "rheobase/network/program_receptor.hpp"

#include <algorithm>
#include <utility>

namespace rheobase {

ProgramReceptor::ProgramReceptor(std::shared_ptr<const SynapseProgram> program, const std::vector<double>& values,
                                 std::uint32_t tag, std::size_t size, double dt)
    : program_(std::move(program)), post_(program_->post, values, tag, size, dt) {}

std::optional<std::size_t> ProgramReceptor::find(const std::string& variable) const {
    const auto& names = program_->variables;
    const auto found = std::find(names.begin(), names.end(), variable);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}

}  // namespace rheobase
