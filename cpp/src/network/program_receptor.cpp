#include "rheobase/network/program_receptor.hpp"

#include <algorithm>
#include <utility>

namespace rheobase {

ProgramReceptor::ProgramReceptor(std::shared_ptr<const SynapseProgram> program, const std::vector<double>& values,
                                 std::uint32_t tag, std::size_t size, double dt)
    : program_(std::move(program)),
      post_(program_->post, values, tag, size, dt),
      sums_(program_->sums, Aligned<double>(size, 0.0)) {}

void ProgramReceptor::collect(std::int64_t step, std::size_t first, std::size_t n) {
    for (std::size_t k = 0; k < sums_.size(); ++k) {
        std::fill_n(sums_[k].data() + first, n, 0.0);
        for (const Coupling* coupling : couplings_) coupling->add(step, k, first, n, sums_[k].data() + first);
    }
}

std::vector<double*> ProgramReceptor::sums() {
    std::vector<double*> all;
    for (auto& sums : sums_) all.push_back(sums.data());
    return all;
}

std::optional<std::size_t> ProgramReceptor::find(const std::string& variable) const {
    const auto& names = program_->variables;
    const auto found = std::find(names.begin(), names.end(), variable);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}

}  // namespace rheobase
