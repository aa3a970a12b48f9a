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
      values_(values),
      tag_(tag),
      pre_size_(pre_size),
      dt_(dt),
      totals_(program_->sums) {}

void Coupling::bind(std::vector<double*> of_neuron) {
    of_neuron_ = std::move(of_neuron);
    if (has_one_delay()) make_rows({}, {});
}

std::size_t Coupling::max_delay() const noexcept {
    if (has_one_delay()) return static_cast<std::size_t>(projection_.delay.a);
    return delays_.empty() ? 1 : delays_.back();
}

/// Begins with rows of these pre neurons and delays; with none there is a row for each pre neuron.
void Coupling::make_rows(std::vector<std::uint32_t> pre, std::vector<std::uint16_t> delay) {
    const std::size_t rows = has_one_delay() ? pre_size_ : pre.size();
    pre_of_ = std::move(pre);
    delay_of_ = std::move(delay);
    EndVariables::Surroundings around;
    around.of_neuron = of_neuron_;
    if (!has_one_delay()) {
        first_row_.assign(pre_size_ + 1, 0);
        for (const std::uint32_t p : pre_of_) ++first_row_[p + 1];
        for (std::size_t p = 0; p < pre_size_; ++p) first_row_[p + 1] += first_row_[p];
        delays_ = delay_of_;
        std::sort(delays_.begin(), delays_.end());
        delays_.erase(std::unique(delays_.begin(), delays_.end()), delays_.end());
        copies_.assign(of_neuron_.size(), Aligned<double>(rows, 0.0));
        for (std::size_t k = 0; k < copies_.size(); ++k) around.of_neuron[k] = copies_[k].data();
        around.ids = pre_of_;
    }
    pre_.emplace(program_->pre, values_, tag_, rows, dt_);
    pre_->bind(std::move(around));
    for (auto& given : given_) given.assign(program_->sums, Aligned<double>(rows, 0.0));
}

/// Finds the rows where delays differ. They are the same whenever the connections are made again.
void Coupling::number_rows(const std::vector<Synapse>& synapses) {
    if (has_one_delay() || pre_.has_value()) return;
    std::vector<std::uint64_t> keys;
    for (const Synapse& s : synapses) keys.push_back((static_cast<std::uint64_t>(s.pre) << 16) | s.delay);
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    std::vector<std::uint32_t> pre;
    std::vector<std::uint16_t> delay;
    for (const std::uint64_t key : keys) {
        pre.push_back(static_cast<std::uint32_t>(key >> 16));
        delay.push_back(static_cast<std::uint16_t>(key & 0xFFFF));
    }
    make_rows(std::move(pre), std::move(delay));
}

/// The row of a pre neuron and a delay, or the number of rows where there is none.
std::uint32_t Coupling::find_row(std::uint32_t pre, std::uint16_t delay) const noexcept {
    if (first_row_.empty()) return pre;
    const auto first = delay_of_.begin() + first_row_[pre], last = delay_of_.begin() + first_row_[pre + 1];
    const auto found = std::lower_bound(first, last, delay);
    if (found == last || *found != delay) return static_cast<std::uint32_t>(delay_of_.size());
    return static_cast<std::uint32_t>(found - delay_of_.begin());
}

void Coupling::build(std::vector<Synapse> synapses, std::size_t post_size) {
    // multapses of one delay by weight: sums are the same in whatever order connections come
    std::sort(synapses.begin(), synapses.end(), [](const Synapse& a, const Synapse& b) {
        return std::tie(a.post, a.pre, a.delay, a.weight) < std::tie(b.post, b.pre, b.delay, b.weight);
    });
    number_rows(synapses);
    post_size_ = post_size;
    post_start_.assign(post_size + 1, 0);
    given_by_.clear();
    given_weight_.clear();
    bool alike = !synapses.empty() && has_one_delay(), has_itself = false, repeats = false;
    for (std::size_t k = 0; k < synapses.size(); ++k) {
        const Synapse& s = synapses[k];
        ++post_start_[s.post + 1];
        given_by_.push_back(find_row(s.pre, s.delay));
        given_weight_.push_back(s.weight);
        alike = alike && s.weight == synapses[0].weight;
        has_itself = has_itself || s.pre == s.post;
        repeats = repeats || (k > 0 && s.pre == synapses[k - 1].pre && s.post == synapses[k - 1].post);
    }
    for (std::size_t i = 0; i < post_size; ++i) post_start_[i + 1] += post_start_[i];
    pattern_ = Pattern::listed;
    if (!alike || repeats) return;
    const bool itself_alone = projection_.pre == projection_.post && !has_itself;
    if (synapses.size() == pre_size_ * post_size) pattern_ = Pattern::all;
    if (itself_alone && synapses.size() == pre_size_ * (post_size - 1)) pattern_ = Pattern::all_but_itself;
    if (pattern_ == Pattern::listed) return;
    weight_ = static_cast<double>(synapses[0].weight);
    post_start_ = {};
    given_by_ = {};
    given_weight_ = {};
}

std::vector<Synapse> Coupling::connections() const {
    std::vector<Synapse> all;
    const auto steps = static_cast<std::uint16_t>(max_delay());
    for (std::uint32_t post = 0; post < post_size_; ++post) {
        if (pattern_ == Pattern::listed)
            for (std::uint64_t k = post_start_[post]; k < post_start_[post + 1]; ++k) {
                const std::uint32_t row = given_by_[k];
                all.push_back({pre_of_.empty() ? row : pre_of_[row], post, given_weight_[k],
                               delay_of_.empty() ? steps : delay_of_[row]});
            }
        else
            for (std::uint32_t pre = 0; pre < pre_size_; ++pre)
                if (pattern_ == Pattern::all || pre != post)
                    all.push_back({pre, post, static_cast<float>(weight_), steps});
    }
    return all;
}

void Coupling::publish(const StepContext& step) {
    copy_variables(0, pre_->size());
    publish(step, step.n, 0, pre_->size());
    for (Total& total : totals_) total.step.store(-1, std::memory_order_relaxed);
}

void Coupling::publish(const StepContext& step, std::int64_t at, std::size_t first_row, std::size_t last_row) {
    std::vector<double*> out(program_->sums);
    for (std::size_t first = first_row; first < last_row; first += block_size) {
        for (std::size_t k = 0; k < out.size(); ++k) out[k] = given_[at & 1][k].data() + first;
        pre_->give({at, step.dt, step.random}, first, std::min(block_size, last_row - first), out.data());
    }
}

/// Where rows are not neurons, lays the variables of the neurons beside them.
void Coupling::copy_variables(std::size_t first, std::size_t last) {
    for (std::size_t k = 0; k < copies_.size(); ++k)
        for (std::size_t row = first; row < last; ++row) copies_[k][row] = of_neuron_[k][pre_of_[row]];
}

/// The rows of the pre neurons [begin, end) that spikes reach at `now`, ascending.
void Coupling::find_due(std::int64_t now, std::size_t begin, std::size_t end, const SpikeHistory& history,
                        std::vector<std::uint32_t>& due) const {
    const auto take = [&](std::uint16_t delay) {
        const std::int64_t found = now - delay;
        if (found < projection_.since) return;
        for (const auto& spikes : history.at(found)) {
            const auto first = std::lower_bound(spikes.begin(), spikes.end(), begin);
            const auto last = std::lower_bound(first, spikes.end(), end);
            for (auto spike = first; spike != last; ++spike) {
                const std::uint32_t row = find_row(*spike, delay);
                if (row < pre_->size()) due.push_back(row);
            }
        }
    };
    if (has_one_delay()) {
        take(static_cast<std::uint16_t>(max_delay()));
        return;
    }
    for (const std::uint16_t delay : delays_) take(delay);
    std::sort(due.begin(), due.end());
}

void Coupling::advance(const StepContext& step, std::size_t begin, std::size_t end, const SpikeHistory& history) {
    const std::size_t first_of_all = first_row(begin), last_of_all = first_row(end);
    copy_variables(first_of_all, last_of_all);
    for (std::size_t first = first_of_all; first < last_of_all; first += block_size)
        pre_->advance(step, first, std::min(block_size, last_of_all - first), nullptr);
    std::vector<std::uint32_t> due;
    find_due(step.n + 1, begin, end, history, due);
    for (auto next = due.begin(); next != due.end();) {
        std::uint32_t positions[block_size];
        const std::size_t first = first_of_all + (*next - first_of_all) / block_size * block_size;
        std::size_t count = 0;
        for (; next != due.end() && *next < first + block_size; ++next)
            positions[count++] = *next - static_cast<std::uint32_t>(first);
        pre_->spike(step, first, std::min(block_size, last_of_all - first), positions, count);
    }
    publish(step, step.n + 1, first_of_all, last_of_all);
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
    if (post_start_.empty()) return;  // not built yet
    for (std::size_t i = 0; i < n; ++i) {
        double sum = 0.0;
        for (std::uint64_t s = post_start_[first + i]; s < post_start_[first + i + 1]; ++s)
            sum += static_cast<double>(given_weight_[s]) * values[given_by_[s]];
        sums[i] += sum;
    }
}

}  // namespace rheobase
