"""NEST's kernel, quiet, and how a network is measured in it."""

import nest
import numpy as np
from measure import report


def prepare(threads, seed, dt=0.1):
    """Reset the kernel."""
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.set(resolution=dt, local_num_threads=threads, rng_seed=seed, print_time=False)


def record(populations):
    """Record the spikes of every population."""
    recorders = {}
    for name, population in populations.items():
        recorders[name] = nest.Create("spike_recorder")
        nest.Connect(population, recorders[name])
    return recorders


def rates(recorders, populations, after, until):
    """Return mean rates (Hz) between two times (ms)."""
    found = {}
    for name, recorder in recorders.items():
        times = recorder.events["times"]
        found[name] = (times > after).sum() / len(populations[name]) / (1e-3 * (until - after))
    return found


def measure(cells, stopwatch, options, *, settled=0.2):
    """Run a network and report it; rates are those of populations e and i after the share `settled` of the time."""
    recorded = {a: cells[a] for a in "ei"}
    recorders = record(recorded)
    nest.Prepare()
    construction = stopwatch.lap()
    nest.Run(options.time)
    report(
        construction=construction,
        simulation=stopwatch.lap(),
        rates=rates(recorders, recorded, settled * options.time, options.time),
        synapses=nest.num_connections,
        neurons=options.neurons,
        threads=options.threads,
    )
    save_spikes(options.spikes, recorders, recorded)


def save_spikes(path, recorders, populations):
    """Save times (ms) and neurons, counted from 0, of all spikes, if there is a path."""
    if path is None:
        return
    arrays = {}
    for name, recorder in recorders.items():
        events = recorder.events
        arrays[f"times_{name}"] = events["times"]
        arrays[f"senders_{name}"] = events["senders"] - populations[name][0].global_id
    np.savez(path, **arrays)
