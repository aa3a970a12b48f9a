"""NEST's kernel, quiet, and how rates are read from it."""

import nest
import numpy as np


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
