#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace rheobase {

/// Memory that begins with a cache line, so that no vector of a loop over it lies across two.
template <class T>
struct CacheLineAllocator {
    using value_type = T;
    static constexpr std::align_val_t line{64};

    CacheLineAllocator() = default;
    template <class U>
    CacheLineAllocator(const CacheLineAllocator<U>&) noexcept {}

    T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), line)); }
    void deallocate(T* p, std::size_t) noexcept { ::operator delete(p, line); }

    friend bool operator==(const CacheLineAllocator&, const CacheLineAllocator&) noexcept { return true; }
    friend bool operator!=(const CacheLineAllocator&, const CacheLineAllocator&) noexcept { return false; }
};

/// A value for each of many neurons or input slots.
template <class T>
using Aligned = std::vector<T, CacheLineAllocator<T>>;

}  // namespace rheobase
