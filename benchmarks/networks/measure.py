"""What every network script shares: its arguments and the one JSON line it prints. The standard library alone."""

import argparse
import json
import os
import resource
import sys
import tempfile
from contextlib import contextmanager
from time import perf_counter

#: What a simulator compiles into the folder that this variable names stays there: other seeds compile little of it.
PROGRAM = "PROGRAM_FOLDER"


def arguments(neurons, time):
    """Read the command line; `neurons` and `time` (ms) are the defaults."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--neurons", type=int, default=neurons)
    parser.add_argument("--time", type=float, default=time, help="biological time in ms")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spikes", help="file for all spikes (.npz); Brian2 and NEST alone")
    return parser.parse_args()


@contextmanager
def program_folder():
    """Yield the folder to compile into; it is removed unless the caller named it."""
    if PROGRAM in os.environ:
        yield os.environ[PROGRAM]
    else:
        with tempfile.TemporaryDirectory(prefix="program-", ignore_cleanup_errors=True) as folder:
            yield folder


class Stopwatch:
    """Seconds since the last lap."""

    def __init__(self):
        self.last = perf_counter()

    def lap(self):
        now = perf_counter()
        seconds, self.last = now - self.last, now
        return seconds


def report(*, construction, simulation, rates, synapses, neurons, threads, compilation=0.0, peak_memory_mb=None):
    """Print the measurement as one line of JSON; it must be the last line printed."""
    if peak_memory_mb is None:
        unit = 1024.0**2 if sys.platform == "darwin" else 1024.0
        peak_memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    line = {
        "construction": construction,
        "simulation": simulation,
        "compilation": compilation,
        "rates": {name: float(rate) for name, rate in rates.items()},
        "synapses": int(synapses),
        "neurons": int(neurons),
        "threads": threads,
        "peak_memory_mb": round(peak_memory_mb, 1),
    }
    print(json.dumps(line))
