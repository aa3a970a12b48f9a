#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace rheobase {

constexpr std::size_t large_page = std::size_t{1} << 21;

/// Memory of this size. Where the system has large pages, what fills them whole lies in such, so that a jump to
/// somewhere within gigabytes seldom waits for its address to be translated.
inline void* allocate_in_large_pages(std::size_t size) {
    if (size < large_page) return ::operator new(size ? size : 1);
    void* const memory = ::operator new(size, std::align_val_t{large_page});
#ifdef __linux__
    madvise(memory, size / large_page * large_page, MADV_HUGEPAGE);
#endif
    return memory;
}

inline void free_large_pages(void* memory, std::size_t size) noexcept {
    if (size < large_page)
        ::operator delete(memory);
    else
        ::operator delete(memory, std::align_val_t{large_page});
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
