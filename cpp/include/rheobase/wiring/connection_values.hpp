#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/base/span.hpp"
#include "rheobase/random/random.hpp"
#include "rheobase/wiring/delay_table.hpp"
#include "rheobase/wiring/projection.hpp"

namespace rheobase {

/// Weights and delays of the connections from one neuron, each a function of pre, post and repetition alone.
class ConnectionValues {
  public:
    ConnectionValues(RandomSource random, double dt) : random_(random), dt_(dt) {}

    /// Gives every post, ascending, its `weights()` and, in steps, `delays()`. `listed` is the place of the first of
    /// them in the lists of the rule; the table of its delays may be null.
    void draw(const Projection& projection, std::uint32_t pre, Span<const std::uint32_t> post_neurons,
              std::uint64_t listed, const DelayTable* table);

    const std::vector<float>& weights() const noexcept { return weights_; }
    const std::vector<std::uint32_t>& delays() const noexcept { return delays_; }

  private:
    void draw_words(const Projection& projection, std::uint32_t pre, Span<const std::uint32_t> post_neurons);
    void draw_values(const Distribution& draw, const std::uint32_t* words);
    void draw_weights(const Projection& projection, std::uint32_t pre, Span<const std::uint32_t> post_neurons);
    void draw_delays(const Projection& projection, std::uint32_t pre, Span<const std::uint32_t> post_neurons);
    void look_up_delays(const Projection& projection, std::uint32_t pre, Span<const std::uint32_t> post_neurons,
                        const DelayTable& table);
    template <class Accepts>
    std::uint32_t redraw(const Projection& projection, std::uint32_t pre, std::uint32_t post, std::size_t k,
                         int first_word, Accepts accepts) const;

    RandomSource random_;
    double dt_;
    std::vector<float> weights_;
    std::vector<std::uint32_t> delays_, repetitions_, words_[4];
    std::vector<double> values_;
};

}  // namespace rheobase
