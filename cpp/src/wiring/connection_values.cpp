#include "rheobase/wiring/connection_values.hpp"

#include <algorithm>
#include <cmath>

#include "rheobase/base/errors.hpp"
#include "rheobase/loops/loops.hpp"

namespace rheobase {

namespace {

constexpr std::uint32_t max_attempts = 4096;

}  // namespace

std::uint32_t ConnectionValues::steps(double ms) const noexcept {
    return static_cast<std::uint32_t>(std::max(1.0, std::floor(ms / dt_ + 0.5)));
}

void ConnectionValues::draw(const Projection& p, std::uint32_t pre, Span<const std::uint32_t> post_neurons,
                            std::uint64_t listed) {
    const std::size_t n = post_neurons.size();
    const PairList& list = p.rule->list;
    const bool weights_listed = list.weighted, delays_listed = !list.delays.empty();
    const bool weights_open = !weights_listed && !p.weight.constant();
    const bool delays_open = !delays_listed && !p.delay.constant();
    weights_.resize(n);
    delays_.resize(n);
    if (weights_listed)
        for (std::size_t k = 0; k < n; ++k) weights_[k] = list.weight(listed + k);
    else if (!weights_open)
        std::fill(weights_.begin(), weights_.end(), static_cast<float>(p.weight.a));
    if (delays_listed)
        std::copy_n(list.delays.begin() + listed, n, delays_.begin());
    else if (!delays_open)
        std::fill(delays_.begin(), delays_.end(), static_cast<std::uint32_t>(p.delay.a));

    if (weights_open || delays_open) draw_words(p, pre, post_neurons);
    if (weights_open) {
        draw_values(p.weight, words_[0].data());
        redraw(p, pre, post_neurons, p.weight, 0);
        for (std::size_t k = 0; k < n; ++k) weights_[k] = static_cast<float>(values_[k]);
    }
    if (delays_open) {
        draw_values(p.delay, words_[2].data());
        redraw(p, pre, post_neurons, p.delay, 2);
        for (std::size_t k = 0; k < n; ++k) delays_[k] = steps(values_[k]);
    }
}

void ConnectionValues::draw_words(const Projection& p, std::uint32_t pre, Span<const std::uint32_t> post_neurons) {
    const std::size_t n = post_neurons.size();
    repetitions_.resize(n);
    for (std::size_t k = 0; k < n; ++k)
        repetitions_[k] = k > 0 && post_neurons[k - 1] == post_neurons[k] ? repetitions_[k - 1] + 1 : 0;
    for (auto& words : words_) words.resize(n);
    loops().draw_connection_words({n,
                                   post_neurons.begin(),
                                   repetitions_.data(),
                                   random_,
                                   RandomSource::tag(Purpose::weight_and_delay, p.id),
                                   pre,
                                   {words_[0].data(), words_[1].data(), words_[2].data(), words_[3].data()}});
}

/// What the first word of each connection gives.
void ConnectionValues::draw_values(const Distribution& draw, const std::uint32_t* words) {
    const std::size_t n = repetitions_.size();
    values_.resize(n);
    if (draw.kind == Distribution::Kind::uniform) {
        for (std::size_t k = 0; k < n; ++k) values_[k] = draw.at(words[k]);
        return;
    }
    loops().find_normal_quantiles(words, n, values_.data());
    for (std::size_t k = 0; k < n; ++k) values_[k] = draw.a + draw.b * values_[k];
    if (draw.kind == Distribution::Kind::lognormal)
        for (std::size_t k = 0; k < n; ++k) values_[k] = std::exp(values_[k]);
}

/// Replaces what lies outside its bounds: the second word of the pair, then pairs of further blocks.
void ConnectionValues::redraw(const Projection& p, std::uint32_t pre, Span<const std::uint32_t> post_neurons,
                              const Distribution& draw, int first_word) {
    const std::uint32_t tag = RandomSource::tag(Purpose::weight_and_delay, p.id);
    for (std::size_t k = 0; k < values_.size(); ++k)
        for (std::uint32_t tries = 1; !draw.accepts(values_[k]); ++tries) {
            const std::uint32_t attempt = tries / 2;
            if (attempt == max_attempts) throw InvalidArgument("weight or delay: no draw fell between low and high");
            const Words w = random_.words(tag, pre, post_neurons[k], (attempt << 20) | (repetitions_[k] & 0xFFFFFu));
            values_[k] = draw.at(w.w[first_word + static_cast<int>(tries % 2)]);
        }
}

}  // namespace rheobase
