#pragma once

#include <cmath>

#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"
#include "rheobase/models/table.hpp"

namespace rheobase {

/// A model of the library with light-gated channels in its membrane: `WithChannelrhodopsin<EIF>` is the model "EIFChR".
/// The light is a state variable that the equations leave alone: it is set between runs, or a series drives it.
template <class Neuron>
struct WithChannelrhodopsin {
    struct Parameters : Neuron::Parameters {
        double g_ChR, E_ChR, tau_ChR;
    };
    struct State : Neuron::State {
        double p, L;
    };

    static constexpr auto name_text = joined(Neuron::name, "ChR");
    static constexpr auto summary_text = joined(Neuron::summary, " With channelrhodopsin: light L opens its channels.");
    static constexpr auto equation_text =
        joined(Neuron::equation, ";   I = I_x - g_ChR p (V - E_ChR) and what synapses bring,   tau_ChR p' = -p + L");
    static constexpr auto reference_text = joined(Neuron::reference, "; channel: appendix B.1");
    static constexpr const char* name = name_text.entries;
    static constexpr const char* summary = summary_text.entries;
    static constexpr const char* equation = equation_text.entries;
    static constexpr const char* reference = reference_text.entries;
    static constexpr Parameter<Parameters> channel_parameters[] = {
        {&Parameters::g_ChR, "g_ChR", "1 or nS", 0.2, non_negative, "conductance with all channels open, like g_L"},
        {&Parameters::E_ChR, "E_ChR", "mV", 50.0, any, "reversal potential of the channels"},
        {&Parameters::tau_ChR, "tau_ChR", "ms", 2.0, positive, "time constant with which channels open and close"},
    };
    static constexpr Variable<State> channel_state[] = {
        {&State::p, "p", "1", "open fraction of the channels"},
        {&State::L, "L", "1", "light, the open fraction that p approaches; set it, or inject a Light that changes"},
    };
    static constexpr auto parameters = joined(Neuron::parameters, channel_parameters);
    static constexpr auto state = joined(Neuron::state, channel_state);
    static constexpr const auto& orders = Neuron::orders;
    using Methods = typename Neuron::Methods;
    static constexpr Example example{40.0, "V", "V_re", false, {1.0, 5.0, 0.2, -65.0, {{"p", 0.05}, {"L", 0.12}}}};

    WithChannelrhodopsin(const Parameters& p, double dt)
        : neuron(p, dt),
          g_ChR(p.g_ChR),
          E_ChR(p.E_ChR),
          rate(1.0 / p.tau_ChR),
          keep(std::exp(-dt * rate)),
          mean(-std::expm1(-dt * rate) / (dt * rate)) {}

    static State start(const Parameters& p) { return {Neuron::start(p), 0.0, 0.0}; }
    static double leak_rate(const Parameters& p) noexcept { return Neuron::leak_rate(p); }
    double refractory_period() const noexcept { return neuron.refractory_period(); }

    /// The input with a fraction p of the channels open.
    template <class Input>
    CurrentAndConductance add_light(const Input& in, double p) const noexcept {
        return {in.I + g_ChR * p * E_ChR, in.G + g_ChR * p};
    }

    template <class Input>
    State derivative(const State& s, const Input& in) const noexcept {
        return {neuron.derivative(s, add_light(in, s.p)), (s.L - s.p) * rate, 0.0};
    }

    /// p is exact; the neuron sees its mean over the step.
    template <class Input>
    State etd2(const State& s, const Input& in) const noexcept {
        const double p = s.L + (s.p - s.L) * mean;
        return {neuron.etd2(s, add_light(in, p)), s.L + (s.p - s.L) * keep, s.L};
    }

    static State kick(const State& s, double jump) noexcept { return {Neuron::kick(s, jump), s.p, s.L}; }
    State hold(const State& before, const State& after) const noexcept {
        return {neuron.hold(before, after), after.p, after.L};
    }
    bool spikes(const State& after) const noexcept { return neuron.spikes(after); }
    State reset(const State& s) const noexcept { return {neuron.reset(s), s.p, s.L}; }

    Neuron neuron;
    double g_ChR, E_ChR, rate, keep, mean;
};

}  // namespace rheobase
