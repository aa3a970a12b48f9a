#pragma once

#include <cstddef>
#include <utility>

#include "rheobase/models/parameter.hpp"

// Tables put together when the library is compiled, for models that extend another model's parameters and state.

namespace rheobase {

template <class Entry, std::size_t n>
struct Table {
    Entry entries[n];

    constexpr const Entry* begin() const noexcept { return entries; }
    constexpr const Entry* end() const noexcept { return entries + n; }
    constexpr std::size_t size() const noexcept { return n; }
    constexpr const Entry& operator[](std::size_t i) const noexcept { return entries[i]; }
};

/// An entry of a base's table as one of the table of what derives from it.
template <class Parameters, class Base>
constexpr Parameter<Parameters> derived(const Parameter<Base>& e) {
    return {e.member, e.name, e.unit, e.standard, e.bounds, e.doc};
}
template <class State, class Base>
constexpr Variable<State> derived(const Variable<Base>& e) {
    return {e.member, e.name, e.unit, e.doc};
}

template <template <class> class Entry, class Derived, class Base, std::size_t n, std::size_t m, std::size_t... i,
          std::size_t... j>
constexpr Table<Entry<Derived>, n + m> joined(const Entry<Base> (&first)[n], const Entry<Derived> (&second)[m],
                                              std::index_sequence<i...>, std::index_sequence<j...>) {
    return {{derived<Derived>(first[i])..., second[j]...}};
}

/// The base's entries, then those that its extension adds.
template <template <class> class Entry, class Base, class Derived, std::size_t n, std::size_t m>
constexpr auto joined(const Entry<Base> (&first)[n], const Entry<Derived> (&second)[m]) {
    return joined<Entry, Derived, Base>(first, second, std::make_index_sequence<n>{}, std::make_index_sequence<m>{});
}

template <std::size_t n, std::size_t m, std::size_t... i, std::size_t... j>
constexpr Table<char, n + m - 1> joined(const char (&first)[n], const char (&second)[m], std::index_sequence<i...>,
                                        std::index_sequence<j...>) {
    return {{first[i]..., second[j]...}};
}

/// Two texts, one after the other.
template <std::size_t n, std::size_t m>
constexpr auto joined(const char (&first)[n], const char (&second)[m]) {
    return joined(first, second, std::make_index_sequence<n - 1>{}, std::make_index_sequence<m>{});
}

}  // namespace rheobase
