#include "rheobase/models/registry.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "rheobase/base/errors.hpp"
#include "rheobase/models/describe.hpp"
#include "rheobase/models/neuron_models.hpp"
#include "rheobase/models/synapse_kernels.hpp"

namespace rheobase {

namespace {

/// The parameters of one neuron.
template <class Model>
typename Model::Parameters parameters_of(const ParameterValues& values, std::size_t neuron) {
    typename Model::Parameters p{};
    std::size_t k = 0;
    for (const auto& entry : Model::parameters) {
        const auto& value = values[k++];
        p.*entry.member = value[value.size() == 1 ? 0 : neuron];
    }
    return p;
}

bool one_for_all(const ParameterValues& values) {
    for (const auto& value : values)
        if (value.size() != 1) return false;
    return true;
}

template <class Model>
NeuronWords prepare(const ParameterValues& values, std::size_t n, double dt) {
    static_assert(std::is_trivially_copyable_v<Model> && sizeof(Model) % sizeof(double) == 0 &&
                  sizeof(Model) / sizeof(double) <= max_model_words);
    const auto model = [&](std::size_t i) { return Model(parameters_of<Model>(values, i), dt); };
    return one_for_all(values) ? NeuronWords(model(0)) : NeuronWords(n, model);
}

template <class Model>
std::vector<std::vector<double>> start(const ParameterValues& values, std::size_t n) {
    std::vector<std::vector<double>> state(std::size(Model::state), std::vector<double>(n));
    for (std::size_t i = 0; i < n; ++i) {
        const auto s = Model::start(parameters_of<Model>(values, i));
        std::size_t v = 0;
        for (const auto& variable : Model::state) state[v++][i] = s.*variable.member;
    }
    return state;
}

template <class Model, class = void>
struct LeakRates {
    static std::vector<double> of(const ParameterValues&) { return {}; }
};
template <class Model>
struct LeakRates<Model, std::void_t<decltype(Model::leak_rate(std::declval<typename Model::Parameters>()))>> {
    static std::vector<double> of(const ParameterValues& values) {
        std::size_t n = 1;
        for (const auto& value : values) n = value.size() > n ? value.size() : n;
        std::vector<double> rates(n);
        for (std::size_t i = 0; i < n; ++i) rates[i] = Model::leak_rate(parameters_of<Model>(values, i));
        const auto is_first = [&](double rate) { return rate == rates[0]; };
        if (std::all_of(rates.begin(), rates.end(), is_first)) rates.resize(1);
        return rates;
    }
};

template <class Model>
void derivative(const ParameterValues& values, const double* I, const double* states, std::size_t n, double* rates) {
    constexpr double any_dt = 1.0;  // no right-hand side depends on it
    const bool homogeneous = one_for_all(values);
    const Model first(parameters_of<Model>(values, 0), any_dt);
    for (std::size_t i = 0; i < n; ++i) {
        typename Model::State s;
        std::size_t v = 0;
        for (const auto& variable : Model::state) s.*variable.member = states[n * v++ + i];
        const Model model = homogeneous ? first : Model(parameters_of<Model>(values, i), any_dt);
        const auto rate = model.derivative(s, Current{I[i]});
        v = 0;
        for (const auto& variable : Model::state) rates[n * v++ + i] = rate.*variable.member;
    }
}

template <class Model, class = void>
constexpr bool has_derivative = false;
template <class Model>
constexpr bool has_derivative<Model, std::void_t<decltype(std::declval<const Model&>().derivative(
                                         std::declval<const typename Model::State&>(), Current{}))>> = true;

template <class Model>
std::size_t number_of(double Model::Parameters::* member) {
    std::size_t k = 0;
    for (const auto& p : Model::parameters) {
        if (p.member == member) return k;
        ++k;
    }
    return k;
}

template <class... Scheme>
std::vector<Method> methods_of(Schemes<Scheme...>) {
    return {Scheme::method...};
}

template <class Model>
NeuronModel describe(std::size_t index) {
    NeuronModel m;
    m.index = index;
    m.name = Model::name;
    m.summary = Model::summary;
    m.equation = Model::equation;
    m.reference = Model::reference;
    m.parameters = describe_parameters(Model::parameters);
    for (const auto& v : Model::state) m.variables.push_back({v.name, v.unit, v.doc});
    for (const auto& o : Model::orders) m.orders.emplace_back(number_of<Model>(o.lesser), number_of<Model>(o.greater));
    m.methods = methods_of(typename Model::Methods{});
    m.example = Model::example;
    m.prepare = prepare<Model>;
    m.start = start<Model>;
    m.leak_rates = LeakRates<Model>::of;
    m.derivative = nullptr;
    if constexpr (has_derivative<Model>) m.derivative = derivative<Model>;
    return m;
}

template <class... Model>
std::vector<NeuronModel> describe_all(ModelList<Model...>) {
    std::vector<NeuronModel> models;
    (models.push_back(describe<Model>(models.size())), ...);
    return models;
}

template <class Kernel>
Propagator prepare_kernel(const std::vector<double>& values, bool unit_area, double dt, Averaging averaging,
                          double leak) {
    typename Kernel::Parameters p{};
    if constexpr (Kernel::stages > 0) {
        std::size_t k = 0;
        for (const auto& entry : Kernel::parameters) p.*entry.member = values[k++];
    }
    return Kernel::prepare(p, unit_area, dt, averaging, leak);
}

template <class Kernel>
SynapseKernel describe_kernel() {
    return {Kernel::name,
            Kernel::summary,
            Kernel::equation,
            Kernel::stages,
            describe_parameters(Kernel::parameters),
            prepare_kernel<Kernel>};
}

template <class... Kernel>
std::vector<SynapseKernel> describe_kernels(KernelList<Kernel...>) {
    return {describe_kernel<Kernel>()...};
}

}  // namespace

std::size_t NeuronModel::parameter(const std::string& wanted) const {
    return static_cast<std::size_t>(&named(parameters, wanted, "parameter") - parameters.data());
}

std::size_t NeuronModel::variable(const std::string& wanted) const {
    return static_cast<std::size_t>(&named(variables, wanted, "variable") - variables.data());
}

const std::vector<NeuronModel>& neuron_models() {
    static const std::vector<NeuronModel> models = describe_all(NeuronModels{});
    return models;
}

const NeuronModel& neuron_model(const std::string& name) { return named(neuron_models(), name, "model"); }

Method method_named(const std::string& name) {
    std::string known;
    for (int m = 0; m < method_count; ++m) {
        if (name == method_names[m]) return static_cast<Method>(m);
        known += std::string(m == 0 ? "" : ", ") + method_names[m];
    }
    throw InvalidArgument("method must be one of " + known + ", got '" + name + "'");
}

const std::vector<SynapseKernel>& synapse_kernels() {
    static const std::vector<SynapseKernel> all = describe_kernels(SynapseKernels{});
    return all;
}

const SynapseKernel& synapse_kernel(const std::string& name) { return named(synapse_kernels(), name, "synapse"); }

}  // namespace rheobase
