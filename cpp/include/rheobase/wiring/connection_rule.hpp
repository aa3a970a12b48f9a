#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "rheobase/wiring/pair_list.hpp"

namespace rheobase {

/// Which pairs of neurons are connected.
struct ConnectionRule {
    enum class Kind {
        out_degrees,  ///< each pre neuron reaches `degrees` random post neurons
        in_degrees,   ///< each post neuron is reached by `degrees` random pre neurons
        listed,       ///< the pairs are given
    };
    Kind kind = Kind::listed;
    std::vector<std::uint32_t> degrees{};  ///< one, or one per neuron
    bool multapses = false;                ///< pairs may repeat
    bool autapses = true;                  ///< a neuron may reach itself

    PairList list{};  ///< listed: the pairs

    /// How many connections there are between so many neurons.
    std::uint64_t count(std::size_t n_pre, std::size_t n_post) const noexcept;
    std::uint32_t degree(std::size_t i) const noexcept { return degrees.size() == 1 ? degrees[0] : degrees[i]; }
};

/// A rule that copies of a network share: lists of pairs may be long.
class SharedRule {
  public:
    SharedRule(ConnectionRule rule) : rule_(std::make_shared<const ConnectionRule>(std::move(rule))) {}
    SharedRule(std::shared_ptr<const ConnectionRule> rule) : rule_(std::move(rule)) {}

    const ConnectionRule& operator*() const noexcept { return *rule_; }
    const ConnectionRule* operator->() const noexcept { return rule_.get(); }
    const std::shared_ptr<const ConnectionRule>& shared() const noexcept { return rule_; }

  private:
    std::shared_ptr<const ConnectionRule> rule_;
};

}  // namespace rheobase
