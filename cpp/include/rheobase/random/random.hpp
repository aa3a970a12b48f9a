#pragma once

#include <cstdint>

#include "rheobase/math/normal_quantile.hpp"

namespace rheobase {

/// What a random number is for. Together with the object's id it makes the last counter word, so that no two uses
/// ever share a stream.
enum class Purpose : std::uint32_t {
    post = 1,
    pre = 2,
    weight_and_delay = 3,
    poisson_source = 4,
    drive = 5,
    noise = 6,
    equations = 7,
    synapses = 8,
    couplings = 9,
    plasticity = 10,
    post_delay = 11
};

/// Four random words.
struct Words {
    std::uint32_t w[4];
};

/// Philox4x32-10 (Salmon et al. 2011): random words as a pure function of a 64-bit key and a 128-bit counter.
inline Words philox(Words counter, std::uint32_t key0, std::uint32_t key1) noexcept {
    std::uint32_t c0 = counter.w[0], c1 = counter.w[1], c2 = counter.w[2], c3 = counter.w[3];
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t p0 = static_cast<std::uint64_t>(c0) * 0xD2511F53u;
        const std::uint64_t p1 = static_cast<std::uint64_t>(c2) * 0xCD9E8D57u;
        const std::uint32_t n0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ key0;
        const std::uint32_t n2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ key1;
        c1 = static_cast<std::uint32_t>(p1);
        c3 = static_cast<std::uint32_t>(p0);
        c0 = n0;
        c2 = n2;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return {{c0, c1, c2, c3}};
}

/// The random numbers of one network: `words` is keyed by seed, purpose, object and up to three counters.
struct RandomSource {
    std::uint64_t seed = 0;

    static std::uint32_t tag(Purpose purpose, std::uint32_t object) noexcept {
        return (static_cast<std::uint32_t>(purpose) << 24) | (object & 0xFFFFFFu);
    }

    Words words(std::uint32_t tag, std::uint32_t a, std::uint32_t b, std::uint32_t c) const noexcept {
        return philox({{a, b, c, tag}}, static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32));
    }
};

/// What tells one stream of words from another: a tag and two counters.
struct StreamKey {
    RandomSource random;
    std::uint32_t tag, a, b;
};

/// A stream of words, read one after another.
class Stream {
  public:
    explicit Stream(const StreamKey& key) noexcept : key_(key) {}
    Stream(RandomSource random, std::uint32_t tag, std::uint32_t a, std::uint32_t b) noexcept
        : key_{random, tag, a, b} {}

    std::uint32_t word() noexcept {
        if (left_ == 0) {
            block_ = key_.random.words(key_.tag, key_.a, key_.b, next_++);
            left_ = 4;
        }
        return block_.w[--left_];
    }

    /// Uniform integer in [0, n), without bias (Lemire 2019).
    std::uint32_t below(std::uint32_t n) noexcept {
        std::uint64_t product = static_cast<std::uint64_t>(word()) * n;
        if (static_cast<std::uint32_t>(product) < n) {
            const std::uint32_t reject = (0u - n) % n;
            while (static_cast<std::uint32_t>(product) < reject) product = static_cast<std::uint64_t>(word()) * n;
        }
        return static_cast<std::uint32_t>(product >> 32);
    }

    /// Uniform in (0, 1), never 0 or 1.
    double uniform() noexcept {
        const std::uint64_t high = word() >> 5, low = word() >> 6;
        return (static_cast<double>((high << 26) | low) + 0.5) * 0x1p-53;
    }

  private:
    StreamKey key_;
    std::uint32_t next_ = 0;
    Words block_{};
    int left_ = 0;
};

/// Uniform in (0, 1) from one word. Signed numbers are what every instruction set can convert.
inline double uniform(std::uint32_t word) noexcept {
    return (static_cast<double>(static_cast<std::int32_t>(word ^ 0x80000000u)) + 2147483648.5) * 0x1p-32;
}

/// A standard normal number from one word.
inline double standard_normal(std::uint32_t word) noexcept { return normal_quantile(uniform(word)); }

}  // namespace rheobase
