"""Brunel's network in rheobase."""

from definitions import BRUNEL
from measure import arguments, report

import rheobase as rb

options = arguments(neurons=12_500, time=1000)
net = rb.circuits.brunel(
    BRUNEL["g"], BRUNEL["eta"], order=options.neurons // 5, seed=options.seed, threads=options.threads
)
result = net.run(options.time)
report(
    construction=result.timing.construction,
    simulation=result.timing.simulation,
    rates=result.rates(after=0.2 * options.time),
    synapses=net.synapses,
    neurons=options.neurons,
    threads=options.threads,
)
