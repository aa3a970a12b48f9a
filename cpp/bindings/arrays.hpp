#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <vector>

#include "rheobase/base/span.hpp"

namespace rheobase {

/// An array that takes over the memory of a vector.
template <class T, class Allocator>
pybind11::array_t<T> to_array(std::vector<T, Allocator>&& values, std::vector<pybind11::ssize_t> shape) {
    using Values = std::vector<T, Allocator>;
    auto owner = std::make_unique<Values>(std::move(values));
    T* data = owner->data();
    pybind11::capsule keep(owner.get(), [](void* p) { delete static_cast<Values*>(p); });
    static_cast<void>(owner.release());
    return pybind11::array_t<T>(std::move(shape), data, keep);
}

template <class T, class Allocator>
pybind11::array_t<T> to_array(std::vector<T, Allocator>&& values) {
    const auto n = static_cast<pybind11::ssize_t>(values.size());
    return to_array(std::move(values), {n});
}

template <class T>
using Contiguous = pybind11::array_t<T, pybind11::array::c_style | pybind11::array::forcecast>;

/// A view of an array, valid as long as the array is.
template <class T>
Span<const T> to_span(const Contiguous<T>& values) {
    return {values.data(), static_cast<std::size_t>(values.size())};
}

template <class T>
std::vector<T> to_vector(const Contiguous<T>& values) {
    return std::vector<T>(values.data(), values.data() + values.size());
}

}  // namespace rheobase
