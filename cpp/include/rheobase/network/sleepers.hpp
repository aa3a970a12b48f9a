#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rheobase {

/// Which neurons of a population sleep while others coast: no step changes a bit of them until something arrives.
class Sleepers {
  public:
    void resize(std::size_t neurons) {
        awake_.assign(neurons, 1);
        places_.resize(neurons);
    }
    void wake(std::size_t begin, std::size_t end) noexcept;
    void wake(std::size_t neuron) noexcept { awake_[neuron] = 1; }
    void sleep(std::size_t neuron) noexcept { awake_[neuron] = 0; }

    /// Those of [begin, end) that are awake, counted from `begin`, and their places among them.
    std::vector<std::uint32_t> list_awake(std::size_t begin, std::size_t end) noexcept;
    std::uint32_t place(std::size_t neuron) const noexcept { return places_[neuron]; }

  private:
    std::vector<std::uint8_t> awake_;
    std::vector<std::uint32_t> places_;
};

}  // namespace rheobase
