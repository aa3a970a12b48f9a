#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "rheobase/base/bytes.hpp"
#include "rheobase/loops/row_format.hpp"
#include "rheobase/wiring/row_memory.hpp"

namespace rheobase {

/// Rows in chunks, which copies of a network share.
struct StoredRows {
    static constexpr std::size_t per_chunk = 64;

    std::vector<const std::uint8_t*> chunks;  ///< the rows, per_chunk in one piece
    /// Where in its chunk a row begins; per_chunk + 1 per chunk. Spikes look up what lies anywhere.
    std::vector<std::uint32_t, LargePageAllocator<std::uint32_t>> start;
    std::vector<RowMemory> memory;  ///< where the chunks lie, of each thread that made some

    std::uint32_t* starts(std::size_t chunk) noexcept { return start.data() + chunk * (per_chunk + 1); }

    Row row(std::size_t r) const noexcept {
        const std::size_t chunk = r / per_chunk;
        const std::uint32_t* first = start.data() + chunk * (per_chunk + 1) + r % per_chunk;
        return {chunks[chunk] + first[0], chunks[chunk] + first[1]};
    }

    /// Asks for what `row` will read.
    void prefetch(std::size_t r) const noexcept {
        const std::size_t chunk = r / per_chunk;
        __builtin_prefetch(chunks.data() + chunk);
        __builtin_prefetch(start.data() + chunk * (per_chunk + 1) + r % per_chunk);
    }

    std::size_t bytes() const noexcept {
        std::size_t total = start.size() * sizeof(std::uint32_t);
        for (std::size_t end = per_chunk; end < start.size(); end += per_chunk + 1) total += start[end];
        return total;
    }
};

/// All synapses from one population to the neurons of one tile, a row for each pre neuron.
struct FanOut {
    std::uint32_t pre = 0;
    std::int64_t since = 0;  ///< spikes found before this step do not enter
    bool delta = false;      ///< arrivals move V within the step itself
    std::vector<Bin> bins;   ///< ascending in delay
    std::shared_ptr<StoredRows> rows = std::make_shared<StoredRows>();

    Row row(std::size_t r) const noexcept { return rows->row(r); }

    std::uint16_t delay(const Place& place) const noexcept { return bins[place.bin].delay; }
    Segment take(Place& place) const noexcept { return take_segment(place, bins.data()); }
    std::size_t max_delay() const noexcept { return bins.empty() ? 1 : bins.back().delay; }
};

}  // namespace rheobase
