#pragma once

#include "rheobase/models/integration.hpp"
#include "rheobase/models/neuron_model.hpp"

namespace rheobase {

struct Binary {
    struct Parameters {
        double theta;
    };
    struct State {
        double S, I;
    };

    static constexpr char name[] = "Binary";
    static constexpr char summary[] =
        "Binary (McCulloch-Pitts) unit, updated once a step; it spikes in every step it is on.";
    static constexpr char equation[] =
        "S(n + 1) = 1 if I(n) >= theta, else 0;   I = I_x + W S through delta synapses, whose weight is the input that "
        "a "
        "unit gives while it is on";
    static constexpr char reference[] = "McCulloch & Pitts 1943; Rosenbaum, Modeling Neural Circuits, appendix B.3";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::theta, "theta", "1", 1.0, any, "input at which the unit turns on"}};
    static constexpr Variable<State> state[] = {
        {&State::S, "S", "1", "1 where the unit is on, else 0"},
        {&State::I, "I", "1", "input that decided it"},
    };
    static constexpr Span<const Ordered<Parameters>> orders{};
    using Methods = Schemes<Exact>;
    static constexpr Example example{1.5, "I", "", false, {}};

    Binary(const Parameters& p_, double) : p(p_) {}

    static State start(const Parameters&) { return {0.0, 0.0}; }
    static double refractory_period() noexcept { return 0.0; }

    /// The step brings the steady and the filtered input, `kicked` the delta synapses', and `reset` turns the unit on.
    template <class Input>
    State exact(const State&, const Input& in) const noexcept {
        return {0.0, in.I};
    }

    static State kick(State s, double jump) noexcept {
        s.I += jump;
        return s;
    }
    static State hold(const State&, State after) noexcept { return after; }
    bool spikes(const State& after) const noexcept { return after.I >= p.theta; }
    static State reset(State s) noexcept { return {1.0, s.I}; }

    Parameters p;
};

}  // namespace rheobase
