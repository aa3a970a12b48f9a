#include "rheobase/wiring/connection_rule.hpp"

#include <algorithm>
#include <numeric>

namespace rheobase {

std::uint64_t ConnectionRule::count(std::size_t n_pre, std::size_t n_post) const noexcept {
    if (kind == Kind::listed) return list.size();
    if (degrees.size() == 1) return std::uint64_t{kind == Kind::in_degrees ? n_post : n_pre} * degrees[0];
    return std::accumulate(degrees.begin(), degrees.end(), std::uint64_t{0});
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
