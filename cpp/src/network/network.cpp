#include "rheobase/network/network.hpp"

#include <cmath>
#include <utility>

#include "rheobase/base/errors.hpp"
#include "rheobase/network/currents/noise.hpp"
#include "rheobase/network/currents/selected_current.hpp"
#include "rheobase/network/currents/time_series_current.hpp"
#include "rheobase/network/program_plasticity.hpp"
#include "rheobase/network/sources/events.hpp"

namespace rheobase {

Network::Network(double dt, std::uint64_t seed, std::size_t threads)
    : dt_(dt), random_{seed}, streams_{seed}, threads_(threads) {
    require(std::isfinite(dt) && dt > 0.0, "dt must be finite and > 0");
}

std::uint32_t Network::add(std::unique_ptr<Population> population, NeuronPopulation* neurons, PoissonSource* poisson) {
    populations_.push_back(std::move(population));
    neurons_.push_back(neurons);
    poisson_.push_back(poisson);
    histories_.emplace_back(threads_);
    return next_population() - 1;
}

std::uint32_t Network::add_neurons(const std::string& model, std::size_t size, const std::string& method,
                                   ParameterValues values) {
    const NeuronModel& m = neuron_model(model);
    return add_neurons(m, method.empty() ? m.methods[0] : method_named(method), size, std::move(values));
}

std::uint32_t Network::add_neurons(const NeuronModel& model, Method method, std::size_t size, ParameterValues values) {
    auto made =
        std::make_unique<NeuronPopulation>(next_population(), size, model, method, std::move(values), dt_, streams_);
    NeuronPopulation* neurons = made.get();
    return add(std::move(made), neurons, nullptr);
}

std::uint32_t Network::add_poisson(std::size_t size, std::vector<double> rates) {
    auto made = std::make_unique<PoissonSource>(next_population(), size, std::move(rates));
    PoissonSource* poisson = made.get();
    return add(std::move(made), nullptr, poisson);
}

std::uint32_t Network::add_trains(std::size_t size, std::vector<std::int64_t> steps,
                                  std::vector<std::uint32_t> indices) {
    return add(std::make_unique<TrainsSource>(next_population(), size, std::move(steps), std::move(indices)), nullptr,
               nullptr);
}

std::uint32_t Network::add_events(std::size_t population, std::size_t event) {
    return add(std::make_unique<EventsSource>(next_population(), neurons(population), event), nullptr, nullptr);
}

std::size_t Network::add_receptor(std::size_t population, Receptor receptor) {
    return neurons(population).add_receptor(std::move(receptor));
}

std::size_t Network::add_program_receptor(std::size_t id, std::shared_ptr<const SynapseProgram> program,
                                          const std::vector<double>& values, double reversal,
                                          const std::string& label) {
    NeuronPopulation& post = neurons(id);
    const auto object = static_cast<std::uint32_t>(id * 256 + post.receptor_count());
    const std::uint32_t tag = RandomSource::tag(Purpose::synapses, object);
    const bool conductance = program->conductance;
    Receptor receptor{nullptr, values, false, conductance, reversal, label};
    receptor.program = std::make_shared<ProgramReceptor>(std::move(program), values, tag, post.size(), dt_);
    return post.add_receptor(std::move(receptor));
}

void Network::add_drive(std::uint32_t id, std::uint32_t population, std::size_t receptor, std::vector<double> means,
                        double weight, Selection neurons) {
    const std::size_t size = this->neurons(population).size();
    require(neurons.fits(size), "a drive must select neurons of the population");
    const bool delta = this->receptor(population, receptor).delta();
    drives_.push_back(
        std::make_unique<Drive>(id, population, size, receptor, delta, std::move(means), weight, std::move(neurons)));
}

std::size_t Network::connect(ProjectionSpec spec) {
    const bool plastic_weights = spec.plasticity != nullptr || spec.program != nullptr;
    require(spec.weight_bits == 16 || spec.weight_bits == 32, "weight_bits must be 16 or 32");
    require(spec.pre < populations_.size(), "pre must be a population of the network");
    require(spec.pre_neurons.fits(populations_[spec.pre]->size()), "pre must select neurons of the population");
    require(spec.post_neurons.fits(populations_.at(spec.post)->size()), "post must select neurons of the population");
    auto made =
        std::make_unique<Projection>(Projection{static_cast<std::uint32_t>(projections_.size()), spec.pre, spec.post,
                                                spec.receptor, spec.rule, spec.weight, spec.delay, spec.weight_bits});
    made->delta = receptor(spec.post, spec.receptor).delta();
    made->plastic = plastic_weights;
    const double post_steps = spec.post_delays.one() ? spec.post_delays.draw.a : 0.0;
    require(post_steps >= 0.0 && post_steps <= 65535.0, "post_delay must lie between 0 and 65535 steps");
    require(plastic_weights || (spec.post_delays.one() && post_steps == 0.0), "post_delay is for plastic weights");
    made->post_delays = std::move(spec.post_delays);
    made->since = now_ + 1;
    made->pre_neurons = std::move(spec.pre_neurons);
    made->post_neurons = std::move(spec.post_neurons);
    std::unique_ptr<PlasticProjection> plastic;
    if (made->plastic) {
        plastic = std::make_unique<PlasticProjection>(*made, published_for(spec), spec.plasticity_values);
        plastic->let_rule_be(plasticity_of(spec, *plastic));
    }
    std::unique_ptr<Coupling> coupling = couple(*made);
    projections_.push_back(std::move(made));
    if (coupling) all_couplings_.push_back(coupling.get());
    couplings_.push_back(std::move(coupling));
    if (plastic) all_plastic_.push_back(plastic.get());
    plastic_.push_back(std::move(plastic));
    return projections_.size() - 1;
}

/// What a plasticity rule reads of the pre neurons.
PublishedVariables Network::published_for(const ProjectionSpec& spec) const {
    if (spec.program == nullptr || spec.program->of_pre.empty()) return {};
    NeuronPopulation& pre = neurons(spec.pre);
    return {pre.variables().locate(spec.program->of_pre), pre.size()};
}

MakePlasticity Network::plasticity_of(const ProjectionSpec& spec, const PlasticProjection& plastic) const {
    const double dt = dt_;
    if (spec.program == nullptr) {
        require(spec.plasticity_values.size() == spec.plasticity->parameters.size(),
                "every parameter of a plasticity rule needs a value");
        return [rule = spec.plasticity, dt](const std::vector<double>& values, PlasticConnections connections) {
            return rule->make(values, dt, std::move(connections));
        };
    }
    const NeuronVariables post = neurons(spec.post).variables();
    return [rule = ProgramRule{spec.program, dt, &plastic.published(), post.locate(spec.program->of_post),
                               post.locate(spec.program->post.of_neuron), &streams_, plastic.projection().id}](
               const std::vector<double>& values, PlasticConnections connections) {
        return make_plasticity(rule, values, std::move(connections));
    };
}

void Network::set_weight(std::size_t projection, const Distribution& weight) {
    Projection& p = begin_change(projection);
    p.weight = weight;
    if (!p.rule->list.weighted) return;
    ConnectionRule unweighted = *p.rule;
    unweighted.list.weighted = false;
    p.rule = SharedRule(std::move(unweighted));
}

void Network::list_weights(std::size_t projection, SharedRule rule) {
    require(rule->kind == ConnectionRule::Kind::listed && rule->list.weighted == (rule->list.size() > 0),
            "a rule that lists weights must have one per connection");
    begin_change(projection).rule = std::move(rule);
}

/// Lets the next build store a projection anew, with those that are stored beside it.
Projection& Network::begin_change(std::size_t projection) {
    Projection& changed = *projections_.at(projection);
    require(!changed.plastic, "the projection must be static");
    for (const auto& p : projections_)
        if (p.get() == &changed || (p->group == changed.group && p->group != Projection::nowhere)) p->built = false;
    return changed;
}

/// The coupling that a projection is, where its receptor takes in sums.
std::unique_ptr<Coupling> Network::couple(const Projection& p) {
    ProgramReceptor* const receptor = neurons(p.post).program_receptor(p.receptor);
    if (receptor == nullptr || receptor->program().sums == 0) return nullptr;
    require(!p.plastic, "a coupling must be static");
    const std::uint32_t tag = RandomSource::tag(Purpose::couplings, p.id);
    const std::size_t pre_size = populations_[p.pre]->size();
    auto made = std::make_unique<Coupling>(p, receptor->shared_program(), this->receptor(p.post, p.receptor).values,
                                           tag, pre_size, dt_);
    const auto& wanted = receptor->program().pre.of_neuron;
    made->bind(wanted.empty() ? std::vector<double*>{} : neurons(p.pre).variables().locate(wanted));
    receptor->join(*made);
    return made;
}

namespace {

/// Values of chosen neurons, where each has its own, in the ascending order of these.
std::vector<double> in_ascending_order(std::vector<double> values, const Selection& neurons) {
    if (values.size() == 1 || neurons.ascending()) return values;
    std::vector<double> arranged;
    for (std::size_t k = 0; k < values.size(); ++k) arranged.push_back(values[neurons.sorted_member(k)]);
    return arranged;
}

}  // namespace

void Network::inject(std::size_t population, std::size_t place, TimeSeries series, const Selection& neurons) {
    const std::size_t reached = neurons.size(this->neurons(population).size());
    require(series.width() == 1 || series.width() == reached, "a series must have one value or one per neuron");
    if (!neurons.ascending()) series = series.arranged([&](std::size_t k) { return neurons.sorted_member(k); });
    inject_into(population, place, std::make_unique<TimeSeriesCurrent>(std::move(series)), neurons);
}

void Network::inject_white_noise(std::size_t population, std::size_t place, std::uint32_t id, std::vector<double> mean,
                                 std::vector<double> sigma, const Selection& neurons) {
    const std::size_t reached = neurons.size(this->neurons(population).size());
    inject_into(population, place,
                std::make_unique<WhiteNoise>(id, reached, in_ascending_order(std::move(mean), neurons),
                                             in_ascending_order(std::move(sigma), neurons), dt_),
                neurons);
}

void Network::inject_ornstein_uhlenbeck(std::size_t population, std::size_t place, std::uint32_t id,
                                        std::vector<double> mean, std::vector<double> std_dev, double tau,
                                        const Selection& neurons) {
    const std::size_t reached = neurons.size(this->neurons(population).size());
    inject_into(population, place,
                std::make_unique<OrnsteinUhlenbeckNoise>(id, reached, in_ascending_order(std::move(mean), neurons),
                                                         in_ascending_order(std::move(std_dev), neurons), tau, dt_),
                neurons);
}

void Network::inject_into(std::size_t population, std::size_t place, std::unique_ptr<InjectedCurrent> current,
                          const Selection& neurons) {
    NeuronPopulation& reached = this->neurons(population);
    require(neurons.fits(reached.size()), "a current must select neurons of the population");
    if (!neurons.all()) current = std::make_unique<SelectedCurrent>(std::move(current), neurons);
    reached.inputs().inject(std::move(current), place);
}

NeuronPopulation& Network::neurons(std::size_t id) const {
    NeuronPopulation* neurons = neurons_.at(id);
    require(neurons != nullptr, "the population must be made of neurons");
    return *neurons;
}

PoissonSource& Network::poisson(std::size_t id) const {
    PoissonSource* source = poisson_.at(id);
    require(source != nullptr, "the population must be a Poisson source");
    return *source;
}

TrainsSource& Network::trains(std::size_t id) const {
    auto* source = dynamic_cast<TrainsSource*>(populations_.at(id).get());
    require(source != nullptr, "the population must be a source of given spikes");
    return *source;
}

const Receptor& Network::receptor(std::size_t population, std::size_t id) const {
    const NeuronPopulation& post = neurons(population);
    require(id < post.receptor_count(), "receptor is out of range");
    return post.receptor(id);
}

std::vector<Extent> Network::extents() const {
    std::vector<Extent> extents;
    for (const auto& p : populations_) extents.push_back({p->size(), p->receptor_count(), p->granularity()});
    return extents;
}

std::uint64_t Network::synapse_count() const noexcept {
    std::uint64_t total = 0;
    for (const auto& p : projections_) total += p->synapses;
    return total;
}

}  // namespace rheobase
