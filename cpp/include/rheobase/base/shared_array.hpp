#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

#include "rheobase/base/bytes.hpp"

namespace rheobase {

/// Values in large pages that nothing sets when they are allocated, and that copies of the array share.
template <class T>
class SharedArray {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

  public:
    SharedArray() = default;
    explicit SharedArray(std::size_t size) : bytes_(std::make_shared<Bytes>(size * sizeof(T))), size_(size) {}

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    T* begin() const noexcept { return size_ == 0 ? nullptr : reinterpret_cast<T*>(bytes_->data()); }
    T* end() const noexcept { return begin() + size_; }
    T& operator[](std::size_t i) const noexcept { return begin()[i]; }

  private:
    std::shared_ptr<Bytes> bytes_;
    std::size_t size_ = 0;
};

}  // namespace rheobase
