#pragma once

#include <cstddef>
#include <vector>

namespace rheobase {

/// A view of contiguous values owned by somebody else.
template <class T>
class Span {
  public:
    constexpr Span() noexcept = default;
    constexpr Span(T* data, std::size_t size) noexcept : data_(data), size_(size) {}
    template <class U>
    Span(std::vector<U>& values) noexcept : data_(values.data()), size_(values.size()) {}
    template <class U>
    Span(const std::vector<U>& values) noexcept : data_(values.data()), size_(values.size()) {}
    template <class U, std::size_t N>
    constexpr Span(U (&values)[N]) noexcept : data_(values), size_(N) {}

    constexpr T& operator[](std::size_t i) const noexcept { return data_[i]; }
    constexpr T* begin() const noexcept { return data_; }
    constexpr T* end() const noexcept { return data_ + size_; }
    constexpr T* data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr bool empty() const noexcept { return size_ == 0; }

  private:
    T* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace rheobase
