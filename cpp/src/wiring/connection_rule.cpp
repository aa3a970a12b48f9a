#include "rheobase/wiring/connection_rule.hpp"

#include <numeric>

namespace rheobase {

std::uint64_t ConnectionRule::count(std::size_t n_pre, std::size_t n_post) const noexcept {
    if (kind == Kind::listed) return list.size();
    if (degrees.size() == 1) return std::uint64_t{kind == Kind::in_degrees ? n_post : n_pre} * degrees[0];
    return std::accumulate(degrees.begin(), degrees.end(), std::uint64_t{0});
}

}  // namespace rheobase
