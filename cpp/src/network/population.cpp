#include "rheobase/network/population.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "rheobase/base/errors.hpp"

namespace rheobase {

NeuronPopulation::NeuronPopulation(std::uint32_t id, std::size_t size, const NeuronModel& model, Method method,
                                   ParameterValues values, double dt)
    : Population(id, size), model_(model), method_(method), values_(std::move(values)), dt_(dt) {
    require(values_.size() == model_.parameters.size(), "every parameter needs a value");
    for (std::size_t k = 0; k < values_.size(); ++k)
        if (values_[k].size() != 1 && values_[k].size() != size)
            throw InvalidArgument(model_.parameters[k].name + " must have one value or one per neuron");
    require(std::find(model_.methods.begin(), model_.methods.end(), method_) != model_.methods.end(),
            "the model does not have this method");
    for (const auto& first : model_.start(values_, size)) state_.emplace_back(first.begin(), first.end());
    free_from_.assign(size, 0);
    prepare();
}

void NeuronPopulation::prepare() {
    prepared_ = model_.prepare(values_, size(), dt_);
    conductances_ = std::any_of(channels_.begin(), channels_.end(), [](auto& c) { return c.conductance; });
    advance_block_ = loops().find_advance(model_.index, method_, prepared_.homogeneous, conductances_);
}

void NeuronPopulation::prepare_channel(Channel& channel) const {
    Averaging averaging = Averaging::mean;
    std::vector<double> leak;
    if (method_ == Method::euler) averaging = Averaging::left;
    if (method_ == Method::exact || method_ == Method::etd2) leak = model_.leak_rates(values_);
    if (!leak.empty())
        averaging = Averaging::membrane;
    else
        leak = {0.0};
    channel.propagators.clear();
    for (double rate : leak)
        channel.propagators.push_back(
            in_units_of_weight(channel.kernel->prepare(channel.values, channel.unit_area, dt_, averaging, rate)));
}

void NeuronPopulation::set_parameter(std::size_t parameter, std::vector<double> value) {
    require(value.size() == 1 || value.size() == size(), "a parameter must have one value or one per neuron");
    values_[parameter] = std::move(value);
    prepare();
    for (Channel& channel : channels_) prepare_channel(channel);
}

void NeuronPopulation::set_input(std::vector<double> I_x) {
    require(I_x.size() == 1 || I_x.size() == size(), "I_x must have one value or one per neuron");
    I_x_ = std::move(I_x);
}

void NeuronPopulation::drive(const std::string& variable, Series series) {
    require(series.width() == 1 || series.width() == size(), "a series must have one value or one per neuron");
    driven_[model_.variable(variable)].push_back(std::move(series));
}

std::size_t NeuronPopulation::add_channel(Channel channel) {
    prepare_channel(channel);
    for (std::size_t s = 0; s < channel.kernel->stages; ++s) channel.stage[s].assign(size(), 0.0);
    channels_.push_back(std::move(channel));
    prepare();
    return channels_.size() - 1;
}

VariableValues NeuronPopulation::variable(const std::string& name) {
    for (Channel& channel : channels_)
        if (!channel.kicks() && channel.name() == name) {
            const bool last = channel.kernel->stages == 2;
            return {channel.stage[last ? 1 : 0], last ? 1.0 : channel.gain()};
        }
    return {state_[model_.variable(name)], 1.0};
}

std::optional<std::size_t> NeuronPopulation::channel_in_slots(const std::string& name) const {
    for (std::size_t c = 0; c < channels_.size(); ++c)
        if (channels_[c].kernel->stages == 1 && channels_[c].name() == name) return c;
    return std::nullopt;
}

std::vector<std::string> NeuronPopulation::variable_names() const {
    std::vector<std::string> names;
    for (const VariableInfo& v : model_.variables) names.push_back(v.name);
    for (const Channel& channel : channels_)
        if (!channel.kicks()) names.push_back(channel.name());
    return names;
}

void NeuronPopulation::begin(std::int64_t step) {
    if (I_x_.size() == 1) same_I_x_.assign(block_size, I_x_[0]);
    for (auto& input : inputs_) input->begin(step);
}

void NeuronPopulation::archive(Archive& archive, const std::string& name) {
    for (std::size_t v = 0; v < state_.size(); ++v) archive.state(name + "." + model_.variables[v].name, state_[v]);
    archive.state(name + ".free_from", free_from_);
    archive.values(name + ".I_x", I_x_);
    for (std::size_t c = 0; c < channels_.size(); ++c)
        for (std::size_t s = 0; s < channels_[c].kernel->stages; ++s)
            archive.state(name + ".channel" + std::to_string(c) + "." + std::to_string(s), channels_[c].stage[s]);
    for (std::size_t k = 0; k < inputs_.size(); ++k) inputs_[k]->archive(archive, name + ".input" + std::to_string(k));
}

std::int64_t NeuronPopulation::advance(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                                       std::size_t slots_per_channel, std::vector<std::uint32_t>& spikes) {
    alignas(64) static constexpr double none[block_size] = {};
    alignas(64) double I[block_size], G[block_size], jump[block_size];
    alignas(64) double mean[block_size], slope[block_size];
    std::uint32_t spiking[block_size];
    constexpr std::size_t most_blocks = 6;  // kernels of one kind share a loop by threes
    ReceptorBlock blocks[most_blocks];
    const bool same_input = I_x_.size() == 1;
    std::int64_t non_finite = -1;

    for (std::size_t first = begin; first < end; first += block_size) {
        const std::size_t n = std::min(block_size, end - first);
        const double* current = same_input ? same_I_x_.data() : I_x_.data() + first;
        if (!inputs_.empty()) current = std::copy_n(current, n, I) - n;
        for (const auto& input : inputs_) input->add(step, first, first + n, I);
        for (const auto& [variable, all_series] : driven_) {
            double* values = state_[variable].data() + first;
            std::fill_n(values, n, 0.0);
            for (const Series& series : all_series) series.add(step.n, first, first + n, values);
        }

        std::size_t collected = 0;
        bool conducting = false;
        const double* jumps = none;
        for (std::size_t c = 0; c < channels_.size(); ++c) {
            Channel& channel = channels_[c];
            double* slot = slots + c * slots_per_channel + (first - begin);
            if (channel.kicks()) {
                jumps = jumps == none ? slot : std::transform(slot, slot + n, jumps, jump, std::plus<>()) - n;
                continue;
            }
            const bool homogeneous = channel.propagators.size() == 1;
            blocks[collected++] = {n,
                                   channel.propagators.data() + (homogeneous ? 0 : first),
                                   homogeneous,
                                   channel.reversal,
                                   slot,
                                   channel.kernel->stages == 2 ? channel.stage[1].data() + first : nullptr,
                                   channel.conductance,
                                   current,
                                   I,
                                   channel.conductance && !std::exchange(conducting, true),
                                   G};
            current = I;
            if (collected == most_blocks) loops().advance_receptors(blocks, std::exchange(collected, 0));
        }
        loops().advance_receptors(blocks, collected);

        NeuronBlock block{};
        block.n = n;
        block.model = prepared_.at(first);
        block.stride = prepared_.stride;
        block.dt = dt_;
        for (std::size_t v = 0; v < state_.size(); ++v) block.state[v] = state_[v].data() + first;
        block.step = step.n;
        block.free_from = free_from_.data() + first;
        block.I = current;
        block.G = conductances_ ? G : none;
        block.mean = mean;
        block.slope = slope;
        block.jump = jumps;
        block.spiking = spiking;
        block.non_finite = -1;
        const std::size_t found = advance_block_(block);
        for (std::size_t c = 0; c < channels_.size(); ++c)
            if (channels_[c].kicks()) std::fill_n(slots + c * slots_per_channel + (first - begin), n, 0.0);
        if (block.non_finite >= 0 && non_finite < 0) non_finite = static_cast<std::int64_t>(first) + block.non_finite;
        for (std::size_t k = 0; k < found; ++k) spikes.push_back(static_cast<std::uint32_t>(first) + spiking[k]);
    }
    return non_finite;
}

}  // namespace rheobase
