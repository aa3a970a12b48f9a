"""Vogels–Abbott, coba, in JAX and brainevent, by exponential Euler steps."""

import brainevent_run
import jax.numpy as jnp
from definitions import COBA, DT, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
n, p, reversal = sizes(options.neurons), COBA["neuron"], COBA["reversal"]
cells = {
    "sizes": n,
    "tau": COBA["tau"],
    **{name: p[name] for name in ("t_ref", "V_th", "V_re")},
    "v": draw(COBA["V"], options.neurons, random),
    "g_e": draw(COBA["g"]["e"], options.neurons, random),
    "g_i": draw(COBA["g"]["i"], options.neurons, random),
}


def advance(v, g_e, g_i):
    """Return V after a step."""
    g = p["g_L"] + g_e + g_i
    goal = (p["g_L"] * p["E_L"] + g_e * reversal["e"] + g_i * reversal["i"]) / g
    return goal + jnp.exp(-DT * g / p["C_m"]) * (v - goal)


brainevent_run.measure(cells, COBA["weights"], COBA["in_degree"] / options.neurons, advance, options, random)
