#include "rheobase/wiring/row_writer.hpp"

#include <algorithm>

namespace rheobase {

void RowWriter::write(std::vector<std::uint8_t>& bytes) {
    if (synapses_.empty()) return;
    sort_by_bin();
    std::size_t begin = 0, link = bytes.size() + first_bin_offset;
    bytes.resize(bytes.size() + first_segment_offset);
    for (std::size_t b = 0; b < bins_.size(); ++b) {
        const std::size_t end = ends_[b];
        while (begin < end) {
            const std::size_t count = std::min(end - begin, max_segment), at = bytes.size();
            put_bin(bytes.data() + link, b);
            bytes.resize(at + segment_size(bins_[b].weights, count));
            put_segment(bytes.data() + at, bins_[b], count, slots_.data() + begin, weights_.data() + begin);
            link = at + next_bin_offset;
            begin += count;
        }
    }
    synapses_.clear();
}

/// Counting sort; within a bin the order of arrival stays.
void RowWriter::sort_by_bin() {
    std::fill(ends_.begin(), ends_.end(), 0);
    for (const Waiting& s : synapses_) ++ends_[s.bin + 1];
    for (std::size_t b = 1; b < ends_.size(); ++b) ends_[b] += ends_[b - 1];
    slots_.resize(synapses_.size());
    weights_.resize(synapses_.size());
    for (const Waiting& s : synapses_) {
        const std::uint32_t place = ends_[s.bin]++;
        slots_[place] = s.slot;
        weights_[place] = s.weight;
    }
}

}  // namespace rheobase
