#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "rheobase/base/bytes.hpp"
#include "rheobase/base/prefetch.hpp"
#include "rheobase/loops/row_format.hpp"
#include "rheobase/wiring/row_memory.hpp"

namespace rheobase {

/// The rows of a population onto a few tiles, in chunks, which copies of a network share. Those of one pre neuron lie
/// side by side, tile after tile, so that a spike which goes from tile to tile stays in few pages and lines of memory.
struct StoredRows {
    static constexpr std::size_t per_chunk = 64;

    StoredRows(std::size_t rows, std::size_t of_tiles)
        : tiles(of_tiles), chunks((rows + per_chunk - 1) / per_chunk), start(chunks.size() * starts_per_chunk(), 0) {}

    const std::size_t tiles;
    std::vector<const std::uint8_t*> chunks;  ///< per_chunk rows onto each tile, in one piece
    /// Where in its chunk a row begins, by pre neuron, then by tile, and where the last ends.
    std::vector<std::uint32_t, LargePageAllocator<std::uint32_t>> start;
    std::vector<RowMemory> memory;  ///< where the chunks lie, of each thread that made some

    std::uint32_t* starts(std::size_t chunk) noexcept { return start.data() + chunk * starts_per_chunk(); }

    Row row(std::size_t r, std::size_t tile) const noexcept {
        const std::size_t chunk = r / per_chunk;
        const std::uint32_t* first = first_start(r, tile);
        return {chunks[chunk] + first[0], chunks[chunk] + first[1]};
    }

    /// Where the rows of a pre neuron onto all tiles begin in their chunk, and where the last ends.
    const std::uint32_t* starts_of(std::size_t r) const noexcept { return first_start(r, 0); }
    const std::uint8_t* chunk_of(std::size_t r) const noexcept { return chunks[r / per_chunk]; }

    /// Asks for what these will read.
    void prefetch_all(std::size_t r) const noexcept {
        constexpr std::size_t per_line = 64 / sizeof *start.data();
        rheobase::prefetch(chunks.data() + r / per_chunk);
        for (std::size_t tile = 0; tile < tiles + per_line; tile += per_line)
            rheobase::prefetch(first_start(r, tile < tiles ? tile : tiles));
    }
    /// Asks for what `row` will read.
    void prefetch(std::size_t r, std::size_t tile) const noexcept {
        rheobase::prefetch(chunks.data() + r / per_chunk);
        rheobase::prefetch(first_start(r, tile));
    }

    std::size_t bytes() const noexcept {
        std::size_t total = start.size() * sizeof(std::uint32_t);
        for (std::size_t end = starts_per_chunk(); end <= start.size(); end += starts_per_chunk())
            total += start[end - 1];
        return total;
    }

  private:
    std::size_t starts_per_chunk() const noexcept { return per_chunk * tiles + 1; }
    const std::uint32_t* first_start(std::size_t r, std::size_t tile) const noexcept {
        return start.data() + r / per_chunk * starts_per_chunk() + r % per_chunk * tiles + tile;
    }
};

/// All synapses from one population to the neurons of one tile, a row for each pre neuron.
struct FanOut {
    std::uint32_t pre = 0;
    std::int64_t since = 0;  ///< spikes found before this step do not enter
    bool delta = false;      ///< arrivals move V within the step itself
    std::vector<Bin> bins;   ///< ascending in delay
    std::shared_ptr<StoredRows> rows;
    std::size_t tile = 0;  ///< its number among those that the rows lead to

    Row row(std::size_t r) const noexcept { return rows->row(r, tile); }
    void prefetch(std::size_t r) const noexcept { rows->prefetch(r, tile); }

    std::uint16_t delay(const Place& place) const noexcept { return bins[place.bin].delay; }
    Segment take(Place& place) const noexcept { return take_segment(place, bins.data()); }
    std::size_t max_delay() const noexcept { return bins.empty() ? 1 : bins.back().delay; }
};

}  // namespace rheobase
