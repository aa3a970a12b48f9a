#include "rheobase/wiring/connection_rule.hpp"

#include <algorithm>
#include <numeric>

#include "rheobase/base/errors.hpp"

namespace rheobase {

std::uint64_t ConnectionRule::count(std::size_t n_pre, std::size_t n_post) const noexcept {
    if (kind == Kind::listed) return post.size();
    if (degrees.size() == 1) return std::uint64_t{kind == Kind::in_degrees ? n_post : n_pre} * degrees[0];
    return std::accumulate(degrees.begin(), degrees.end(), std::uint64_t{0});
}

namespace {

/// Pairs of one pre neuron are sorted as numbers: the post neuron above, the place in the lists below.
using Key = std::uint64_t;
constexpr int place_bits = 32;
constexpr std::uint32_t place_of(Key key) noexcept { return static_cast<std::uint32_t>(key); }
constexpr std::uint32_t post_of(Key key) noexcept { return static_cast<std::uint32_t>(key >> place_bits); }

/// Calls visit(k) for all places, and tells the share of the work piece by piece.
template <class Visit>
void for_each_place(std::size_t n, WorkShare& share, Visit visit) {
    constexpr std::size_t piece = 4096;
    for (std::size_t first = 0; first < n; first += piece) {
        const std::size_t last = std::min(n, first + piece);
        for (std::size_t k = first; k < last; ++k) visit(k);
        share.advance(last - first);
    }
}

/// Where the row of each pre neuron begins, and where the last ends.
std::vector<std::uint64_t> count_rows(std::size_t n_pre, Span<const std::int32_t> pre, WorkShare& share) {
    std::vector<std::uint64_t> start(n_pre + 1, 0);
    for_each_place(pre.size(), share, [&](std::size_t k) {
        require(static_cast<std::uint32_t>(pre[k]) < n_pre, "pre must be neurons of the population");
        ++start[static_cast<std::size_t>(pre[k]) + 1];
    });
    std::partial_sum(start.begin(), start.end(), start.begin());
    return start;
}

}  // namespace

ConnectionRule list_pairs(std::size_t n_pre, Span<const std::int32_t> pre, Span<const std::int32_t> post,
                          Span<const double> weights, Span<const std::uint16_t> delays, SharedWork& work) {
    require(pre.size() < (std::uint64_t{1} << place_bits), "there must be fewer than 2^32 pairs");
    WorkShare share(work, 0);
    ConnectionRule rule;
    rule.row_start = count_rows(n_pre, pre, share);
    std::vector<Key> keys(pre.size());
    {
        std::vector<std::uint64_t> next(rule.row_start.begin(), rule.row_start.end() - 1);
        for_each_place(pre.size(), share, [&](std::size_t k) {
            keys[next[static_cast<std::size_t>(pre[k])]++] = Key{static_cast<std::uint32_t>(post[k])} << place_bits | k;
        });
    }
    rule.post.resize(pre.size());
    rule.weights.resize(weights.size());
    rule.delays.resize(delays.size());
    for (std::size_t i = 0; i < n_pre; ++i) {
        const std::size_t begin = rule.row_start[i], end = rule.row_start[i + 1];
        const auto first = keys.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto last = keys.begin() + static_cast<std::ptrdiff_t>(end);
        if (!std::is_sorted(first, last)) std::sort(first, last);
        for (std::size_t k = begin; k < end; ++k) rule.post[k] = post_of(keys[k]);
        for (std::size_t k = begin; k < end && !weights.empty(); ++k)
            rule.weights[k] = static_cast<float>(weights[place_of(keys[k])]);
        for (std::size_t k = begin; k < end && !delays.empty(); ++k) rule.delays[k] = delays[place_of(keys[k])];
        share.advance(end - begin);
    }
    return rule;
}

void Sampler::draw(Stream stream, std::uint32_t n, std::uint32_t k, bool repeat, std::uint32_t excluded,
                   std::vector<std::uint32_t>& out) {
    out.clear();
    if (k == 0) return;
    bits_.assign((n + 63) / 64, 0);
    const bool skip = excluded < n;
    const std::uint32_t choices = skip ? n - 1 : n;
    const auto pick = [&] {
        const std::uint32_t i = stream.below(choices);
        return skip && i >= excluded ? i + 1 : i;
    };
    const auto taken = [&](std::uint32_t i) {
        std::uint64_t& word = bits_[i / 64];
        const std::uint64_t bit = std::uint64_t{1} << (i % 64);
        const bool already = (word & bit) != 0;
        word |= bit;
        return already;
    };

    if (repeat) {
        repeats_.clear();
        for (std::uint32_t d = 0; d < k; ++d) {
            const std::uint32_t i = pick();
            if (taken(i)) repeats_.push_back(i);
        }
        collect(n, false, out);
        std::sort(repeats_.begin(), repeats_.end());
        const auto distinct = static_cast<std::ptrdiff_t>(out.size());
        out.insert(out.end(), repeats_.begin(), repeats_.end());
        std::inplace_merge(out.begin(), out.begin() + distinct, out.end());
        return;
    }
    // more than half: draw those that stay away
    const bool inverted = k > choices / 2;
    if (inverted && skip) taken(excluded);
    for (std::uint32_t left = inverted ? choices - k : k; left > 0;)
        if (!taken(pick())) --left;
    collect(n, inverted, out);
}

void Sampler::collect(std::uint32_t n, bool inverted, std::vector<std::uint32_t>& out) {
    for (std::size_t w = 0; w < bits_.size(); ++w) {
        std::uint64_t word = inverted ? ~bits_[w] : bits_[w];
        while (word != 0) {
            const auto i = static_cast<std::uint32_t>(64 * w) + static_cast<std::uint32_t>(__builtin_ctzll(word));
            if (i >= n) break;
            out.push_back(i);
            word &= word - 1;
        }
    }
}

}  // namespace rheobase
