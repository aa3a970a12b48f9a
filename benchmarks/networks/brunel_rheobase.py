"""Brunel's network in rheobase."""

import rheobase_run
from definitions import BRUNEL
from measure import arguments

import rheobase as rb

options = arguments(neurons=12_500, time=1000)
net = rb.circuits.brunel(
    BRUNEL["g"], BRUNEL["eta"], order=options.neurons // 5, seed=options.seed, threads=options.threads
)
rheobase_run.measure(net, options)
