#pragma once

#include <cstddef>
#include <vector>

#include "rheobase/loops/gathered_synapses.hpp"

namespace rheobase {

/// Lists of gathered synapses, with the memory that loops see of each: it grows, and goes with them.
class GatheredLists {
  public:
    GatheredLists() = default;
    GatheredLists(const GatheredLists&) = delete;
    GatheredLists& operator=(const GatheredLists&) = delete;
    ~GatheredLists();

    /// Empties all lists, of which there are then so many at least. They keep their room.
    void begin(std::size_t count);
    GatheredSynapses* at(std::size_t k) noexcept { return lists_.data() + k; }
    const GatheredSynapses& operator[](std::size_t k) const noexcept { return lists_[k]; }
    /// What a loop calls that finds no room for a segment more, of either kind.
    static void make_room(GatheredSynapses& list);

  private:
    std::vector<GatheredSynapses> lists_;
};

}  // namespace rheobase
