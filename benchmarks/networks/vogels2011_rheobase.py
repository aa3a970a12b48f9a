"""Inhibitory plasticity in rheobase."""

import rheobase_run
from measure import arguments

import rheobase as rb

options = arguments(neurons=10_000, time=5000)
net = rb.circuits.inhibitory_plasticity(options.neurons, seed=options.seed, threads=options.threads)
rheobase_run.measure(net, options, settled=0.8)
