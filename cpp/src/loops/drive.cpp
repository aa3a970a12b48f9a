#include <cstring>

#include "loops/byte_lanes.hpp"
#include "loops/counter_words.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

/// The numbers of a block of neurons as far as their upper bits tell them.
struct Decided {
    std::uint8_t counts[block_size];           ///< none for those that are undecided
    std::uint64_t undecided[block_size / 64];  ///< a bit each
};

/// Neurons whose upper bits do not tell how many spikes they get, as many as are worth a batch of random words.
struct Undecided {
    static constexpr std::size_t enough = 64, at_once = 4, room = enough + block_size + at_once;
    std::size_t count = 0;
    std::uint32_t at[room];  ///< counted from the first neuron of the drive
    std::uint8_t high[room];
};

/// Four vectors at a time, with which no operation waits for the one before.
inline void decide_by_upper_bits(const DriveBlock& b, const std::uint8_t* upper, Decided& decided) noexcept {
    constexpr std::size_t width = sizeof(Bytes);
    const bool too_many = b.upper_count > 255;  // for a count of eight bits: nobody is decided
    const std::uint8_t* const thresholds = b.upper;
    const std::size_t threshold_count = too_many ? 0 : b.upper_count;
    for (std::uint64_t& word : decided.undecided) word = 0;
    for (std::size_t first = 0; first < block_size; first += 4 * width) {
        const std::uint8_t* const at = upper + first;
        const SignedBytes h0 = signed_at(at), h1 = signed_at(at + width), h2 = signed_at(at + 2 * width),
                          h3 = signed_at(at + 3 * width);
        Bytes n0{}, n1{}, n2{}, n3{}, e0 = in_all_bytes(too_many ? 255 : 0), e1 = e0, e2 = e0, e3 = e0;
        for (std::size_t t = 0; t < threshold_count; ++t) {
            const SignedBytes threshold = reinterpret_cast<SignedBytes>(in_all_bytes(thresholds[t] ^ 0x80));
            n0 = count_above(n0, h0, threshold);
            n1 = count_above(n1, h1, threshold);
            n2 = count_above(n2, h2, threshold);
            n3 = count_above(n3, h3, threshold);
            e0 = mark_equal(e0, h0, threshold);
            e1 = mark_equal(e1, h1, threshold);
            e2 = mark_equal(e2, h2, threshold);
            e3 = mark_equal(e3, h3, threshold);
        }
        const Bytes counts[4] = {n0 & ~e0, n1 & ~e1, n2 & ~e2, n3 & ~e3}, equal[4] = {e0, e1, e2, e3};
        std::memcpy(decided.counts + first, counts, sizeof counts);
        for (std::size_t k = 0; k < 4; ++k) {
            const std::size_t i = first + k * width;
            decided.undecided[i / 64] |= find_set(equal[k]) << i % 64;
        }
    }
}

/// Takes down whom a word of bits tells. Nearly always these are at most `at_once`: so many are written in any case.
inline void note(std::uint64_t word, const std::uint8_t* upper, std::size_t begin, Undecided& undecided) noexcept {
    const std::size_t end = undecided.count + static_cast<std::size_t>(__builtin_popcountll(word));
    for (std::size_t first = undecided.count; first < end; first += Undecided::at_once)
        for (std::size_t k = first; k < first + Undecided::at_once; ++k, word &= word - 1) {
            const int i = __builtin_ctzll(word | std::uint64_t{1} << 63);
            undecided.at[k] = static_cast<std::uint32_t>(begin + static_cast<std::size_t>(i));
            undecided.high[k] = upper[i];
        }
    undecided.count = end;
}

/// Draws the lower bits of those that wait for them, and gives them their spikes.
inline void decide_by_all_bits(const DriveBlock& b, Undecided& undecided) noexcept {
    constexpr std::size_t room = Undecided::room + philox_width;
    std::uint64_t counter[room], low[room], high[room], first[room], second[room];
    std::uint32_t numbers[room], counts[room];
    const std::size_t n = undecided.count;
    for (std::size_t k = 0; k < n + philox_width; ++k) {
        counter[k] = k < n ? own_drive_counter(b.first + undecided.at[k]) : 0;
        low[k] = b.step_low;
        high[k] = b.step_high;
    }
    many_words(b.random, b.tag, counter, low, high, n, first, second);
    for (std::size_t k = 0; k < n; ++k) {
        numbers[k] = drive_number(undecided.high[k], static_cast<std::uint32_t>(first[k]));
        counts[k] = 0;
    }
    for (std::size_t t = 0; t < b.threshold_count; ++t) {
        const std::uint32_t threshold = b.thresholds[t];
        for (std::size_t k = 0; k < n; ++k) counts[k] += numbers[k] >= threshold ? 1 : 0;
    }
    for (std::size_t k = 0; k < n; ++k)
        b.slot[undecided.at[k]] += b.weight * static_cast<double>(static_cast<int>(counts[k]));
    undecided.count = 0;
}

/// The bits of `word` between two places of all words, of which it is the k-th.
inline std::uint64_t between(std::uint64_t word, std::size_t k, std::size_t begin, std::size_t end) noexcept {
    if (64 * k < begin) word &= ~std::uint64_t{0} << begin % 64;
    if (64 * k + 64 > end) word = 64 * k < end ? word & ((std::uint64_t{1} << end % 64) - 1) : 0;
    return word;
}

}  // namespace

/// In stretches that end with multiples of the block size, so that counters fill whole vectors.
RHEOBASE_FLATTEN void drive(const DriveBlock& b) noexcept {
    constexpr std::uint32_t each = drives_per_counter;
    double* const slot = b.slot;
    const double weight = b.weight;
    Undecided undecided;
    Decided decided;
    for (std::size_t done = 0, n = 0; done < b.n; done += n) {
        const std::uint32_t first = b.first + static_cast<std::uint32_t>(done);
        const std::size_t left = b.n - done, until_multiple = block_size - first % block_size;
        n = left < until_multiple ? left : until_multiple;
        const auto words =
            draw_words(b.random, b.tag, first / each, count_counters(first, n, each), b.step_low, b.step_high);
        const auto* const upper = reinterpret_cast<const std::uint8_t*>(words.pairs);
        decide_by_upper_bits(b, upper, decided);
        const std::size_t begin = first % each;
        for (std::size_t i = 0; i < n; ++i)
            slot[done + i] += weight * static_cast<double>(int{decided.counts[begin + i]});
        for (std::size_t k = 0; k < block_size / 64; ++k)
            note(between(decided.undecided[k], k, begin, begin + n), upper + 64 * k, done + 64 * k - begin, undecided);
        if (undecided.count >= Undecided::enough) decide_by_all_bits(b, undecided);
    }
    decide_by_all_bits(b, undecided);
}

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
