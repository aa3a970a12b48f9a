#pragma once

#include "rheobase/network/population.hpp"

namespace rheobase {

/// Sources that spike at given steps.
class TrainsSource final : public Population {
  public:
    /// Spikes sorted by step, then by source.
    TrainsSource(std::uint32_t id, std::size_t size, std::vector<std::int64_t> steps,
                 std::vector<std::uint32_t> indices);

    /// Other spikes in their place; those of steps that are over do not come.
    void set_spikes(std::vector<std::int64_t> steps, std::vector<std::uint32_t> indices);

    bool is_source() const noexcept override { return true; }
    std::int64_t advance(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                         std::size_t slots_per_receptor, bool reached, std::vector<std::uint32_t>& spikes) override;

  private:
    std::vector<std::int64_t> steps_;
    std::vector<std::uint32_t> indices_;
};

}  // namespace rheobase
