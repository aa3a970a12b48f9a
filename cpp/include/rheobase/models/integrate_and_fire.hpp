#pragma once

#include "rheobase/models/kicked_potential.hpp"

namespace rheobase {

/// Base of models that spike at V_th and are then set to V_re, where V is held while they are refractory.
template <class Model>
struct IntegrateAndFire : KickedPotential {
    template <class State>
    static State hold(const State& before, State after) noexcept {
        after.V = before.V;
        return after;
    }
    template <class State>
    bool spikes(const State& after) const noexcept {
        return after.V >= static_cast<const Model&>(*this).p.V_th;
    }
    template <class State>
    State reset(State s) const noexcept {
        s.V = static_cast<const Model&>(*this).p.V_re;
        return s;
    }
};

}  // namespace rheobase
