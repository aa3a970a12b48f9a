#include "rheobase/wiring/sampler.hpp"

#include <algorithm>
#include <cmath>

#include "rheobase/loops/loops.hpp"

namespace rheobase {

void Sampler::draw(const StreamKey& stream, std::uint32_t n, std::uint32_t k, bool repeat, std::uint32_t excluded,
                   std::vector<std::uint32_t>& out) {
    out.clear();
    if (k == 0) return;
    begin(stream, n, k, excluded);
    repeat ? draw_repeated(k, out) : draw_distinct(k, out);
}

void Sampler::draw_in_any_order(const StreamKey& stream, std::uint32_t n, std::uint32_t k, bool repeat,
                                std::uint32_t excluded, std::vector<std::uint32_t>& out) {
    out.clear();
    if (k == 0) return;
    begin(stream, n, k, excluded);
    if (repeat) {
        out.resize(k);
        for (std::uint32_t& i : out) i = pick();
        return;
    }
    if (k > choices_ / 2) {
        draw_distinct(k, out);
        return;
    }
    sparse_ = false;
    while (out.size() < k) {
        const std::uint32_t i = pick();
        if (!take(i)) out.push_back(i);
    }
    for (const std::uint32_t i : out) bits_[i / 64] = 0;
}

void Sampler::begin(const StreamKey& stream, std::uint32_t n, std::uint32_t k, std::uint32_t excluded) {
    const bool skip = excluded < n;
    stream_ = stream;
    n_ = n;
    choices_ = skip ? n - 1 : n;
    excluded_ = skip ? excluded : 0xFFFFFFFF;
    wanted_ = k;
    next_block_ = 0;
    next_ = end_ = 0;
    const std::size_t words = (std::size_t{n} + 63) / 64;
    sparse_ = k < words;
    if (bits_.size() < words) bits_.resize(words, 0);
    if (used_.size() < (words + 63) / 64) used_.resize((words + 63) / 64, 0);
}

/// As many blocks as are wanted still, and a few where some came up twice.
void Sampler::refill() {
    constexpr std::uint32_t few = StreamNumbers::max_width;
    const std::uint32_t blocks = wanted_ == 0 ? few : std::min<std::uint32_t>((wanted_ + 3) / 4, max_blocks);
    end_ = loops().draw_numbers({stream_, next_block_, blocks, choices_, waiting_.data()});
    next_ = 0;
    next_block_ += blocks;
    wanted_ -= std::min(wanted_, 4 * blocks);
    if (end_ == 0) refill();
}

/// Marks a number as drawn; whether it was before.
bool Sampler::take(std::uint32_t i) {
    std::uint64_t& word = bits_[i / 64];
    const std::uint64_t bit = std::uint64_t{1} << (i % 64);
    const bool already = (word & bit) != 0;
    word |= bit;
    if (sparse_) used_[i / 4096] |= std::uint64_t{1} << (i / 64 % 64);
    return already;
}

void Sampler::draw_repeated(std::uint32_t k, std::vector<std::uint32_t>& out) {
    repeats_.clear();
    for (std::uint32_t d = 0; d < k; ++d) {
        const std::uint32_t i = pick();
        if (take(i)) repeats_.push_back(i);
    }
    collect(false, k, out);
    merge_repeats(out);
}

/// Where they are more than half: draws those that stay away.
void Sampler::draw_distinct(std::uint32_t k, std::vector<std::uint32_t>& out) {
    const bool inverted = k > choices_ / 2;
    if (inverted) {
        sparse_ = false;
        if (excluded_ < n_) take(excluded_);
    }
    for (std::uint32_t left = inverted ? choices_ - k : k; left > 0;)
        if (!take(pick())) --left;
    collect(inverted, k, out);
}

/// The marked numbers, or the others, at most k, ascending; takes the marks away. Of each word about as many bits as
/// most words have are written without asking whether they are there: a loop that ends anywhere is mispredicted.
void Sampler::collect(bool inverted, std::uint32_t k, std::vector<std::uint32_t>& out) {
    const std::size_t words = (std::size_t{n_} + 63) / 64;
    const double mean = sparse_ ? 1.0 : static_cast<double>(k) / static_cast<double>(words);
    const int usual = std::min(64, static_cast<int>(mean + std::sqrt(mean)));
    out.resize(k + std::size_t{64});
    std::uint32_t* end = out.data();
    const auto collect_word = [&](std::size_t w, std::uint64_t word) {
        constexpr std::uint64_t last = std::uint64_t{1} << 63;
        for (int j = 0; j < usual; ++j, word &= word - 1) {
            *end = static_cast<std::uint32_t>(64 * w) + static_cast<std::uint32_t>(__builtin_ctzll(word | last));
            end += word != 0 ? 1 : 0;
        }
        for (; word != 0; word &= word - 1)
            *end++ = static_cast<std::uint32_t>(64 * w) + static_cast<std::uint32_t>(__builtin_ctzll(word));
        bits_[w] = 0;
    };
    if (!sparse_) {
        const std::uint64_t last = n_ % 64 == 0 ? ~std::uint64_t{0} : (std::uint64_t{1} << (n_ % 64)) - 1;
        for (std::size_t w = 0; w < words; ++w) {
            const std::uint64_t word = inverted ? ~bits_[w] : bits_[w];
            collect_word(w, w + 1 == words ? word & last : word);
        }
    }
    for (std::size_t u = 0; sparse_ && u < (words + 63) / 64; ++u) {
        for (std::uint64_t used = used_[u]; used != 0; used &= used - 1) {
            const std::size_t w = 64 * u + static_cast<std::size_t>(__builtin_ctzll(used));
            collect_word(w, bits_[w]);
        }
        used_[u] = 0;
    }
    out.resize(static_cast<std::size_t>(end - out.data()));
}

/// From the end, in place.
void Sampler::merge_repeats(std::vector<std::uint32_t>& out) {
    if (repeats_.empty()) return;
    std::sort(repeats_.begin(), repeats_.end());
    std::size_t distinct = out.size(), left = repeats_.size();
    out.resize(distinct + left);
    for (std::size_t to = out.size(); left > 0;) {
        const bool repeat = distinct == 0 || repeats_[left - 1] >= out[distinct - 1];
        out[--to] = repeat ? repeats_[--left] : out[--distinct];
    }
}

}  // namespace rheobase
