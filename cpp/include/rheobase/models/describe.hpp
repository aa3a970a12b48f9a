#pragma once

#include <string>
#include <vector>

#include "rheobase/base/errors.hpp"
#include "rheobase/models/registry.hpp"

namespace rheobase {

template <class Table>
std::vector<ParameterInfo> describe_parameters(const Table& table) {
    std::vector<ParameterInfo> infos;
    for (const auto& p : table) infos.push_back({p.name, p.unit, p.standard, p.bounds, p.doc});
    return infos;
}

/// The item of that name, or an error that lists what there is.
template <class Items>
const auto& named(const Items& items, const std::string& name, const char* what) {
    std::string known;
    for (const auto& item : items) {
        if (item.name == name) return item;
        known += (known.empty() ? "" : ", ") + item.name;
    }
    throw InvalidArgument(std::string(what) + " must be one of " + known + ", got '" + name + "'");
}

}  // namespace rheobase
