#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/loops/row_format.hpp"
#include "rheobase/wiring/row_memory.hpp"

namespace rheobase {

/// All synapses from one population to the neurons of one tile, a row for each pre neuron.
struct FanOut {
    static constexpr std::size_t rows_per_chunk = 64;

    std::uint32_t pre = 0;
    std::int64_t since = 0;                   ///< spikes found before this step do not enter
    bool delta = false;                       ///< arrivals move V within the step itself
    std::vector<Bin> bins;                    ///< ascending in delay
    std::vector<const std::uint8_t*> chunks;  ///< the rows, rows_per_chunk in one piece
    std::vector<std::uint32_t> start;         ///< where in its chunk a row begins; rows_per_chunk + 1 per chunk
    std::vector<RowMemory> memory;            ///< where the chunks lie, of each thread that made some

    std::uint32_t* starts(std::size_t chunk) noexcept { return start.data() + chunk * (rows_per_chunk + 1); }

    Row row(std::size_t r) const noexcept {
        const std::size_t chunk = r / rows_per_chunk;
        const std::uint32_t* first = start.data() + chunk * (rows_per_chunk + 1) + r % rows_per_chunk;
        return {chunks[chunk] + first[0], chunks[chunk] + first[1]};
    }

    std::uint16_t delay(const Place& place) const noexcept { return bins[place.bin].delay; }
    Segment take(Place& place) const noexcept { return take_segment(place, bins.data()); }
    std::size_t max_delay() const noexcept { return bins.empty() ? 1 : bins.back().delay; }

    std::size_t bytes() const noexcept {
        std::size_t total = start.size() * sizeof(std::uint32_t);
        for (std::size_t end = rows_per_chunk; end < start.size(); end += rows_per_chunk + 1) total += start[end];
        return total;
    }
};

}  // namespace rheobase
