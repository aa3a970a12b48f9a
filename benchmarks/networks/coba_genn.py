"""Vogels–Abbott, coba, in GeNN; conductances in µS, capacitance in nF.

A step takes the synaptic currents at its beginning, and the membrane relaxes by its leak alone.
"""

import genn_run
from definitions import COBA, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
n = sizes(options.neurons)
initial = {a: draw(COBA["V"], n[a], random) for a in "ei"}
kernels = {a: ("ExpCond", {"tau": COBA["tau"][a], "E": COBA["reversal"][a]}, {"V": "V"}) for a in "ei"}
weights = {a: 1e-3 * COBA["weights"][a] for a in "ei"}
inputs = {pre + post: 1e-3 * draw(COBA["g"][pre], n[post], random) for pre in "ei" for post in "ei"}
p = COBA["in_degree"] / options.neurons
genn_run.measure(COBA["neuron"], n, initial, kernels, weights, p, options, inputs=inputs)
