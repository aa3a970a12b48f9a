"""Vogels–Abbott, cuba, in GeNN; currents in nA and averaged over a step, capacitance in nF."""

import genn_run
from definitions import CUBA, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
n = sizes(options.neurons)
initial = {a: draw(CUBA["V"], n[a], random) for a in "ei"}
kernels = {a: ("ExpCurr", {"tau": CUBA["tau"][a]}, {}) for a in "ei"}
weights = {a: 1e-3 * CUBA["weights"][a] for a in "ei"}
genn_run.measure(CUBA["neuron"], n, initial, kernels, weights, CUBA["in_degree"] / options.neurons, options)
