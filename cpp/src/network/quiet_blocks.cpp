#include "rheobase/network/quiet_blocks.hpp"

#include <algorithm>
#include <cstring>

namespace rheobase {

namespace {

/// Blocks begin at multiples of this; populations that are too small for it are not worth a look.
constexpr std::size_t granularity = 8, smallest = 1024;

std::uint64_t bits_of(double x) noexcept {
    std::uint64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}

/// Whether slots are zero, or so small that a kernel's decay may have come to its end: every weight is larger by far.
/// Adds their bits to `sum`, which tells apart what even then differs.
bool are_empty(const double* slots, std::size_t n, std::uint64_t& sum) noexcept {
    constexpr std::uint64_t exponent = 0x7FF0000000000000;
    std::uint64_t any = 0, total = 0;
    for (std::size_t i = 0; i < n; ++i) {
        any |= bits_of(slots[i]);
        total += bits_of(slots[i]);
    }
    sum += total;
    return (any & exponent) == 0;
}

/// The same of a block. The first of its slots tell of most blocks that they are not.
bool are_empty(const BlockSlots& block, std::uint64_t& sum) noexcept {
    const std::size_t few = std::min<std::size_t>(block.n, 16);
    sum = 0;
    for (std::size_t r = 0; r < block.receptors; ++r) {
        const double* slots = block.slots + r * block.slots_per_receptor;
        if (!are_empty(slots, few, sum) || !are_empty(slots + few, block.n - few, sum)) return false;
    }
    return true;
}

}  // namespace

void QuietBlocks::begin(std::size_t neurons, bool may_rest) {
    rests_.assign(may_rest && neurons >= smallest ? neurons / granularity + 1 : 0, {false, 0});
}

QuietBlocks::Rest& QuietBlocks::at(const BlockSlots& block) noexcept { return rests_[block.first / granularity]; }

bool QuietBlocks::rested(std::size_t first) const noexcept {
    return !rests_.empty() && rests_[first / granularity].rests;
}

bool QuietBlocks::is_quiet(const BlockSlots& block, bool reached) noexcept {
    if (rests_.empty()) return false;
    Rest& rest = at(block);
    std::uint64_t sum;
    rest.rests = rest.rests && (!reached || (are_empty(block, sum) && sum == rest.sum));
    return rest.rests;
}

bool QuietBlocks::is_watched(std::int64_t step, const BlockSlots& block) const noexcept {
    constexpr std::int64_t every = 16;
    std::uint64_t sum;
    return !rests_.empty() && step % every == 0 && are_empty(block, sum);
}

void QuietBlocks::rest(const BlockSlots& block) noexcept {
    Rest& rest = at(block);
    rest.rests = are_empty(block, rest.sum);
}

void QuietBlocks::wake(std::size_t begin, std::size_t end) noexcept {
    for (std::size_t first = begin; first < end && !rests_.empty(); first += granularity)
        rests_[first / granularity].rests = false;
}

}  // namespace rheobase
