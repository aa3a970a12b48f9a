"""Vogels–Abbott, cobahh, in rheobase."""

from measure import arguments, report

import rheobase as rb

options = arguments(neurons=4000, time=1000)
net = rb.circuits.cobahh(options.neurons, seed=options.seed, threads=options.threads)
result = net.run(options.time)
report(
    construction=result.timing.construction,
    simulation=result.timing.simulation,
    rates=result.rates(after=0.2 * options.time),
    synapses=net.synapses,
    neurons=options.neurons,
    threads=options.threads,
)
