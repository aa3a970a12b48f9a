#include "rheobase/wiring/selection.hpp"

#include <algorithm>
#include <numeric>

#include "rheobase/base/errors.hpp"

namespace rheobase {

Selection::Selection(std::vector<std::uint32_t> neurons) : neurons_(std::move(neurons)), ascending_(neurons_) {
    if (!std::is_sorted(neurons_.begin(), neurons_.end())) {
        member_.resize(neurons_.size());
        std::iota(member_.begin(), member_.end(), 0u);
        std::sort(member_.begin(), member_.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return neurons_[a] < neurons_[b]; });
        std::sort(ascending_.begin(), ascending_.end());
    }
    require(std::adjacent_find(ascending_.begin(), ascending_.end()) == ascending_.end(),
            "neurons of a selection must be distinct");
}

std::size_t Selection::count_below(std::size_t neuron) const noexcept {
    return static_cast<std::size_t>(std::lower_bound(ascending_.begin(), ascending_.end(), neuron) -
                                    ascending_.begin());
}

std::uint32_t Selection::member(std::uint32_t neuron) const noexcept {
    if (all()) return neuron;
    const std::size_t k = count_below(neuron);
    if (k == ascending_.size() || ascending_[k] != neuron) return absent;
    return sorted_member(k);
}

bool Selection::overlaps(const Selection& other) const noexcept {
    if (all() || other.all()) return true;
    if (ascending_.back() < other.ascending_.front() || other.ascending_.back() < ascending_.front()) return false;
    std::size_t a = count_below(other.ascending_.front()), b = other.count_below(ascending_.front());
    while (a < ascending_.size() && b < other.ascending_.size()) {
        if (ascending_[a] == other.ascending_[b]) return true;
        ascending_[a] < other.ascending_[b] ? ++a : ++b;
    }
    return false;
}

std::vector<std::pair<std::size_t, std::size_t>> Selection::runs() const {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (const std::size_t i : ascending_) {
        if (found.empty() || found.back().second != i) found.emplace_back(i, i);
        ++found.back().second;
    }
    return found;
}

void Selection::to_neurons(std::vector<std::uint32_t>& members) const {
    if (all()) return;
    for (std::uint32_t& m : members) m = neurons_[m];
    if (!ascending()) std::sort(members.begin(), members.end());
}

}  // namespace rheobase
