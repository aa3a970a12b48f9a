"""The textbook's EIF network in rheobase."""

import rheobase_run
from measure import arguments

import rheobase as rb

options = arguments(neurons=10_000, time=1000)
net = rb.circuits.cortex(options.neurons, seed=options.seed, threads=options.threads)
rheobase_run.measure(net, options)
