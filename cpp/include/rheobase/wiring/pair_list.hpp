#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "rheobase/base/digit_sort.hpp"
#include "rheobase/base/shared_array.hpp"
#include "rheobase/base/shared_work.hpp"
#include "rheobase/base/span.hpp"
#include "rheobase/base/thread_pool.hpp"

namespace rheobase {

/// Pairs (pre, post) in any order, with their weights and delays (steps) where there are any.
struct GivenPairs {
    Span<const std::int32_t> pre{}, post{};
    Span<const double> weights{};
    Span<const std::uint16_t> delays{};
};

/// Connections one by one: rows of pre neurons, each with ascending post neurons. Copies share them.
struct PairList {
    std::vector<std::uint64_t> row_start{};  ///< where the row of each pre neuron begins, and where the last ends
    SharedArray<Keyed> pairs{};              ///< by post neuron, loaded with the bits of the weight
    SharedArray<std::uint16_t> delays{};     ///< none where they are not listed
    bool weighted = false;                   ///< whether weights are listed

    std::size_t size() const noexcept { return pairs.size(); }
    std::uint32_t post(std::size_t k) const noexcept { return pairs[k].key; }
    float weight(std::size_t k) const noexcept {
        float value;
        std::memcpy(&value, &pairs[k].load, sizeof value);
        return value;
    }
};

/// Sorts pairs into rows: first shared out among ranges of rows that fit into the L2 cache, then range by range. Equal
/// pairs keep their order.
PairList list_pairs(std::size_t n_pre, std::size_t n_post, const GivenPairs& given, ThreadPool& pool, SharedWork& work);

/// How often `list_pairs` goes over the pairs.
constexpr std::size_t listing_passes = 3;

}  // namespace rheobase
