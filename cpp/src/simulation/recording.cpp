#include "rheobase/simulation/recording.hpp"

#include <algorithm>
#include <utility>

#include "rheobase/base/errors.hpp"

namespace rheobase {

std::optional<SpikeRecorder>& Recording::spike_recorder(std::size_t population) {
    network_.population(population);  // throws where there is none
    while (spike_recorders_.size() <= population) spike_recorders_.emplace_back(std::in_place, threads_);
    return spike_recorders_[population];
}

void Recording::record_spikes(std::size_t population, const std::optional<std::vector<std::uint32_t>>& chosen) {
    auto& recorder = spike_recorder(population);
    if (!chosen)
        recorder.emplace(threads_);
    else if (chosen->empty())
        recorder.reset();
    else
        recorder.emplace(threads_, *chosen, network_.population(population).size());
}

SpikeRecorder::Spikes Recording::take_spikes(std::size_t population) {
    auto& recorder = spike_recorder(population);
    return recorder ? recorder->take() : SpikeRecorder::Spikes{};
}

std::size_t Recording::add(Samples samples) {
    require(samples.every >= 1, "every must be at least one step");
    samples_.push_back(std::move(samples));
    return samples_.size() - 1;
}

std::size_t Recording::record_state(std::size_t population, const std::string& variable, Samples samples) {
    NeuronPopulation& neurons = network_.neurons(population);
    const NeuronVariables variables = neurons.variables();
    variables.find(variable);  // throws where there is none
    variables.keep(variable);
    const std::size_t id = add(std::move(samples));
    const auto receptor = variables.find_receptor(variable);
    states_.push_back(
        {neurons, variable, id, receptor, std::vector<double>(receptor ? samples_[id].chosen.size() : 0)});
    return id;
}

std::size_t Recording::record_weights(std::size_t projection, std::optional<std::size_t> variable, Samples samples) {
    const PlasticProjection* plastic = network_.plastic(projection);
    require(plastic != nullptr, "the projection must be plastic");
    const std::size_t id = add(std::move(samples));
    weights_.push_back({*plastic, variable, id});
    return id;
}

std::int64_t Recording::count_affordable_steps() const noexcept {
    constexpr double affordable = 1 << 26;
    double bytes = 1.0;
    for (const Samples& samples : samples_) bytes += samples.bytes_per_step();
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(affordable / bytes));
}

void Recording::begin(std::int64_t until) {
    if (network_.size() > 0) spike_recorder(network_.size() - 1);
    try {
        for (Samples& samples : samples_) samples.reserve(network_.now(), until);
    } catch (...) {
        end();
        throw;
    }
}

void Recording::end() {
    for (Samples& samples : samples_) samples.drop_after(network_.now());
}

/// Calls visit(k, tile, part, neuron) for the k-th chosen neuron, of those that the tiles [first_tile, last_tile) hold.
template <class Visit>
void Recording::for_each_chosen(const StateRecorder& r, std::size_t first_tile, std::size_t last_tile,
                                Visit visit) const {
    const std::vector<std::uint32_t>& chosen = samples_[r.id].chosen;
    for (std::size_t t = first_tile; t < last_tile; ++t) {
        const Tile& tile = layout_.tiles[t];
        const Part& part = tile.parts[r.population.id()];
        auto k = static_cast<std::size_t>(std::lower_bound(chosen.begin(), chosen.end(), part.begin) - chosen.begin());
        for (; k < chosen.size() && chosen[k] < part.end; ++k) visit(k, tile, part, chosen[k]);
    }
}

/// Calls keep(k, value) likewise.
template <class Keep>
void Recording::for_each_value(const StateRecorder& r, std::size_t first_tile, std::size_t last_tile, Keep keep) const {
    if (r.receptor) {
        for_each_chosen(r, first_tile, last_tile, [&](std::size_t k, auto&&...) { keep(k, r.noted[k]); });
        return;
    }
    const auto [values, unit] = r.population.variables().find(r.variable);
    for_each_chosen(r, first_tile, last_tile,
                    [&, &values = values, unit = unit](std::size_t k, const Tile&, const Part&, std::size_t neuron) {
                        keep(k, unit * values[neuron]);
                    });
}

void Recording::note_currents(std::size_t tile, std::int64_t step) {
    for (StateRecorder& r : states_) {
        if (!r.receptor || !samples_[r.id].due(step)) continue;
        const Receptor& receptor = r.population.receptor(*r.receptor);
        const Propagator& mean = receptor.mean;
        for_each_chosen(r, tile, tile + 1, [&](std::size_t k, const Tile& owner, const Part& part, std::size_t neuron) {
            r.noted[k] = mean.weigh0 * owner.slots[part.slot(*r.receptor) + neuron - part.begin];
            if (receptor.kernel->stages == 2) r.noted[k] += mean.weigh1 * receptor.stage[1][neuron];
        });
    }
}

void Recording::note_start() {
    for (StateRecorder& r : states_) {
        if (!r.receptor) continue;
        const auto [values, unit] = r.population.variables().find(r.variable);
        const std::vector<std::uint32_t>& chosen = samples_[r.id].chosen;
        for (std::size_t k = 0; k < chosen.size(); ++k) r.noted[k] = unit * values[chosen[k]];
    }
}

void Recording::keep_spikes(std::size_t thread, std::int64_t step) {
    for (std::size_t p = 0; p < spike_recorders_.size(); ++p)
        if (spike_recorders_[p]) spike_recorders_[p]->record(thread, step, network_.history(p).at(step)[thread]);
}

void Recording::sample(std::size_t tile, std::int64_t step) {
    for (const StateRecorder& r : states_) {
        Samples& samples = samples_[r.id];
        if (samples.mean || !samples.due(step)) continue;
        const std::size_t sample = samples.find(step);
        for_each_value(r, tile, tile + 1, [&](std::size_t k, double value) { samples.keep(sample, k, value); });
    }
}

std::int64_t Recording::next_sample(std::int64_t step) const noexcept {
    std::int64_t next = INT64_MAX;
    for (const StateRecorder& r : states_) {
        const std::int64_t every = samples_[r.id].every;
        next = std::min(next, (step / every + 1) * every);
    }
    return next;
}

bool Recording::waits_for_all(std::int64_t step) const noexcept {
    const auto due = [&](std::size_t id) { return samples_[id].due(step); };
    return std::any_of(states_.begin(), states_.end(),
                       [&](const StateRecorder& r) { return samples_[r.id].mean && due(r.id); }) ||
           std::any_of(weights_.begin(), weights_.end(), [&](const WeightRecorder& r) { return due(r.id); });
}

void Recording::record_after_all(std::int64_t step) {
    for (const StateRecorder& r : states_)
        if (samples_[r.id].mean && samples_[r.id].due(step)) record_mean(r, step);
    for (const WeightRecorder& r : weights_)
        if (samples_[r.id].due(step)) record_weights_of(r, step);
}

void Recording::record_mean(const StateRecorder& r, std::int64_t step) {
    double sum = 0.0;
    for_each_value(r, 0, layout_.tiles.size(), [&](std::size_t, double value) { sum += value; });
    Samples& samples = samples_[r.id];
    samples.keep(samples.find(step), 0, sum / static_cast<double>(samples.chosen.size()));
}

void Recording::record_weights_of(const WeightRecorder& r, std::int64_t step) {
    Samples& samples = samples_[r.id];
    const std::vector<double> weights = r.variable ? r.projection.variable(*r.variable, step) : r.projection.weights();
    const std::size_t sample = samples.find(step);
    double sum = 0.0;
    for (std::size_t k = 0; k < samples.chosen.size(); ++k) {
        const double weight = weights[samples.chosen[k]];
        sum += weight;
        if (!samples.mean) samples.keep(sample, k, weight);
    }
    if (samples.mean) samples.keep(sample, 0, sum / static_cast<double>(samples.chosen.size()));
}

}  // namespace rheobase
