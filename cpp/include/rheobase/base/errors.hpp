#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <tuple>

namespace rheobase {

/// An argument that cannot be used; Python sees a ValueError.
class InvalidArgument : public std::invalid_argument {
  public:
    using std::invalid_argument::invalid_argument;
};

/// A state variable became infinite or not a number; Python sees a FloatingPointError naming all three.
class NonFiniteState : public std::runtime_error {
  public:
    NonFiniteState(std::size_t population_, std::size_t neuron_, std::int64_t step_)
        : std::runtime_error("state of neuron " + std::to_string(neuron_) + " of population " +
                             std::to_string(population_) + " is not finite at step " + std::to_string(step_)),
          population(population_),
          neuron(neuron_),
          step(step_) {}

    /// Whether it is the one to name: the first by step, then population, then neuron.
    bool before(const NonFiniteState& other) const noexcept {
        return std::tie(step, population, neuron) < std::tie(other.step, other.population, other.neuron);
    }

    std::size_t population, neuron;
    std::int64_t step;
};

inline void require(bool condition, const char* message) {
    if (!condition) throw InvalidArgument(message);
}

}  // namespace rheobase
