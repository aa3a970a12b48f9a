"""Vogels–Abbott, cuba, in GeNN; currents in nA and averaged over a step, capacitance in nF."""

import genn_run
from definitions import CUBA, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
n, p = sizes(options.neurons), CUBA["neuron"]
parameters = {
    "C": 1e-3 * p["C_m"],
    "TauM": p["C_m"] / p["g_L"],
    "Vrest": p["E_L"],
    "Vreset": p["V_re"],
    "Vthresh": p["V_th"],
    "Ioffset": 0.0,
    "TauRefrac": p["t_ref"],
}
initial = {a: draw(CUBA["V"], n[a], random) for a in "ei"}
kernels = {a: ("ExpCurr", {"tau": CUBA["tau"][a]}, {}) for a in "ei"}
weights = {a: 1e-3 * CUBA["weights"][a] for a in "ei"}
genn_run.measure(parameters, n, initial, kernels, weights, CUBA["in_degree"] / options.neurons, options)
