"""The textbook's EIF network in rheobase."""

from measure import arguments, report

import rheobase as rb

options = arguments(neurons=10_000, time=1000)
net = rb.circuits.cortex(options.neurons, seed=options.seed, threads=options.threads)
result = net.run(options.time)
rates = result.rates(after=0.2 * options.time)
report(
    construction=result.timing.construction,
    simulation=result.timing.simulation,
    rates={name: rates[name] for name in "ei"},
    synapses=net.synapses,
    neurons=options.neurons,
    threads=options.threads,
)
