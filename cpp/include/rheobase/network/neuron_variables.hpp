#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/base/span.hpp"
#include "rheobase/network/neurons.hpp"

namespace rheobase {

/// Values that neurons have of a variable, and the unit they are kept in.
struct VariableValues {
    Aligned<double>& values;
    double unit;

    std::vector<double> read() const;
    /// One value per neuron.
    void write(Span<const double> given);
};

/// What is read, set and recorded of neurons by its name: a state variable, the current "I_<label>" or conductance
/// "g_<label>" of a receptor, what its program has as "<variable>_<label>", or what a model of equations names beside
/// its state, which is kept up to date from the first time it is asked for.
class NeuronVariables {
  public:
    explicit NeuronVariables(Neurons& neurons) noexcept : neurons_(neurons) {}

    VariableValues find(const std::string& name) const;
    /// The same of what can be set: no current or conductance that a program makes of variables.
    VariableValues settable(const std::string& name) const;
    std::vector<std::string> names() const;
    /// Keeps a variable up to date in runs from now on.
    void keep(const std::string& name) const;
    /// Brings what is named beside the state up to date after the state was changed.
    void refresh(std::int64_t now) const;
    /// Where variables of these names lie, which are then kept up to date.
    std::vector<double*> locate(const std::vector<std::string>& names) const;
    /// The kernel whose current or conductance has this name, if there is one.
    std::optional<std::size_t> find_receptor(const std::string& name) const;

  private:
    Neurons& neurons_;
};

}  // namespace rheobase
