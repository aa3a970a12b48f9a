#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace rheobase {

/// Bytes that are not set to zero when allocated: gigabytes that construction overwrites anyway. Where the system has
/// large pages, what fills them whole lies in such, so that a jump to somewhere within gigabytes seldom waits for its
/// address to be translated.
class Bytes {
  public:
    Bytes() = default;
    explicit Bytes(std::size_t size) {
        const Alignment alignment{size < large_page ? __STDCPP_DEFAULT_NEW_ALIGNMENT__ : large_page};
        data_ = {static_cast<std::uint8_t*>(::operator new(size ? size : 1, alignment)), Free{alignment}};
#ifdef __linux__
        if (size >= large_page) madvise(data_.get(), size / large_page * large_page, MADV_HUGEPAGE);
#endif
    }
    std::uint8_t* data() noexcept { return data_.get(); }
    const std::uint8_t* data() const noexcept { return data_.get(); }

  private:
    using Alignment = std::align_val_t;
    static constexpr std::size_t large_page = std::size_t{1} << 21;
    struct Free {
        Alignment alignment;
        void operator()(std::uint8_t* p) const noexcept { ::operator delete(p, alignment); }
    };
    std::unique_ptr<std::uint8_t, Free> data_{nullptr, Free{}};
};

}  // namespace rheobase
