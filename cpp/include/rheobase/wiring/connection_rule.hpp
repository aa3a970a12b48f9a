#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "rheobase/base/shared_work.hpp"
#include "rheobase/base/span.hpp"
#include "rheobase/random/random.hpp"

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

    // listed: rows of pre neurons, each with ascending post neurons, and their weights and delays where these are given
    std::vector<std::uint64_t> row_start{};
    std::vector<std::uint32_t> post{};
    std::vector<float> weights{};
    std::vector<std::uint16_t> delays{};

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

/// Pairs (pre, post) that are given, with their weights and delays where there are any, as rows: shared out among the
/// pre neurons in one pass, then sorted row by row. Equal pairs keep their order.
ConnectionRule list_pairs(std::size_t n_pre, Span<const std::int32_t> pre, Span<const std::int32_t> post,
                          Span<const double> weights, Span<const std::uint16_t> delays, SharedWork& work);

/// How often `list_pairs` goes over the pairs.
constexpr std::size_t listing_passes = 3;

/// Draws `k` numbers below n, ascending, distinct or not; keeps its workspace between calls.
class Sampler {
  public:
    /// `excluded` is never drawn (none if it is n or more).
    void draw(Stream stream, std::uint32_t n, std::uint32_t k, bool repeat, std::uint32_t excluded,
              std::vector<std::uint32_t>& out);

  private:
    void collect(std::uint32_t n, bool inverted, std::vector<std::uint32_t>& out);

    std::vector<std::uint64_t> bits_;
    std::vector<std::uint32_t> repeats_;
};

}  // namespace rheobase
