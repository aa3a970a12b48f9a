"""The textbook's EIF network in rheobase, by the textbook's Euler steps, as Brian2 runs it."""

import rheobase_run
from definitions import CORTEX, sizes
from measure import arguments

import rheobase as rb

options = arguments(neurons=10_000, time=1000)
net = rb.Network(seed=options.seed, threads=options.threads)
neuron = rb.EIF(**CORTEX["neuron"], method="euler")
n = sizes(options.neurons)
for a in "ei":
    net.add(neuron, n[a], name=a, V=rb.Uniform(*CORTEX["V"]))
net.add(rb.Poisson(rate=CORTEX["rate_x"]), n["e"], name="x")
for (post, pre), weight in CORTEX["weights"].items():
    rule, synapse = rb.FixedInDegree(CORTEX["in_degrees"][pre]), rb.Exponential(tau=CORTEX["tau"][pre])
    net.connect(net[pre], net[post], rule, weight=weight, synapse=synapse)
rheobase_run.measure(net, options)
