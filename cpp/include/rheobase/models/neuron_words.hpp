#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <vector>

#include "rheobase/base/aligned.hpp"
#include "rheobase/base/block.hpp"

namespace rheobase {

/// What loops read of each neuron, a struct of plain numbers, word by word: a word in which neurons differ has a number
/// per neuron, any other a block of the one that all have. So what differs is all that memory brings anew.
class NeuronWords {
  public:
    NeuronWords() = default;
    template <class Struct>
    explicit NeuronWords(const Struct& of_all) : first_(count<Struct>) {
        std::memcpy(first_.data(), &of_all, sizeof of_all);
    }
    /// Of n neurons, `of(i)` being the struct of one.
    template <class Of>
    NeuronWords(std::size_t n, const Of& of) : NeuronWords(of(0)) {
        using Struct = decltype(of(0));
        rows_.assign(first_.size(), Aligned<double>(n));
        for (std::size_t i = 0; i < n; ++i) {
            const Struct own = of(i);
            for (std::size_t k = 0; k < rows_.size(); ++k)
                std::memcpy(&rows_[k][i], reinterpret_cast<const char*>(&own) + k * sizeof(double), sizeof(double));
        }
        for (std::size_t k = 0; k < rows_.size(); ++k) share(k);
    }

    /// Whether there is one struct for all neurons.
    bool homogeneous() const noexcept { return rows_.empty(); }
    /// That of the first neuron.
    const void* first() const noexcept { return first_.data(); }
    /// Whether all numbers are smaller than a limit.
    bool all_below(double limit) const noexcept {
        const auto is_below = [limit](double word) { return std::fabs(word) < limit; };
        return std::all_of(first_.begin(), first_.end(), is_below) &&
               std::all_of(rows_.begin(), rows_.end(),
                           [&](const Aligned<double>& row) { return std::all_of(row.begin(), row.end(), is_below); });
    }
    /// Where the words of neurons from `begin` on lie, unless all have the same.
    void locate(std::size_t begin, const double** words) const noexcept {
        for (std::size_t k = 0; k < rows_.size(); ++k) words[k] = rows_[k].data() + (differs_[k] ? begin : 0);
    }

  private:
    template <class Struct>
    static constexpr std::size_t count = sizeof(Struct) / sizeof(double);

    void share(std::size_t k) {
        const auto is_first = [&](const double& word) { return std::memcmp(&word, &first_[k], sizeof word) == 0; };
        differs_.push_back(!std::all_of(rows_[k].begin(), rows_[k].end(), is_first));
        if (!differs_.back()) rows_[k] = Aligned<double>(block_size, first_[k]);
    }

    std::vector<double> first_;
    std::vector<Aligned<double>> rows_;
    std::vector<bool> differs_;
};

}  // namespace rheobase
