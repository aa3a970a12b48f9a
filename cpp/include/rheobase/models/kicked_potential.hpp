#pragma once

namespace rheobase {

/// Base of models whose membrane potential delta synapses move.
struct KickedPotential {
    template <class State>
    static State kick(State s, double jump) noexcept {
        s.V += jump;
        return s;
    }
};

}  // namespace rheobase
