"""How a network of two populations is measured in ANNarchy, compiled with its default flags."""

import os
import sys

import ANNarchy as ann
from definitions import DT
from measure import Stopwatch, program_folder, report

os.environ["VIRTUAL_ENV"] = sys.prefix  # CMake, which compiles the network, looks for this environment's Python there


def measure(neuron, sizes, initial, weights, p, options, *, settled=0.2):
    """Run a network and report it; rates are those after the share `settled` of the time.

    `initial` has values by population and variable, `weights` what a spike of a population adds to its target variable,
    which `neuron` names as the population ("g_e", "g_i").
    """
    stopwatch = Stopwatch()
    net = ann.Network(dt=DT, seed=options.seed)
    net.config(num_threads=options.threads)
    cells = {a: net.create(sizes[a], neuron) for a in "ei"}
    for a in "ei":
        for name, values in initial[a].items():
            setattr(cells[a], name, values)
    synapses = []
    for pre in "ei":
        for post in "ei":
            projection = net.connect(cells[pre], cells[post], target=pre)
            projection.fixed_probability(p, weights=weights[pre], delays=DT)
            synapses.append(projection)
    monitors = {a: net.monitor(cells[a], "spike") for a in "ei"}
    construction = stopwatch.lap()
    with program_folder() as folder:
        net.compile(directory=folder, silent=True)
        compilation = stopwatch.lap()
        net.simulate(options.time)
        simulation = stopwatch.lap()
    seconds = 1e-3 * (1 - settled) * options.time
    first = settled * options.time / DT
    rates = {}
    for a, monitor in monitors.items():
        spikes = monitor.get("spike")
        rates[a] = sum(step > first for steps in spikes.values() for step in steps) / sizes[a] / seconds
    report(
        construction=construction,
        simulation=simulation,
        compilation=compilation,
        rates=rates,
        synapses=sum(s.nb_synapses for s in synapses),
        neurons=options.neurons,
        threads=options.threads,
    )
