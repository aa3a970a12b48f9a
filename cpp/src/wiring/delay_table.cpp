#include "rheobase/wiring/delay_table.hpp"

#include <algorithm>
#include <cmath>

namespace rheobase {

namespace {

constexpr std::uint64_t word_count = std::uint64_t{1} << 32;

/// The first word of which something is true that stays true for all that follow, or 2^32.
template <class Condition>
std::uint64_t find_first(std::uint64_t from, Condition holds) {
    std::uint64_t low = from, high = word_count;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        if (holds(static_cast<std::uint32_t>(middle)))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

}  // namespace

std::uint32_t DelayTable::count_steps(double ms, double dt) noexcept {
    return static_cast<std::uint32_t>(std::max(1.0, std::floor(ms / dt + 0.5)));
}

bool DelayTable::pays(const Distribution& draw, double dt, std::uint64_t draws) noexcept {
    constexpr std::uint64_t draws_per_step = 64;  // what it takes to find where the words of a step end
    const bool grows = draw.kind == Distribution::Kind::uniform ? draw.a <= draw.b : draw.b >= 0.0;
    const double range = (draw.max_value() - draw.min_value()) / dt;
    return grows && range < 4096.0 && static_cast<double>(draws) > draws_per_step * (range + 1.0) &&
           draw.accepts(draw.at(0x80000000u));
}

DelayTable::DelayTable(const Distribution& draw, double dt) {
    first_ = static_cast<std::uint32_t>(find_first(0, [&](std::uint32_t w) { return draw.at(w) >= draw.low; }));
    last_ = static_cast<std::uint32_t>(find_first(first_, [&](std::uint32_t w) { return draw.at(w) > draw.high; }) - 1);
    const auto steps_at = [&](std::uint32_t w) { return count_steps(draw.at(w), dt); };
    shortest_ = steps_at(first_);
    const std::uint32_t longest = steps_at(last_);
    std::uint64_t next = first_;
    for (std::uint32_t d = shortest_; d < longest; ++d) {
        next = find_first(next, [&](std::uint32_t w) { return w >= last_ || steps_at(w) > d; });
        last_word_.push_back(static_cast<std::uint32_t>(next - 1));
    }
    last_word_.push_back(0xFFFFFFFF);
    std::uint16_t k = 0;
    for (std::uint64_t cell = 0; cell < std::uint64_t{1} << cell_bits; ++cell) {
        while (last_word_[k] < cell << cell_shift) ++k;
        cells_.push_back(k);
    }
}

}  // namespace rheobase
