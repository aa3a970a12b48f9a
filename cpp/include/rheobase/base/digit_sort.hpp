#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace rheobase {

/// A number to sort by, and 32 bits that go with it.
struct Keyed {
    std::uint32_t key, load;
};

/// Sorts by keys of so many bits, digit by digit from the lowest; equal keys keep their order. Keeps its workspace.
class DigitSort {
  public:
    explicit DigitSort(int key_bits)
        : digits_(std::max(1, (key_bits + max_digit_bits - 1) / max_digit_bits)),
          digit_bits_((key_bits + digits_ - 1) / digits_) {}

    void sort(Keyed* begin, Keyed* end) {
        if (std::is_sorted(begin, end, [](const Keyed& a, const Keyed& b) { return a.key < b.key; })) return;
        const auto n = static_cast<std::size_t>(end - begin);
        if (n > room_) spare_.reset(new Keyed[room_ = n]);
        count(begin, end);
        Keyed *from = begin, *to = spare_.get();
        for (int d = 0; d < digits_; ++d) {
            Counts& next = counts_[static_cast<std::size_t>(d)];
            if (next[digit(from->key, d)] == n) continue;  // all agree in this digit
            std::uint32_t sum = 0;
            for (std::size_t value = 0; value <= mask(); ++value) sum += std::exchange(next[value], sum);
            for (std::size_t k = 0; k < n; ++k) to[next[digit(from[k].key, d)]++] = from[k];
            std::swap(from, to);
        }
        if (from != begin) std::copy(from, from + n, begin);
    }

  private:
    static constexpr int max_digit_bits = 10, max_digits = 4;
    using Counts = std::array<std::uint32_t, std::size_t{1} << max_digit_bits>;

    std::uint32_t mask() const noexcept { return (std::uint32_t{1} << digit_bits_) - 1; }
    std::uint32_t digit(std::uint32_t key, int d) const noexcept { return key >> (d * digit_bits_) & mask(); }

    /// How many keys have each value of each digit.
    void count(const Keyed* begin, const Keyed* end) noexcept {
        for (int d = 0; d < digits_; ++d) counts_[static_cast<std::size_t>(d)].fill(0);
        for (const Keyed* w = begin; w != end; ++w)
            for (int d = 0; d < digits_; ++d) ++counts_[static_cast<std::size_t>(d)][digit(w->key, d)];
    }

    int digits_, digit_bits_;
    std::array<Counts, max_digits> counts_{};
    std::unique_ptr<Keyed[]> spare_;
    std::size_t room_ = 0;
};

}  // namespace rheobase
