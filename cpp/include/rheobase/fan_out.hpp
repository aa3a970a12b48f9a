#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "rheobase/kernels.hpp"

namespace rheobase {

/// Bytes that are not set to zero when allocated: gigabytes that construction overwrites anyway.
class Bytes {
  public:
    Bytes() = default;
    explicit Bytes(std::size_t size)
        : data_(static_cast<std::uint8_t*>(::operator new(size ? size : 1))), size_(size) {}
    std::uint8_t* data() noexcept { return data_.get(); }
    const std::uint8_t* data() const noexcept { return data_.get(); }
    std::size_t size() const noexcept { return size_; }

  private:
    struct Free {
        void operator()(std::uint8_t* p) const noexcept { ::operator delete(p); }
    };
    std::unique_ptr<std::uint8_t, Free> data_;
    std::size_t size_ = 0;
};

/// Synapses of one source that share a delay and, where it is constant, a weight.
struct Bin {
    std::uint16_t delay;
    std::uint32_t projection;  ///< the projection of a constant weight
    bool own;                  ///< each synapse has its own weight
    float weight;

    std::size_t width() const noexcept { return own ? sizeof(std::uint16_t) + sizeof(float) : sizeof(std::uint16_t); }
};

/// All synapses from one population to the neurons of one tile: compressed rows by source, in each row the bins by
/// delay, in each bin the targets (input slots of the tile) and then their weights.
struct FanOut {
    std::uint32_t source = 0;
    std::vector<Bin> bins;                  ///< ascending in delay
    std::vector<std::uint64_t> row_start;   ///< bytes; one more than rows
    std::vector<std::uint32_t> bin_offset;  ///< bytes from the row's start; (bins + 1) a row
    Bytes stream;

    /// Bins [first, last) that a spike of age `delay` reaches.
    struct Age {
        std::uint16_t delay;
        std::uint32_t first, last;
    };
    std::vector<Age> ages;

    Segment segment(std::size_t row, std::size_t bin) const noexcept {
        const std::uint32_t* offset = bin_offset.data() + row * (bins.size() + 1) + bin;
        const Bin& b = bins[bin];
        return {stream.data() + row_start[row] + offset[0],
                static_cast<std::uint32_t>((offset[1] - offset[0]) / b.width()), b.weight, b.own};
    }
    std::size_t bytes() const noexcept {
        return stream.size() + row_start.size() * sizeof(std::uint64_t) + bin_offset.size() * sizeof(std::uint32_t);
    }
};

inline std::uint16_t target_at(const Segment& s, std::size_t k) noexcept {
    std::uint16_t target;
    std::memcpy(&target, s.data + k * sizeof target, sizeof target);
    return target;
}

inline float weight_at(const Segment& s, std::size_t k) noexcept {
    if (!s.own) return s.weight;
    float weight;
    std::memcpy(&weight, s.data + s.count * sizeof(std::uint16_t) + k * sizeof weight, sizeof weight);
    return weight;
}

}  // namespace rheobase
