#include "rheobase/network/coupling.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "rheobase/base/block.hpp"

namespace rheobase {

Coupling::Coupling(const Projection& projection, std::shared_ptr<const SynapseProgram> program,
                   const std::vector<double>& values, std::uint32_t tag, std::size_t pre_size, double dt)
    : projection_(projection),
      program_(std::move(program)),
      pre_(program_->pre, values, tag, pre_size, dt),
      totals_(program_->sums) {
    for (auto& given : given_) given.assign(program_->sums, Aligned<double>(pre_size, 0.0));
}

void Coupling::bind(std::vector<double*> of_neuron) {
    EndVariables::Surroundings around;
    around.of_neuron = std::move(of_neuron);
    pre_.bind(std::move(around));
}

void Coupling::build(std::vector<Synapse> synapses, std::size_t post_size) {
    // multapses by weight: sums are the same in whatever order connections come
    std::sort(synapses.begin(), synapses.end(), [](const Synapse& a, const Synapse& b) {
        return std::tie(a.post, a.pre, a.weight) < std::tie(b.post, b.pre, b.weight);
    });
    const std::size_t pre_size = pre_.size();
    post_size_ = post_size;
    row_start_.assign(post_size + 1, 0);
    row_pre_.clear();
    row_weight_.clear();
    bool alike = !synapses.empty(), has_itself = false, repeats = false;
    for (std::size_t k = 0; k < synapses.size(); ++k) {
        const Synapse& s = synapses[k];
        ++row_start_[s.post + 1];
        row_pre_.push_back(s.pre);
        row_weight_.push_back(s.weight);
        alike = alike && s.weight == synapses[0].weight;
        has_itself = has_itself || s.pre == s.post;
        repeats = repeats || (k > 0 && s.pre == synapses[k - 1].pre && s.post == synapses[k - 1].post);
    }
    for (std::size_t i = 0; i < post_size; ++i) row_start_[i + 1] += row_start_[i];
    pattern_ = Pattern::listed;
    if (!alike || repeats) return;
    const bool itself_alone = projection_.pre == projection_.post && !has_itself;
    if (synapses.size() == pre_size * post_size) pattern_ = Pattern::all;
    if (itself_alone && synapses.size() == pre_size * (post_size - 1)) pattern_ = Pattern::all_but_itself;
    if (pattern_ == Pattern::listed) return;
    weight_ = static_cast<double>(synapses[0].weight);
    row_start_ = {};
    row_pre_ = {};
    row_weight_ = {};
}

std::vector<Synapse> Coupling::connections() const {
    std::vector<Synapse> all;
    const auto steps = static_cast<std::uint16_t>(delay());
    for (std::uint32_t post = 0; post < post_size_; ++post) {
        if (pattern_ == Pattern::listed)
            for (std::uint64_t k = row_start_[post]; k < row_start_[post + 1]; ++k)
                all.push_back({row_pre_[k], post, row_weight_[k], steps});
        else
            for (std::uint32_t pre = 0; pre < pre_.size(); ++pre)
                if (pattern_ == Pattern::all || pre != post)
                    all.push_back({pre, post, static_cast<float>(weight_), steps});
    }
    return all;
}

void Coupling::publish(const StepContext& step) {
    publish(step, step.n, 0, pre_.size());
    for (Total& total : totals_) total.step.store(-1, std::memory_order_relaxed);
}

void Coupling::publish(const StepContext& step, std::int64_t at, std::size_t begin, std::size_t end) {
    std::vector<double*> out(program_->sums);
    for (std::size_t first = begin; first < end; first += block_size) {
        for (std::size_t k = 0; k < out.size(); ++k) out[k] = given_[at & 1][k].data() + first;
        pre_.give({at, step.dt, step.random}, first, std::min(block_size, end - first), out.data());
    }
}

void Coupling::advance(const StepContext& step, std::size_t begin, std::size_t end, const SpikeHistory& history) {
    for (std::size_t first = begin; first < end; first += block_size)
        pre_.advance(step, first, std::min(block_size, end - first), nullptr);
    const std::int64_t found = step.n + 1 - static_cast<std::int64_t>(delay());
    if (found >= projection_.since)
        for (const auto& spikes : history.at(found)) {
            auto next = std::lower_bound(spikes.begin(), spikes.end(), begin);
            const auto last = std::lower_bound(next, spikes.end(), end);
            while (next != last) {
                std::uint32_t positions[block_size];
                const std::size_t first = begin + (*next - begin) / block_size * block_size;
                std::size_t count = 0;
                for (; next != last && *next < first + block_size; ++next)
                    positions[count++] = *next - static_cast<std::uint32_t>(first);
                pre_.spike(step, first, std::min(block_size, end - first), positions, count);
            }
        }
    publish(step, step.n + 1, begin, end);
}

double Coupling::total(std::int64_t step, std::size_t k) const {
    Total& kept = totals_[k];
    if (kept.step.load(std::memory_order_acquire) == step) return kept.value.load(std::memory_order_relaxed);
    constexpr std::size_t lanes = 8;  // always as many: the sum is the same on every machine
    double sums[lanes] = {};
    const Aligned<double>& values = given(step)[k];
    for (std::size_t j = 0; j < values.size(); ++j) sums[j % lanes] += values[j];
    double sum = 0.0;
    for (const double part : sums) sum += part;
    kept.value.store(sum, std::memory_order_relaxed);
    kept.step.store(step, std::memory_order_release);
    return sum;
}

void Coupling::add(std::int64_t step, std::size_t k, std::size_t first, std::size_t n, double* sums) const {
    const double* const values = given(step)[k].data();
    if (pattern_ != Pattern::listed) {
        const double sum = total(step, k);
        for (std::size_t i = 0; i < n; ++i)
            sums[i] += weight_ * (pattern_ == Pattern::all ? sum : sum - values[first + i]);
        return;
    }
    if (row_start_.empty()) return;  // not built yet
    for (std::size_t i = 0; i < n; ++i) {
        double sum = 0.0;
        for (std::uint64_t s = row_start_[first + i]; s < row_start_[first + i + 1]; ++s)
            sum += static_cast<double>(row_weight_[s]) * values[row_pre_[s]];
        sums[i] += sum;
    }
}

}  // namespace rheobase
