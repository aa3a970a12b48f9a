#include <cstring>

#include "loops/byte_lanes.hpp"
#include "loops/counter_words.hpp"

namespace rheobase {
namespace RHEOBASE_ISA {
namespace {

/// The numbers of a block of neurons as far as bytes tell them.
struct Decided {
    std::uint8_t counts[block_size];           ///< none for those that are undecided
    std::uint64_t undecided[block_size / 64];  ///< a bit each
};

/// Neurons whose bytes do not tell how many spikes they get, as many as are worth a batch of random words.
struct Undecided {
    static constexpr std::size_t enough = 64, at_once = 2, room = enough + block_size + at_once;
    std::size_t count = 0;
    std::uint32_t at[room];  ///< counted from the first neuron of the drive
};

/// Four vectors at a time, with which no operation waits for the one before.
inline void decide_by_bytes(const DriveTable& table, const std::uint8_t* bytes, Decided& decided) noexcept {
    constexpr std::size_t width = sizeof(Bytes);
    const std::size_t last = table.byte_count;
    const Bytes fewest = in_all_bytes(table.fewest), undecided = in_all_bytes(last == 0 ? 255 : 0);
    for (std::uint64_t& word : decided.undecided) word = 0;
    for (std::size_t first = 0; first < block_size; first += 4 * width) {
        const std::uint8_t* const at = bytes + first;
        const SignedBytes b0 = signed_at(at), b1 = signed_at(at + width), b2 = signed_at(at + 2 * width),
                          b3 = signed_at(at + 3 * width);
        Bytes n0 = fewest, n1 = n0, n2 = n0, n3 = n0, u0 = undecided, u1 = u0, u2 = u0, u3 = u0;
        for (std::size_t k = 0; k + 1 < last; ++k) {
            const SignedBytes bound = signed_bytes(table.last_bytes[k]);
            n0 = count_above(n0, b0, bound);
            n1 = count_above(n1, b1, bound);
            n2 = count_above(n2, b2, bound);
            n3 = count_above(n3, b3, bound);
        }
        if (last > 0) {
            const SignedBytes bound = signed_bytes(table.last_bytes[last - 1]);
            u0 = find_above(b0, bound);
            u1 = find_above(b1, bound);
            u2 = find_above(b2, bound);
            u3 = find_above(b3, bound);
        }
        const Bytes counts[4] = {n0 & ~u0, n1 & ~u1, n2 & ~u2, n3 & ~u3}, open[4] = {u0, u1, u2, u3};
        std::memcpy(decided.counts + first, counts, sizeof counts);
        for (std::size_t k = 0; k < 4; ++k) {
            const std::size_t i = first + k * width;
            decided.undecided[i / 64] |= find_set(open[k]) << i % 64;
        }
    }
}

/// Takes down whom a word of bits tells. Nearly always these are at most `at_once`: so many are written in any case.
inline void note(std::uint64_t word, std::size_t begin, Undecided& undecided) noexcept {
    const std::size_t end = undecided.count + static_cast<std::size_t>(__builtin_popcountll(word));
    for (std::size_t first = undecided.count; first < end; first += Undecided::at_once)
        for (std::size_t k = first; k < first + Undecided::at_once; ++k, word &= word - 1) {
            const int i = __builtin_ctzll(word | std::uint64_t{1} << 63);
            undecided.at[k] = static_cast<std::uint32_t>(begin + static_cast<std::size_t>(i));
        }
    undecided.count = end;
}

/// Draws the words of those that wait for them, and gives them their spikes.
inline void decide_by_words(const DriveBlock& b, Undecided& undecided) noexcept {
    constexpr std::size_t room = Undecided::room + philox_width;
    std::uint64_t counter[room], low[room], high[room], first[room], second[room];
    std::uint32_t words[room], counts[room];
    const std::size_t n = undecided.count;
    for (std::size_t k = 0; k < n + philox_width; ++k) {
        counter[k] = k < n ? own_drive_counter(b.first + undecided.at[k]) : 0;
        low[k] = b.step_low;
        high[k] = b.step_high;
    }
    many_words(b.random, b.tag, counter, low, high, n, first, second);
    for (std::size_t k = 0; k < n; ++k) {
        words[k] = static_cast<std::uint32_t>(first[k]);
        counts[k] = 0;
    }
    for (std::size_t t = 0; t < b.table.threshold_count; ++t) {
        const std::uint32_t threshold = b.table.thresholds[t];
        for (std::size_t k = 0; k < n; ++k) counts[k] += words[k] >= threshold ? 1 : 0;
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
        decide_by_bytes(b.table, reinterpret_cast<const std::uint8_t*>(words.pairs), decided);
        const std::size_t begin = first % each;
        for (std::size_t i = 0; i < n; ++i)
            slot[done + i] += weight * static_cast<double>(int{decided.counts[begin + i]});
        for (std::size_t k = 0; k < block_size / 64; ++k)
            note(between(decided.undecided[k], k, begin, begin + n), done + 64 * k - begin, undecided);
        if (undecided.count >= Undecided::enough) decide_by_words(b, undecided);
    }
    decide_by_words(b, undecided);
}

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
