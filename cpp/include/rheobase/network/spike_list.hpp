#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "rheobase/base/span.hpp"

namespace rheobase {

/// The spikes of one thread in a step, by index. As many as there is room for lie in the cache line of the list itself,
/// so that others, which read them in the next step, wait for one line instead of two.
class alignas(64) SpikeList {
  public:
    SpikeList() = default;
    SpikeList(const SpikeList& other) { append(other); }
    SpikeList(SpikeList&& other) noexcept { swap(other); }
    SpikeList& operator=(SpikeList other) noexcept {
        swap(other);
        return *this;
    }
    ~SpikeList() = default;

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    const std::uint32_t* data() const noexcept { return size_ > few ? many_.get() : near_; }
    const std::uint32_t* begin() const noexcept { return data(); }
    const std::uint32_t* end() const noexcept { return data() + size_; }
    std::uint32_t operator[](std::size_t k) const noexcept { return data()[k]; }
    std::uint32_t front() const noexcept { return data()[0]; }
    operator Span<const std::uint32_t>() const noexcept { return {data(), size_}; }

    void clear() noexcept { size_ = 0; }
    void push_back(std::uint32_t neuron) { append({&neuron, 1}); }
    void append(Span<const std::uint32_t> neurons) {
        const std::size_t longer = size_ + neurons.size();
        if (longer > few && (size_ <= few || longer > room_)) make_room(longer);
        std::copy(neurons.begin(), neurons.end(), (longer > few ? many_.get() : near_) + size_);
        size_ = static_cast<std::uint32_t>(longer);
    }
    void prepend(Span<const std::uint32_t> neurons) {
        const std::size_t before = size_;
        append(neurons);
        std::uint32_t* const all = size_ > few ? many_.get() : near_;
        std::rotate(all, all + before, all + size_);
    }

  private:
    static constexpr std::uint32_t few = 11;

    /// For more than a few: those that are there are brought to where there is.
    void make_room(std::size_t longer) {
        if (longer <= room_) {
            std::copy_n(near_, size_, many_.get());
            return;
        }
        const std::size_t room = std::max<std::size_t>(longer, 2 * room_);
        auto larger = std::make_unique<std::uint32_t[]>(room);
        std::copy_n(data(), size_, larger.get());
        many_ = std::move(larger);
        room_ = room;
    }

    void swap(SpikeList& other) noexcept {
        many_.swap(other.many_);
        std::swap(size_, other.size_);
        std::swap(room_, other.room_);
        std::swap(near_, other.near_);
    }

    std::unique_ptr<std::uint32_t[]> many_;
    std::size_t room_ = few;  ///< of the many; where there are none, a few
    std::uint32_t size_ = 0;
    std::uint32_t near_[few] = {};
};

}  // namespace rheobase
