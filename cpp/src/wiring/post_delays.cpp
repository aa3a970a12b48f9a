#include "rheobase/wiring/post_delays.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <tuple>

#include "rheobase/base/errors.hpp"

namespace rheobase {

namespace {

constexpr double max_steps = 65535.0;

/// The places of synapses by pre neuron, then by post neuron, then by delay; equal ones keep their order.
std::vector<std::uint32_t> order_by_pair(const std::vector<Synapse>& synapses, WorkShare& share) {
    std::vector<std::uint32_t> order(synapses.size());
    std::iota(order.begin(), order.end(), 0);
    const auto before = [&](std::uint32_t a, std::uint32_t b) {
        return std::tie(synapses[a].post, synapses[a].delay) < std::tie(synapses[b].post, synapses[b].delay);
    };
    for (auto first = order.begin(); first != order.end();) {
        const auto last =
            std::find_if(first, order.end(), [&](std::uint32_t k) { return synapses[k].pre != synapses[*first].pre; });
        share.advance(0);
        if (!std::is_sorted(first, last, before)) std::stable_sort(first, last, before);
        first = last;
    }
    return order;
}

/// Draws until the distribution accepts: the words of one block after another.
std::uint16_t draw_steps(const Projection& p, const Synapse& s, std::uint32_t repetition, const Drawing& drawing) {
    constexpr std::uint32_t max_blocks = 4096;
    const std::uint32_t tag = RandomSource::tag(Purpose::post_delay, p.id);
    for (std::uint32_t block = 0; block < max_blocks; ++block) {
        const Words words = drawing.random.words(tag, s.pre, s.post, (block << 20) | (repetition & 0xFFFFFu));
        for (const std::uint32_t word : words.w) {
            const double drawn = p.post_delays.draw.at(word);
            if (!p.post_delays.draw.accepts(drawn)) continue;
            const double steps = std::max(0.0, std::floor(drawn / drawing.dt + 0.5));
            require(steps <= max_steps, "post_delay must be at most 65535 steps; bound its distribution with high=");
            return static_cast<std::uint16_t>(steps);
        }
    }
    throw InvalidArgument("post_delay: no draw fell between low and high");
}

}  // namespace

std::vector<std::uint16_t> find_post_delays(const Projection& p, const std::vector<Synapse>& synapses,
                                            const Drawing& drawing, WorkShare& share) {
    const auto& listed = p.post_delays.listed;
    require(listed == nullptr || listed->size() == synapses.size(), "one post_delay per connection is required");
    std::vector<std::uint16_t> found(synapses.size());
    const std::vector<std::uint32_t> order = order_by_pair(synapses, share);
    std::uint32_t repetition = 0;
    for (std::size_t k = 0; k < order.size(); ++k) {
        share.advance(0);
        const Synapse& s = synapses[order[k]];
        const bool again = k > 0 && synapses[order[k - 1]].pre == s.pre && synapses[order[k - 1]].post == s.post;
        repetition = again ? repetition + 1 : 0;
        found[order[k]] = listed != nullptr ? (*listed)[k] : draw_steps(p, s, repetition, drawing);
    }
    return found;
}

}  // namespace rheobase
