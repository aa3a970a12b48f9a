#pragma once

#include "rheobase/models/kicked_potential.hpp"

namespace rheobase {

/// Base of models whose spikes are upward crossings of V_th, after which the state goes on as if nothing had been.
template <class Model>
struct UpwardCrossing : KickedPotential {
    template <class State>
    static State hold(const State&, State after) noexcept {
        return after;
    }
    template <class State>
    bool spikes(const State& before, const State& after) const noexcept {
        const double V_th = static_cast<const Model&>(*this).p.V_th;
        return (before.V < V_th) & (after.V >= V_th);
    }
    template <class State>
    static State reset(State s) noexcept {
        return s;
    }
};

}  // namespace rheobase
