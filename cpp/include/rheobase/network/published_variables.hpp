#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "rheobase/base/aligned.hpp"

namespace rheobase {

/// Variables of a population that other threads read: they are published at the end of a step and read in the next.
class PublishedVariables {
  public:
    PublishedVariables() = default;
    /// Of a population of this size, whose variables lie at `sources`.
    PublishedVariables(std::vector<double*> sources, std::size_t size) : sources_(std::move(sources)), size_(size) {
        for (auto& buffer : buffers_) buffer.assign(sources_.size(), Aligned<double>(size, 0.0));
    }

    bool empty() const noexcept { return sources_.empty(); }
    std::size_t size() const noexcept { return size_; }
    /// What the neurons [begin, end) have at a step.
    void publish(std::int64_t step, std::size_t begin, std::size_t end) {
        for (std::size_t k = 0; k < sources_.size(); ++k)
            std::copy(sources_[k] + begin, sources_[k] + end, buffers_[step & 1][k].data() + begin);
    }
    /// Variable k of all neurons, as it was published at a step.
    const double* at(std::int64_t step, std::size_t k) const noexcept { return buffers_[step & 1][k].data(); }

  private:
    std::vector<double*> sources_;
    std::size_t size_ = 0;
    std::vector<Aligned<double>> buffers_[2];  ///< by the parity of the step
};

}  // namespace rheobase
