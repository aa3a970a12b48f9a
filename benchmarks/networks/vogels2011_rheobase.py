"""Inhibitory plasticity in rheobase."""

from measure import arguments, report

import rheobase as rb

options = arguments(neurons=10_000, time=5000)
net = rb.circuits.inhibitory_plasticity(options.neurons, seed=options.seed, threads=options.threads)
result = net.run(options.time)
report(
    construction=result.timing.construction,
    simulation=result.timing.simulation,
    rates=result.rates(after=0.2 * options.time),
    synapses=net.synapses,
    neurons=options.neurons,
    threads=options.threads,
)
