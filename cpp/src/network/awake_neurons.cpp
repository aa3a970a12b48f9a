#include "rheobase/network/awake_neurons.hpp"

#include <algorithm>
#include <numeric>

namespace rheobase {

void AwakeNeurons::fetch(const StateAtHome& home, std::size_t n, std::size_t together) {
    const std::size_t room = (n + together - 1) / together * together;
    home_ = home;
    neurons_.resize(room);
    values_.resize(home.values.size());
    for (std::size_t k = 0; k < values_.size(); ++k) {
        values_[k].reserve(room);
        values_[k].assign(home.values[k], home.values[k] + n);
        values_[k].resize(room, 0.0);
    }
    free_from_.reserve(room);
    free_from_.assign(home.free_from, home.free_from + n);
    free_from_.resize(room, 0);
    I_.resize(home.I == nullptr ? 0 : room, 0.0);
    if (home.I != nullptr) std::copy_n(home.I, n, I_.begin());
    places_.resize(n);
    std::iota(places_.begin(), places_.end(), 0);
    std::copy(places_.begin(), places_.end(), neurons_.begin());
    awake_ = n;
}

void AwakeNeurons::return_home() noexcept {
    for (std::size_t place = 0; place < awake_; ++place) store(place);
    places_.clear();
    awake_ = 0;
}

std::uint32_t AwakeNeurons::wake(std::uint32_t neuron) noexcept {
    if (places_[neuron] != asleep) return places_[neuron];
    const std::size_t place = awake_++;
    places_[neuron] = static_cast<std::uint32_t>(place);
    neurons_[place] = neuron;
    if (home_.I != nullptr) I_[place] = home_.I[neuron];
    load(place);
    return places_[neuron];
}

void AwakeNeurons::sleep(std::uint32_t place) noexcept {
    store(place);
    places_[neurons_[place]] = asleep;
    const std::size_t last = --awake_;
    if (place == last) return;
    neurons_[place] = neurons_[last];
    places_[neurons_[place]] = place;
    for (Aligned<double>& values : values_) values[place] = values[last];
    free_from_[place] = free_from_[last];
    if (home_.I != nullptr) I_[place] = I_[last];
}

void AwakeNeurons::store(std::size_t place) noexcept {
    const std::uint32_t neuron = neurons_[place];
    for (std::size_t k = 0; k < values_.size(); ++k) home_.values[k][neuron] = values_[k][place];
    home_.free_from[neuron] = free_from_[place];
}

void AwakeNeurons::load(std::size_t place) noexcept {
    const std::uint32_t neuron = neurons_[place];
    for (std::size_t k = 0; k < values_.size(); ++k) values_[k][place] = home_.values[k][neuron];
    free_from_[place] = home_.free_from[neuron];
}

}  // namespace rheobase
