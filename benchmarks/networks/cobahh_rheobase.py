"""Vogels–Abbott, cobahh, in rheobase."""

import rheobase_run
from measure import arguments

import rheobase as rb

options = arguments(neurons=4000, time=1000)
net = rb.circuits.cobahh(options.neurons, seed=options.seed, threads=options.threads)
rheobase_run.measure(net, options)
