#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/base/bytes.hpp"
#include "rheobase/base/span.hpp"

namespace rheobase {

/// Spikes of one population since the last `take`, of all neurons or of chosen ones, each thread's apart.
class SpikeRecorder {
  public:
    explicit SpikeRecorder(std::size_t threads) : records_(threads) {}
    /// Records chosen neurons alone, of n.
    SpikeRecorder(std::size_t threads, const std::vector<std::uint32_t>& chosen, std::size_t n);

    void record(std::size_t thread, std::int64_t step, Span<const std::uint32_t> spikes);

    using Many = std::vector<std::int32_t, LargePageAllocator<std::int32_t>>;
    struct Spikes {
        std::vector<std::int64_t> steps;    ///< at which there were any
        std::vector<std::uint32_t> counts;  ///< how many each time
        Many indices;                       ///< one per spike
    };
    /// Spikes by step, then by index; forgets them.
    Spikes take();

  private:
    /// Indices in blocks that never move: many spikes need no second copy to make room.
    class Indices {
      public:
        void append(const std::uint32_t* first, std::size_t count);
        std::size_t size() const noexcept { return size_; }
        /// Copies the next `count` of them, in order, and gives blocks back that have been read.
        void read(std::size_t count, Many& out);

      private:
        static constexpr std::size_t small_block = std::size_t{1} << 10, per_block = std::size_t{1} << 20;
        struct Block {
            Bytes bytes;
            std::size_t room = 0, used = 0;
        };
        std::uint32_t* at(std::size_t block, std::size_t k) noexcept {
            return reinterpret_cast<std::uint32_t*>(blocks_[block].bytes.data()) + k;
        }
        std::vector<Block> blocks_;
        std::size_t size_ = 0, reading_ = 0, read_ = 0;
    };
    /// Cache lines apart, since every thread writes its own at every step.
    struct alignas(64) Record {
        std::vector<std::int64_t> steps;
        std::vector<std::uint32_t> counts;
        Indices indices;
        std::vector<std::uint32_t> chosen;  ///< spikes of chosen neurons at the step at hand
    };
    std::vector<Record> records_;
    std::vector<bool> chosen_;  ///< by neuron; empty where all are
};

}  // namespace rheobase
