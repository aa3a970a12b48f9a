#include "rheobase/simulation/gathered_lists.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

namespace rheobase {

namespace {

template <class T>
void grow(T*& items, std::uint32_t used, std::uint32_t more, std::uint32_t& room) {
    if (used + more <= room) return;
    const std::uint32_t larger = std::max(2 * room, 2 * more);
    std::unique_ptr<T[]> grown(new T[larger]);
    std::copy_n(items, used, grown.get());
    delete[] std::exchange(items, grown.release());
    room = larger;
}

}  // namespace

GatheredLists::~GatheredLists() {
    for (const GatheredSynapses& list : lists_) {
        delete[] list.slots;
        delete[] list.segments;
    }
}

void GatheredLists::begin(std::size_t count) {
    if (lists_.size() < count) lists_.resize(count);
    for (GatheredSynapses& list : lists_) list.slot_count = list.segment_count = 0, list.events = 0;
}

void GatheredLists::make_room(GatheredSynapses& list) {
    grow(list.slots, list.slot_count, short_segment, list.slot_room);
    grow(list.segments, list.segment_count, 1, list.segment_room);
}

}  // namespace rheobase
