#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include "rheobase/base/errors.hpp"

namespace rheobase {

/// Named arrays that a simulation is saved to or restored from. Every object lists its state once, in a function that
/// takes an archive; the archive's direction says whether values go in or come out.
class Archive {
  public:
    using Entries = std::map<std::string, std::string>;

    Archive() = default;
    explicit Archive(Entries entries) : entries_(std::move(entries)), loading_(true) {}

    bool loading() const noexcept { return loading_; }
    const Entries& entries() const noexcept { return entries_; }

    /// An array whose length may change.
    template <class T, class Memory>
    void values(const std::string& name, std::vector<T, Memory>& values) {
        static_assert(std::is_trivially_copyable_v<T>);
        if (!loading_) {
            entries_[name].assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
            return;
        }
        const std::string& bytes = find(name);
        if (bytes.size() % sizeof(T) != 0) throw InvalidArgument("saved state '" + name + "' has a wrong size");
        values.resize(bytes.size() / sizeof(T));
        if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    }

    /// An array whose length the network fixes.
    template <class T, class Memory>
    void state(const std::string& name, std::vector<T, Memory>& values_) {
        const std::size_t size = values_.size();
        values(name, values_);
        if (values_.size() != size) throw InvalidArgument("saved state '" + name + "' does not fit this network");
    }

    template <class T>
    void number(const std::string& name, T& value) {
        std::vector<T> one{value};
        state(name, one);
        value = one[0];
    }

  private:
    const std::string& find(const std::string& name) const {
        const auto entry = entries_.find(name);
        if (entry == entries_.end()) throw InvalidArgument("saved state lacks '" + name + "'");
        return entry->second;
    }

    Entries entries_;
    bool loading_ = false;
};

}  // namespace rheobase
