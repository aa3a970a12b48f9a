#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "rheobase/base/span.hpp"

namespace rheobase {

/// Which neurons of a population something is about: all of them, or distinct ones in an order of their own, in which
/// they are counted as *members*.
class Selection {
  public:
    /// All neurons, whatever their number.
    Selection() = default;
    explicit Selection(std::vector<std::uint32_t> neurons);

    bool all() const noexcept { return neurons_.empty(); }
    /// How many of a population's neurons.
    std::size_t size(std::size_t population) const noexcept { return all() ? population : neurons_.size(); }
    /// Whether a population has all of them.
    bool fits(std::size_t population) const noexcept { return all() || ascending_.back() < population; }
    /// Members lie in the order of their neurons.
    bool ascending() const noexcept { return member_.empty(); }
    std::uint32_t neuron(std::uint32_t member) const noexcept { return all() ? member : neurons_[member]; }

    static constexpr std::uint32_t absent = 0xFFFFFFFF;
    /// The member that a neuron is, or `absent`.
    std::uint32_t member(std::uint32_t neuron) const noexcept;
    bool holds(std::uint32_t neuron) const noexcept { return all() || member(neuron) != absent; }
    bool overlaps(const Selection& other) const noexcept;

    /// Calls visit(neuron, member) for those in [begin, end), ascending.
    template <class Visit>
    void for_each_between(std::size_t begin, std::size_t end, Visit visit) const {
        if (all()) {
            for (auto i = static_cast<std::uint32_t>(begin); i < end; ++i) visit(i, i);
            return;
        }
        for (std::size_t k = count_below(begin); k < ascending_.size() && ascending_[k] < end; ++k)
            visit(ascending_[k], sorted_member(k));
    }

    /// The parts of [begin, end) that it holds without a gap, as pairs (begin, end).
    std::vector<std::pair<std::size_t, std::size_t>> runs() const;

    /// Replaces members, ascending, by their neurons, ascending.
    void to_neurons(std::vector<std::uint32_t>& members) const;

    // of chosen neurons, not of all
    std::size_t count_below(std::size_t neuron) const noexcept;
    /// The k-th neuron in ascending order, and which member it is.
    std::uint32_t sorted(std::size_t k) const noexcept { return ascending_[k]; }
    std::uint32_t sorted_member(std::size_t k) const noexcept {
        return member_.empty() ? static_cast<std::uint32_t>(k) : member_[k];
    }

  private:
    std::vector<std::uint32_t> neurons_;    ///< by member
    std::vector<std::uint32_t> ascending_;  ///< the same, sorted
    std::vector<std::uint32_t> member_;     ///< that each of the sorted ones is; empty where it is its place
};

}  // namespace rheobase
