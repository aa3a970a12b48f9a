#include "rheobase/wiring/connection_values.hpp"

#include <algorithm>
#include <cmath>

#include "rheobase/base/errors.hpp"
#include "rheobase/loops/loops.hpp"

namespace rheobase {

namespace {

constexpr std::uint32_t max_attempts = 4096;

/// Where the two words of a connection's weight and of its delay begin.
constexpr int weight_word = 0, delay_word = 2;

}  // namespace

void ConnectionValues::draw(const Projection& p, std::uint32_t pre, Span<const std::uint32_t> post_neurons,
                            std::uint64_t listed, const DelayTable* table) {
    const std::size_t n = post_neurons.size();
    const PairList& list = p.rule->list;
    const bool weights_listed = list.weighted, delays_listed = !list.delays.empty();
    const bool weights_open = !weights_listed && !p.weight.constant();
    const bool delays_open = !delays_listed && !p.delay.constant();
    weights_.resize(n);
    delays_.resize(n);
    if (weights_open || delays_open) draw_words(p, pre, post_neurons);
    if (weights_open)
        draw_weights(p, pre, post_neurons);
    else if (weights_listed)
        for (std::size_t k = 0; k < n; ++k) weights_[k] = list.weight(listed + k);
    else
        std::fill(weights_.begin(), weights_.end(), static_cast<float>(p.weight.a));
    if (delays_open)
        table != nullptr ? look_up_delays(p, pre, post_neurons, *table) : draw_delays(p, pre, post_neurons);
    else if (delays_listed)
        std::copy_n(list.delays.begin() + listed, n, delays_.begin());
    else
        std::fill(delays_.begin(), delays_.end(), static_cast<std::uint32_t>(p.delay.a));
}

void ConnectionValues::draw_words(const Projection& p, std::uint32_t pre, Span<const std::uint32_t> post_neurons) {
    const std::size_t n = post_neurons.size();
    repetitions_.resize(n);
    std::uint32_t repetition = 0;
    for (std::size_t k = 0; k < n; ++k) {
        repetition = k > 0 && post_neurons[k - 1] == post_neurons[k] ? repetition + 1 : 0;
        repetitions_[k] = repetition;
    }
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

void ConnectionValues::draw_weights(const Projection& p, std::uint32_t pre, Span<const std::uint32_t> post_neurons) {
    draw_values(p.weight, words_[weight_word].data());
    bool all = true;
    for (const double value : values_) all &= p.weight.accepts(value);
    for (std::size_t k = 0; !all && k < values_.size(); ++k)
        if (!p.weight.accepts(values_[k]))
            values_[k] = p.weight.at(redraw(p, pre, post_neurons[k], k, weight_word,
                                            [&](std::uint32_t word) { return p.weight.accepts(p.weight.at(word)); }));
    for (std::size_t k = 0; k < values_.size(); ++k) weights_[k] = static_cast<float>(values_[k]);
}

void ConnectionValues::draw_delays(const Projection& p, std::uint32_t pre, Span<const std::uint32_t> post_neurons) {
    draw_values(p.delay, words_[delay_word].data());
    for (std::size_t k = 0; k < values_.size(); ++k) {
        if (!p.delay.accepts(values_[k]))
            values_[k] = p.delay.at(redraw(p, pre, post_neurons[k], k, delay_word,
                                           [&](std::uint32_t word) { return p.delay.accepts(p.delay.at(word)); }));
        delays_[k] = DelayTable::count_steps(values_[k], dt_);
    }
}

void ConnectionValues::look_up_delays(const Projection& p, std::uint32_t pre, Span<const std::uint32_t> post_neurons,
                                      const DelayTable& table) {
    const std::uint32_t* words = words_[delay_word].data();
    for (std::size_t k = 0; k < delays_.size(); ++k) {
        std::uint32_t word = words[k];
        if (!table.accepts(word))
            word = redraw(p, pre, post_neurons[k], k, delay_word, [&](std::uint32_t w) { return table.accepts(w); });
        delays_[k] = table.steps(word);
    }
}

/// In place of a word whose value lies outside the bounds: the second word of the pair, then pairs of further blocks.
template <class Accepts>
std::uint32_t ConnectionValues::redraw(const Projection& p, std::uint32_t pre, std::uint32_t post, std::size_t k,
                                       int first_word, Accepts accepts) const {
    const std::uint32_t second = words_[first_word + 1][k];
    if (accepts(second)) return second;
    const std::uint32_t tag = RandomSource::tag(Purpose::weight_and_delay, p.id);
    for (std::uint32_t attempt = 1; attempt < max_attempts; ++attempt) {
        const Words block = random_.words(tag, pre, post, (attempt << 20) | (repetitions_[k] & 0xFFFFFu));
        for (const int word : {first_word, first_word + 1})
            if (accepts(block.w[word])) return block.w[word];
    }
    throw InvalidArgument("weight or delay: no draw fell between low and high");
}

}  // namespace rheobase
