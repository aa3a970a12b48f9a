#include "rheobase/wiring/row_writer.hpp"

#include <algorithm>

namespace rheobase {

RowWriter::Room RowWriter::add(std::size_t n) {
    const std::size_t first = size_;
    size_ += n;
    if (size_ > waiting_bins_.size()) {
        const std::size_t room = 2 * size_;
        waiting_bins_.resize(room);
        waiting_slots_.resize(room);
        waiting_weights_.resize(room);
        slots_.resize(room);
        weights_.resize(room);
    }
    return {waiting_bins_.data() + first, waiting_slots_.data() + first, waiting_weights_.data() + first};
}

std::size_t RowWriter::find_size() {
    if (size_ == 0) return 0;
    std::fill(ends_.begin(), ends_.end(), 0);
    for (std::size_t k = 0; k < size_; ++k) ++ends_[waiting_bins_[k] + 1u];
    std::size_t bytes = first_segment_offset;
    for (std::size_t b = 0; b < bins_.size(); ++b) {
        const std::size_t count = ends_[b + 1], whole = count / max_segment, rest = count % max_segment;
        bytes += whole * segment_size(bins_[b].weights, max_segment);
        if (rest > 0) bytes += segment_size(bins_[b].weights, rest);
        ends_[b + 1] += ends_[b];
    }
    return bytes;
}

void RowWriter::write(std::uint8_t* out) {
    if (size_ == 0) return;
    sort_by_bin();
    std::uint8_t *link = out + first_bin_offset, *at = out + first_segment_offset;
    for (std::size_t b = 0, begin = 0; b < bins_.size(); ++b) {
        const std::size_t end = ends_[b];
        while (begin < end) {
            const std::size_t count = std::min(end - begin, max_segment);
            put_bin(link, b);
            put_segment(at, bins_[b], count, slots_.data() + begin, weights_.data() + begin);
            link = at + next_bin_offset;
            at += segment_size(bins_[b].weights, count);
            begin += count;
        }
    }
    size_ = 0;
}

/// Counting sort; within a bin the order of arrival stays.
void RowWriter::sort_by_bin() {
    for (std::size_t k = 0; k < size_; ++k) {
        const std::uint32_t place = ends_[waiting_bins_[k]]++;
        slots_[place] = waiting_slots_[k];
        weights_[place] = waiting_weights_[k];
    }
}

}  // namespace rheobase
