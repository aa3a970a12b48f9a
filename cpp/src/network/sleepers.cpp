#include "rheobase/network/sleepers.hpp"

#include <algorithm>
#include <cstring>

namespace rheobase {

namespace {

/// Of eight bytes that are 0 or 1, the first that is not 0.
std::size_t lowest_byte(std::uint64_t eight) noexcept { return static_cast<std::size_t>(__builtin_ctzll(eight)) / 8; }

}  // namespace

void Sleepers::wake(std::size_t begin, std::size_t end) noexcept {
    std::fill(awake_.begin() + static_cast<std::ptrdiff_t>(begin), awake_.begin() + static_cast<std::ptrdiff_t>(end),
              std::uint8_t{1});
}

std::vector<std::uint32_t> Sleepers::list_awake(std::size_t begin, std::size_t end) noexcept {
    std::vector<std::uint32_t> awake;
    awake.reserve(end - begin);
    const auto add = [&](std::size_t neuron) {
        places_[neuron] = static_cast<std::uint32_t>(awake.size());
        awake.push_back(static_cast<std::uint32_t>(neuron - begin));
    };
    std::size_t neuron = begin;
    for (std::uint64_t eight; neuron + sizeof eight <= end; neuron += sizeof eight) {
        std::memcpy(&eight, awake_.data() + neuron, sizeof eight);
        for (; eight != 0; eight &= eight - 1) add(neuron + lowest_byte(eight));
    }
    for (; neuron < end; ++neuron)
        if (awake_[neuron] != 0) add(neuron);
    return awake;
}

}  // namespace rheobase
