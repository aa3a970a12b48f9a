#include "rheobase/wiring/pair_list.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "rheobase/base/errors.hpp"

namespace rheobase {

namespace {

/// How many bits numbers below n take.
int count_bits(std::uint64_t n) noexcept {
    int bits = 0;
    for (std::uint64_t rest = n > 0 ? n - 1 : 0; rest != 0; rest >>= 1) ++bits;
    return bits;
}

std::uint32_t bits_of(float value) noexcept {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

/// Calls visit(k) for places in [first, last), and tells the share of the work piece by piece.
template <class Visit>
void for_each_place(std::size_t first, std::size_t last, WorkShare& share, Visit visit) {
    constexpr std::size_t piece = 4096;
    for (std::size_t begin = first; begin < last; begin += piece) {
        const std::size_t end = std::min(last, begin + piece);
        for (std::size_t k = begin; k < end; ++k) visit(k);
        share.advance(end - begin);
    }
}

/// Pairs on their way into rows. Threads share the given pairs at first, ranges of rows then; what they make does not
/// depend on who made it. On its way a pair is keyed by its row within its range, then by its post neuron.
class Sorting {
  public:
    Sorting(std::size_t n_pre, std::size_t n_post, const GivenPairs& given, std::size_t threads)
        : n_pre_(n_pre),
          n_post_(n_post),
          given_(given),
          post_bits_(count_bits(n_post)),
          row_bits_(find_row_bits()),
          ranges_(n_pre == 0 ? 0 : ((n_pre - 1) >> row_bits_) + 1),
          next_(threads, std::vector<std::uint32_t>(ranges_, 0)) {
        list_.row_start.resize(n_pre + 1);
        list_.row_start[n_pre] = size();
        list_.pairs = SharedArray<Keyed>(size());
        list_.delays = SharedArray<std::uint16_t>(given.delays.size());
        list_.weighted = !given.weights.empty();
    }

    PairList sort(ThreadPool& pool, SharedWork& work) {
        run(pool, work, [&](std::size_t thread, WorkShare& share) { count(thread, share); });
        begin_ranges();
        run(pool, work, [&](std::size_t thread, WorkShare& share) { share_out(thread, share); });
        std::atomic<std::size_t> next{0};
        run(pool, work, [&](std::size_t, WorkShare& share) {
            DigitSort by_key(row_bits_ + post_bits_);
            for (std::size_t range = next++; range < ranges_; range = next++) {
                by_key.sort(list_.pairs.begin() + begin_[range], list_.pairs.begin() + begin_[range + 1]);
                finish(range);
                share.advance(begin_[range + 1] - begin_[range]);
            }
        });
        return std::move(list_);
    }

  private:
    template <class Part>
    static void run(ThreadPool& pool, SharedWork& work, Part part) {
        pool.run(
            [&](std::size_t thread) {
                WorkShare share(work, thread);
                part(thread, share);
            },
            [&] { work.poll(); });
    }

    std::size_t size() const noexcept { return given_.pre.size(); }

    /// So many that 2^bits rows have few enough pairs on the average, and that keys have at most 32 bits.
    int find_row_bits() const noexcept {
        constexpr std::size_t few = 32768;
        const int most = std::min(count_bits(n_pre_), 32 - post_bits_);
        int bits = 0;
        while (bits < most && size() << (bits + 1) <= few * n_pre_) ++bits;
        return bits;
    }

    std::uint32_t pre(std::size_t k) const noexcept { return static_cast<std::uint32_t>(given_.pre[k]); }
    std::uint32_t post(std::size_t k) const noexcept { return static_cast<std::uint32_t>(given_.post[k]); }
    std::size_t first_of(std::size_t thread) const noexcept { return size() * thread / next_.size(); }
    template <class Visit>
    void for_each_of(std::size_t thread, WorkShare& share, Visit visit) {
        for_each_place(first_of(thread), first_of(thread + 1), share, visit);
    }

    /// How many pairs each range has among those of one thread.
    void count(std::size_t thread, WorkShare& share) {
        auto& counts = next_[thread];
        for_each_of(thread, share, [&](std::size_t k) {
            require(pre(k) < n_pre_, "pre must be neurons of the population");
            require(post(k) < n_post_, "post must be neurons of the population");
            ++counts[pre(k) >> row_bits_];
        });
    }

    /// Where the pairs of each range begin, and where those of each thread among them.
    void begin_ranges() {
        std::uint32_t sum = 0;
        begin_.reserve(ranges_ + 1);
        for (std::size_t range = 0; range < ranges_; ++range) {
            begin_.push_back(sum);
            for (auto& next : next_) sum += std::exchange(next[range], sum);
        }
        begin_.push_back(sum);
    }

    /// Gives one thread's pairs to their ranges, in their order, loaded with their place where there are delays to
    /// fetch.
    void share_out(std::size_t thread, WorkShare& share) {
        auto& next = next_[thread];
        const auto low = static_cast<std::uint32_t>((std::uint64_t{1} << row_bits_) - 1);
        const auto give = [&](std::size_t k, std::uint32_t load) {
            const auto row = static_cast<std::uint32_t>(std::uint64_t{pre(k) & low} << post_bits_);
            list_.pairs[next[pre(k) >> row_bits_]++] = {row | post(k), load};
        };
        if (given_.weights.empty() || !given_.delays.empty())
            for_each_of(thread, share, [&](std::size_t k) { give(k, static_cast<std::uint32_t>(k)); });
        else
            for_each_of(thread, share, [&](std::size_t k) { give(k, weight_bits(k)); });
    }

    std::uint32_t weight_bits(std::size_t k) const noexcept { return bits_of(static_cast<float>(given_.weights[k])); }

    /// Finds the rows of a sorted range and leaves there what a list has.
    void finish(std::size_t range) {
        const std::size_t first = range << row_bits_, last = std::min(n_pre_, (range + 1) << row_bits_);
        const auto post_mask = static_cast<std::uint32_t>((std::uint64_t{1} << post_bits_) - 1);
        std::size_t row = first;
        for (std::size_t k = begin_[range]; k < begin_[range + 1]; ++k) {
            Keyed& pair = list_.pairs[k];
            for (const std::size_t own = first + (std::uint64_t{pair.key} >> post_bits_); row <= own; ++row)
                list_.row_start[row] = k;
            pair.key &= post_mask;
            if (given_.delays.empty()) continue;
            list_.delays[k] = given_.delays[pair.load];
            if (list_.weighted) pair.load = weight_bits(pair.load);
        }
        for (; row < last; ++row) list_.row_start[row] = begin_[range + 1];
    }

    std::size_t n_pre_, n_post_;
    const GivenPairs& given_;
    int post_bits_, row_bits_;
    std::size_t ranges_;
    std::vector<std::vector<std::uint32_t>> next_;  ///< [thread][range]
    std::vector<std::uint32_t> begin_;              ///< [range]
    PairList list_;
};

}  // namespace

PairList list_pairs(std::size_t n_pre, std::size_t n_post, const GivenPairs& given, ThreadPool& pool,
                    SharedWork& work) {
    require(given.pre.size() < (std::uint64_t{1} << 32), "there must be fewer than 2^32 pairs");
    require(given.post.size() == given.pre.size(), "pre and post must be of one length");
    for (const std::size_t listed : {given.weights.size(), given.delays.size()})
        require(listed == 0 || listed == given.pre.size(), "weights and delays must be one per pair");
    return Sorting(n_pre, n_post, given, pool.size()).sort(pool, work);
}

}  // namespace rheobase
