#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace rheobase {

constexpr std::size_t large_page = std::size_t{1} << 21;

#ifdef __linux__
/// Pages of the system's own, which go back to it when they are freed: `malloc` may keep what it is given back.
inline void* map_large_pages(std::size_t size) {
    const std::size_t room = size + large_page;
    void* const mapped = mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    auto* const begin = static_cast<std::uint8_t*>(mapped);
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(begin) % large_page;
    if (before > 0) munmap(begin, before);
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t used = before + (size + page - 1) / page * page;
    if (used < room) munmap(begin + used, room - used);
    madvise(begin + before, size / large_page * large_page, MADV_HUGEPAGE);
    return begin + before;
}
#endif

/// Memory of this size. Where the system has large pages, what fills them whole lies in such, so that a jump to
/// somewhere within gigabytes seldom waits for its address to be translated.
inline void* allocate_in_large_pages(std::size_t size) {
    if (size < large_page) return ::operator new(size ? size : 1);
#ifdef __linux__
    return map_large_pages(size);
#else
    return ::operator new(size, std::align_val_t{large_page});
#endif
}

inline void free_large_pages(void* memory, std::size_t size) noexcept {
    if (size < large_page) return ::operator delete(memory);
#ifdef __linux__
    munmap(memory, size);
#else
    ::operator delete(memory, std::align_val_t{large_page});
#endif
}

/// Vectors in large pages.
template <class T>
struct LargePageAllocator {
    using value_type = T;

    LargePageAllocator() = default;
    template <class U>
    LargePageAllocator(const LargePageAllocator<U>&) noexcept {}

    T* allocate(std::size_t n) { return static_cast<T*>(allocate_in_large_pages(n * sizeof(T))); }
    void deallocate(T* p, std::size_t n) noexcept { free_large_pages(p, n * sizeof(T)); }

    friend bool operator==(const LargePageAllocator&, const LargePageAllocator&) noexcept { return true; }
    friend bool operator!=(const LargePageAllocator&, const LargePageAllocator&) noexcept { return false; }
};

/// Bytes that are not set to zero when allocated: gigabytes that construction overwrites anyway.
class Bytes {
  public:
    Bytes() = default;
    explicit Bytes(std::size_t size) : data_(static_cast<std::uint8_t*>(allocate_in_large_pages(size)), Free{size}) {}
    std::uint8_t* data() noexcept { return data_.get(); }
    const std::uint8_t* data() const noexcept { return data_.get(); }

  private:
    struct Free {
        std::size_t size;
        void operator()(std::uint8_t* p) const noexcept { free_large_pages(p, size); }
    };
    std::unique_ptr<std::uint8_t, Free> data_{nullptr, Free{0}};
};

}  // namespace rheobase
