#pragma once

#include <cmath>
#include <cstdint>

namespace rheobase {

/// What a random number is for. Together with the object's number it makes the last counter word, so that no two uses
/// ever share a stream.
enum class Purpose : std::uint32_t {
    targets = 1,
    sources = 2,
    weight_and_delay = 3,
    poisson_source = 4,
    background = 5,
    noise = 6
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

/// A stream of words under one tag and two counters, read one after another.
class Stream {
  public:
    Stream(RandomSource source, std::uint32_t tag, std::uint32_t a, std::uint32_t b) noexcept
        : source_(source), tag_(tag), a_(a), b_(b) {}

    std::uint32_t word() noexcept {
        if (left_ == 0) {
            block_ = source_.words(tag_, a_, b_, next_++);
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
    RandomSource source_;
    std::uint32_t tag_, a_, b_, next_ = 0;
    Words block_{};
    int left_ = 0;
};

/// Uniform in (0, 1) from one word.
inline double uniform(std::uint32_t word) noexcept { return (static_cast<double>(word) + 0.5) * 0x1p-32; }

/// The largest |z| that `standard_normal` returns.
constexpr double largest_normal = 6.4;

/// Quantile of the standard normal distribution by rational approximations (Wichura 1988, algorithm AS 241).
inline double normal_quantile(double p) noexcept {
    const double q = p - 0.5;
    if (std::fabs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q *
               (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r +
                    45921.953931549871457) *
                       r +
                   13731.693765509461125) *
                      r +
                  1971.5909503065514427) *
                     r +
                 133.14166789178437745) *
                    r +
                3.387132872796366608) /
               (((((((5226.495278852854561 * r + 28729.085735721942674) * r + 39307.89580009271061) * r +
                    21213.794301586595867) *
                       r +
                   5394.1960214247511077) *
                      r +
                  687.1870074920579083) *
                     r +
                 42.313330701600911252) *
                    r +
                1.0);
    }
    double r = std::sqrt(-std::log(q < 0 ? p : 1.0 - p));
    double z;
    if (r <= 5.0) {
        r -= 1.6;
        z = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r +
                 1.27045825245236838258) *
                    r +
                3.64784832476320460504) *
                   r +
               5.7694972214606914055) *
                  r +
              4.6303378461565452959) *
                 r +
             1.42343711074968357734) /
            (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r +
                 0.14810397642748007459) *
                    r +
                0.68976733498510000455) *
                   r +
               1.6763848301838038494) *
                  r +
              2.05319162663775882187) *
                 r +
             1.0);
    } else {
        r -= 5.0;
        z = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r +
                 0.026532189526576123093) *
                    r +
                0.29656057182850489123) *
                   r +
               1.7848265399172913358) *
                  r +
              5.4637849111641143699) *
                 r +
             6.6579046435011037772) /
            (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r +
                 7.868691311456132591e-4) *
                    r +
                0.0148753612908506148525) *
                   r +
               0.13692988092273580531) *
                  r +
              0.59983220655588793769) *
                 r +
             1.0);
    }
    return q < 0 ? -z : z;
}

/// A standard normal number from one word.
inline double standard_normal(std::uint32_t word) noexcept { return normal_quantile(uniform(word)); }

}  // namespace rheobase
