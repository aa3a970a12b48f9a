"""Vogels–Abbott, cuba, in JAX and brainevent; a step takes the currents at its beginning."""

import brainevent_run
import numpy as np
from definitions import CUBA, DT, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
n, p = sizes(options.neurons), CUBA["neuron"]
cells = {
    "sizes": n,
    "tau": CUBA["tau"],
    **{name: p[name] for name in ("t_ref", "V_th", "V_re")},
    "v": draw(CUBA["V"], options.neurons, random),
    "g_e": np.zeros(options.neurons),
    "g_i": np.zeros(options.neurons),
}
keep = np.exp(-DT * p["g_L"] / p["C_m"])


def advance(v, current_e, current_i):
    """Return V after a step."""
    goal = p["E_L"] + (current_e + current_i) / p["g_L"]
    return goal + keep * (v - goal)


brainevent_run.measure(cells, CUBA["weights"], CUBA["in_degree"] / options.neurons, advance, options, random)
