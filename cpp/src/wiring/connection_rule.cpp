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

template <class Value>
std::vector<Value> arrange(Span<const Value> values, const std::vector<std::uint64_t>& order, WorkShare& share) {
    std::vector<Value> sorted;
    sorted.reserve(values.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
        sorted.push_back(values[order[k]]);
        share.advance(0);
    }
    return sorted;
}

}  // namespace

ConnectionRule list_pairs(std::size_t n_pre, Span<const std::uint32_t> pre, Span<const std::uint32_t> post,
                          Span<const float> weights, Span<const std::uint16_t> delays, SharedWork& work) {
    WorkShare share(work, 0);
    ConnectionRule rule;
    rule.row_start.assign(n_pre + 1, 0);
    for (const std::uint32_t i : pre) {
        require(i < n_pre, "pre must be neurons of the population");
        ++rule.row_start[i + 1];
        share.advance(1);
    }
    std::partial_sum(rule.row_start.begin(), rule.row_start.end(), rule.row_start.begin());
    std::vector<std::uint64_t> order(pre.size()), next(rule.row_start.begin(), rule.row_start.end() - 1);
    for (std::size_t k = 0; k < pre.size(); ++k) {
        order[next[pre[k]]++] = k;
        share.advance(1);
    }
    for (std::size_t i = 0; i < n_pre; ++i) {
        const auto first = order.begin() + static_cast<std::ptrdiff_t>(rule.row_start[i]);
        const auto last = order.begin() + static_cast<std::ptrdiff_t>(rule.row_start[i + 1]);
        std::stable_sort(first, last, [&](std::uint64_t a, std::uint64_t b) { return post[a] < post[b]; });
        share.advance(static_cast<std::size_t>(last - first));
    }
    rule.post = arrange(post, order, share);
    rule.weights = arrange(weights, order, share);
    rule.delays = arrange(delays, order, share);
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
