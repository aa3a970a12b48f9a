#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "rheobase/base/block.hpp"
#include "rheobase/network/injected_current.hpp"
#include "rheobase/wiring/selection.hpp"

namespace rheobase {

/// A current that reaches chosen neurons alone. To the current itself they are all there are, in ascending order.
class SelectedCurrent final : public InjectedCurrent {
  public:
    SelectedCurrent(std::unique_ptr<InjectedCurrent> current, Selection neurons)
        : current_(std::move(current)), neurons_(std::move(neurons)) {}

    void add(const StepContext& step, std::size_t begin, std::size_t end, double* I) override {
        const std::size_t first = neurons_.count_below(begin), last = neurons_.count_below(end);
        if (first == last) return;
        double chosen[block_size];
        std::fill_n(chosen, last - first, 0.0);
        current_->add(step, first, last, chosen);
        for (std::size_t k = first; k < last; ++k) I[neurons_.sorted(k) - begin] += chosen[k - first];
    }

    void take_over(const InjectedCurrent& other) override {
        const auto* selected = dynamic_cast<const SelectedCurrent*>(&other);
        if (selected != nullptr) current_->take_over(*selected->current_);
    }
    void begin(std::int64_t step) override { current_->begin(step); }
    void archive(Archive& archive, const std::string& name) override { current_->archive(archive, name); }

  private:
    std::unique_ptr<InjectedCurrent> current_;
    Selection neurons_;
};

}  // namespace rheobase
