#include "rheobase/wiring/row_writer.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>

namespace rheobase {

void RowWriter::write(std::vector<std::uint8_t>& bytes) {
    if (synapses_.empty()) return;
    sort_by_bin();
    std::size_t begin = 0, link = bytes.size();
    bytes.resize(link + sizeof(SegmentHeader::next_bin));
    for (std::size_t b = 0; b < bins_.size(); ++b) {
        const std::size_t end = ends_[b];
        while (begin < end) {
            const std::size_t count = std::min(end - begin, FanOut::longest_segment);
            const auto number = static_cast<std::uint16_t>(b);
            std::memcpy(bytes.data() + link, &number, sizeof number);
            link = bytes.size() + offsetof(SegmentHeader, next_bin);
            write_segment(bins_[b], begin, count, bytes);
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
    targets_.resize(synapses_.size());
    weights_.resize(synapses_.size());
    for (const Waiting& s : synapses_) {
        const std::uint32_t place = ends_[s.bin]++;
        targets_[place] = s.target;
        weights_[place] = s.weight;
    }
}

void RowWriter::write_segment(const Bin& bin, std::size_t first, std::size_t count,
                              std::vector<std::uint8_t>& bytes) const {
    const SegmentHeader header{static_cast<std::uint16_t>(count), 0};
    const std::size_t at = bytes.size(), targets = count * sizeof(std::uint16_t);
    bytes.resize(at + sizeof header + count * bin.width());
    std::uint8_t* out = bytes.data() + at;
    std::memcpy(out, &header, sizeof header);
    std::memcpy(out + sizeof header, targets_.data() + first, targets);
    out += sizeof header + targets;
    if (bin.weights == Weights::single) std::memcpy(out, weights_.data() + first, count * sizeof(float));
    for (std::size_t k = first; bin.weights == Weights::multiples && k < first + count;
         ++k, out += sizeof(std::int16_t)) {
        const auto multiple = static_cast<std::int16_t>(std::lround(weights_[k] / bin.weight));
        std::memcpy(out, &multiple, sizeof multiple);
    }
}

}  // namespace rheobase
