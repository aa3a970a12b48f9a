"""Vogels–Abbott, cuba, in ANNarchy; a step takes the currents at its beginning."""

import ANNarchy as ann
import annarchy_run
from definitions import CUBA, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
n, p = sizes(options.neurons), CUBA["neuron"]
neuron = ann.Neuron(
    parameters={
        **{name: p[name] for name in ("E_L", "V_th", "V_re")},
        "leak": p["g_L"],  # names that begin with g_ are those of inputs
        "tau_m": p["C_m"] / p["g_L"],
        "tau_e": CUBA["tau"]["e"],
        "tau_i": CUBA["tau"]["i"],
    },
    equations=[
        ann.Variable("tau_m * dv/dt = E_L - v + (g_e + g_i) / leak", method="exponential"),
        ann.Variable("tau_e * dg_e/dt = -g_e", method="exponential"),
        ann.Variable("tau_i * dg_i/dt = -g_i", method="exponential"),
    ],
    spike="v >= V_th",
    reset="v = V_re",
    refractory=p["t_ref"],
)
initial = {a: {"v": draw(CUBA["V"], n[a], random)} for a in "ei"}
annarchy_run.measure(neuron, n, initial, CUBA["weights"], CUBA["in_degree"] / options.neurons, options)
