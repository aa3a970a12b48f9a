#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rheobase/base/bytes.hpp"
#include "rheobase/base/span.hpp"

namespace rheobase {

/// Which neurons spiked at which steps. Gaps between indices take 8 bits each where they are small, 16 as a rule, since
/// touching new memory is what recording costs.
class PackedSpikes {
  public:
    void append(std::int64_t step, Span<const std::uint32_t> spikes);

    /// How those after the first are stored: gaps in 8 bits, of which 255 says that the gap goes on in the next; gaps
    /// in 16 bits; or, where some gap takes more, indices in 32.
    enum class Form : std::uint32_t { bits_8, bits_16, bits_32 };
    /// The spikes of one step.
    struct Run {
        std::int64_t step;
        std::uint32_t count : 30, form_bits : 2;
        std::uint32_t first;  ///< the first index
        Form form() const noexcept { return static_cast<Form>(form_bits); }
    };

    /// Reads runs in their order.
    class Reader {
      public:
        explicit Reader(const PackedSpikes& spikes) noexcept : spikes_(&spikes) {}
        bool done() const noexcept { return run_ == spikes_->runs_.size(); }
        const Run& run() const noexcept { return spikes_->runs_[run_]; }
        void skip() noexcept { ++run_; }
        /// Writes the indices of the run, turns to the next one, and returns the end of what is written.
        std::int32_t* read(std::int32_t* out) noexcept;

      private:
        const PackedSpikes* spikes_;
        std::size_t run_ = 0, block_ = 0, at_ = 0;
    };

  private:
    static constexpr std::size_t small_block = std::size_t{1} << 11, large_block = std::size_t{1} << 22;
    /// Blocks never move, so that many spikes need no second copy to make room. A run lies in one of them.
    struct Block {
        Bytes bytes;
        std::size_t room = 0, used = 0;
    };
    /// Room for as many bytes, side by side.
    std::uint8_t* make_room(std::size_t bytes);

    std::vector<Run> runs_;
    std::vector<Block> blocks_;
};

/// Spikes of one population since the last `take`, of all neurons or of chosen ones, each thread's apart.
class SpikeRecorder {
  public:
    explicit SpikeRecorder(std::size_t threads) : records_(threads) {}
    /// Records chosen neurons alone, of n.
    SpikeRecorder(std::size_t threads, const std::vector<std::uint32_t>& chosen, std::size_t n);

    void record(std::size_t thread, std::int64_t step, Span<const std::uint32_t> spikes);

    /// Spikes by step, then by index.
    struct Spikes {
        std::vector<std::int64_t> steps;    ///< at which there were any
        std::vector<std::uint32_t> counts;  ///< how many each time
        std::size_t size = 0;               ///< how many there are
        std::vector<PackedSpikes> threads;

        /// Writes the index of each.
        void unpack(std::int32_t* out) const;
    };
    /// Hands over what was recorded, and forgets it.
    Spikes take();

  private:
    /// Cache lines apart, since every thread writes its own at every step.
    struct alignas(64) Record {
        PackedSpikes spikes;
        std::vector<std::uint32_t> chosen;  ///< spikes of chosen neurons at the step at hand
    };
    std::vector<Record> records_;
    std::vector<bool> chosen_;  ///< by neuron; empty where all are
};

}  // namespace rheobase
