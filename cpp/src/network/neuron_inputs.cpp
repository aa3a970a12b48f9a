#include "rheobase/network/neuron_inputs.hpp"

#include <algorithm>
#include <utility>

#include "rheobase/base/block.hpp"
#include "rheobase/base/errors.hpp"

namespace rheobase {

void NeuronInputs::set_current(std::vector<double> I_x) {
    require(I_x.size() == 1 || I_x.size() == size_, "I_x must have one value or one per neuron");
    I_x_ = std::move(I_x);
}

void NeuronInputs::inject(std::unique_ptr<InjectedCurrent> current, std::size_t place) {
    if (place >= injected_.size()) {
        injected_.push_back(std::move(current));
        return;
    }
    current->take_over(*injected_[place]);
    injected_[place] = std::move(current);
}

void NeuronInputs::remove_injected(std::size_t place) {
    require(place < injected_.size(), "there must be such a current");
    injected_.erase(injected_.begin() + static_cast<std::ptrdiff_t>(place));
}

void NeuronInputs::impose(std::size_t variable, TimeSeries series, std::size_t place) {
    require(series.width() == 1 || series.width() == size_, "a series must have one value or one per neuron");
    std::vector<TimeSeries>& all = imposed_[variable];
    if (place < all.size())
        all[place] = std::move(series);
    else
        all.push_back(std::move(series));
}

void NeuronInputs::remove_imposed(std::size_t variable, std::size_t place) {
    const auto all = imposed_.find(variable);
    require(all != imposed_.end() && place < all->second.size(), "there must be such a series");
    all->second.erase(all->second.begin() + static_cast<std::ptrdiff_t>(place));
    if (all->second.empty()) imposed_.erase(all);
}

void NeuronInputs::begin(std::int64_t step) {
    if (same_I_x()) same_I_x_.assign(block_size, I_x_[0]);
    for (auto& current : injected_) current->begin(step);
}

const double* NeuronInputs::current(const StepContext& step, std::size_t first, std::size_t n, double* I) const {
    const double* steady = steady_current(first);
    if (injected_.empty()) return steady;
    std::copy_n(steady, n, I);
    for (const auto& injected : injected_) injected->add(step, first, first + n, I);
    return I;
}

void NeuronInputs::impose(std::vector<Aligned<double>>& state, std::int64_t step, std::size_t first,
                          std::size_t n) const {
    for (const auto& [variable, all_series] : imposed_) {
        double* values = state[variable].data() + first;
        std::fill_n(values, n, 0.0);
        for (const TimeSeries& series : all_series) series.add(step, first, first + n, values);
    }
}

void NeuronInputs::archive(Archive& archive, const std::string& name) {
    archive.values(name + ".I_x", I_x_);
    for (std::size_t k = 0; k < injected_.size(); ++k)
        injected_[k]->archive(archive, name + ".input" + std::to_string(k));
}

}  // namespace rheobase
