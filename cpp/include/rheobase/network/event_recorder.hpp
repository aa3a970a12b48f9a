#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace rheobase {

/// For each neuron, whether an event of its model happens in the step at hand.
using EventMarks = std::vector<std::uint8_t>;

/// When and where an event of a model has happened. Blocks note theirs in any order, several at once.
class EventRecorder {
  public:
    void note(std::int64_t step, std::size_t first, const std::uint32_t* positions, std::size_t count) {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (std::size_t k = 0; k < count; ++k)
            happened_.emplace_back(step, static_cast<std::int64_t>(first) + positions[k]);
    }

    /// Steps and neurons since the last time, by step, then by neuron.
    std::vector<std::pair<std::int64_t, std::int64_t>> take() {
        std::sort(happened_.begin(), happened_.end());
        return std::exchange(happened_, {});
    }

  private:
    std::mutex mutex_;
    std::vector<std::pair<std::int64_t, std::int64_t>> happened_;
};

}  // namespace rheobase
