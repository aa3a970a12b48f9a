#include <map>
#include <vector>

#include "check.hpp"
#include "rheobase/loops/loops.hpp"
#include "rheobase/loops/row_format.hpp"
#include "rheobase/wiring/row_writer.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

struct Written {
    std::uint32_t bin;
    std::uint16_t slot;
    float weight;
};

/// Bins of every way to keep weights; two share a delay.
const std::vector<Bin> bins{{1, 0, Weights::same, 1.5f},
                            {3, 0, Weights::bits_32, 0.0f},
                            {3, 0, Weights::bits_16, 0.25f},
                            {7, 1, Weights::same, -2.0f},
                            {65535, 0, Weights::bits_32, 0.0f}};

/// Pseudo-random synapses, whose weights are such as their bin can hold.
std::vector<Written> make_synapses(std::size_t n, std::uint32_t first_bin, std::uint32_t last_bin) {
    std::vector<Written> synapses;
    std::uint32_t state = 12345;
    const auto next = [&] { return (state = state * 1664525u + 1013904223u) >> 8; };
    for (std::size_t k = 0; k < n; ++k) {
        const std::uint32_t bin = first_bin + next() % (last_bin - first_bin + 1);
        const auto slot = static_cast<std::uint16_t>(next());
        const int whole = static_cast<int>(next() % 65535) - 32767;
        const float weight = bins[bin].weights == Weights::same      ? bins[bin].weight
                             : bins[bin].weights == Weights::bits_32 ? 0.1f * static_cast<float>(whole)
                                                                     : 0.25f * static_cast<float>(whole);
        synapses.push_back({bin, slot, weight});
    }
    return synapses;
}

std::vector<std::uint8_t> write(const std::vector<Written>& synapses) {
    RowWriter writer(bins);
    for (const Written& s : synapses) {
        const RowWriter::Room room = writer.add(1);
        *room.bins = static_cast<std::uint16_t>(s.bin);
        *room.slots = s.slot;
        *room.weights = s.weight;
    }
    std::vector<std::uint8_t> bytes(writer.find_size());
    writer.write(bytes.data());
    return bytes;
}

/// What was written must come back: by bin, within a bin in the order of arrival.
void rows_come_back_as_they_were_written() {
    for (const std::size_t n : {1, 2, 17, 1000}) {
        const std::vector<Written> synapses = make_synapses(n, 0, 4);
        const std::vector<std::uint8_t> bytes = write(synapses);
        std::map<std::uint32_t, std::vector<Written>> by_bin;
        for (const Written& s : synapses) by_bin[s.bin].push_back(s);
        std::size_t size = first_segment_offset;
        for (const auto& [bin, all] : by_bin) size += segment_size(bins[bin].weights, all.size());
        check(bytes.size() == size, "a row has no byte too many");

        const Row row{bytes.data(), bytes.data() + bytes.size()};
        Place place = first_place(row);
        for (const auto& [bin, all] : by_bin) {
            check(place.bin == bin, "segments ascend in bin");
            const Segment segment = take_segment(place, bins.data());
            check(segment.count == all.size() && segment.weights == bins[bin].weights, "all synapses of the bin");
            for (std::size_t k = 0; k < all.size(); ++k) {
                check(slot_at(segment.data, k) == all[k].slot, "the slot");
                check(weight_at(segment, k) == all[k].weight, "the weight");
            }
        }
        check(place.at == row.end, "segments fill their row");
    }
}

/// The loop of delivery reads the same bytes as `weight_at` does.
void delivery_reads_what_was_written() {
    const std::vector<Written> synapses = make_synapses(3000, 0, 4);
    const std::vector<std::uint8_t> bytes = write(synapses);
    std::vector<double> wanted(65536, 0.0), slots(65536, 0.0);
    std::vector<Segment> segments;
    const Row row{bytes.data(), bytes.data() + bytes.size()};
    for (Place place = first_place(row); place.at != row.end;) {
        const Bin& bin = bins[place.bin];
        const Segment s = take_segment(place, bins.data());
        segments.push_back(s);
        for (std::size_t k = 0; k < s.count; ++k)
            wanted[slot_at(s.data, k)] += bin.weights == Weights::bits_16
                                              ? static_cast<double>(bin.weight) * multiple_at(weights_of(s), k)
                                              : static_cast<double>(weight_at(s, k));
    }
    loops().deliver(slots.data(), segments.data(), segments.size());
    check(slots == wanted, "every slot has the sum of its weights");
}

void long_bins_become_several_segments() {
    const std::size_t n = 2 * max_segment + 5;
    const std::vector<Written> synapses = make_synapses(n, 1, 1);
    const std::vector<std::uint8_t> bytes = write(synapses);
    const Row row{bytes.data(), bytes.data() + bytes.size()};
    std::size_t k = 0, segments = 0;
    for (Place place = first_place(row); place.at != row.end; ++segments) {
        const Segment s = take_segment(place, bins.data());
        for (std::size_t i = 0; i < s.count; ++i, ++k)
            check(slot_at(s.data, i) == synapses[k].slot && weight_at(s, i) == synapses[k].weight, "in order");
    }
    check(k == n && segments == 3, "as few segments as can count them");
}

void empty_rows_have_no_byte() { check(write({}).empty(), "nothing is written"); }

}  // namespace

int main() {
    rows_come_back_as_they_were_written();
    delivery_reads_what_was_written();
    long_bins_become_several_segments();
    empty_rows_have_no_byte();
    return failures;
}
