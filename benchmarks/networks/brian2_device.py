"""Brian2 as fast as it goes: C++ standalone, full optimisation, OpenMP for more than one thread."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from time import perf_counter

import brian2
import numpy as np
from brian2 import device, ms, prefs, set_device
from definitions import DT

#: A program in the folder that this variable names stays there, and another seed of the network compiles little of it.
FOLDER = "BRIAN2_PROGRAM"


def prepare(threads, seed):
    """Choose the device, before any Brian2 object is made."""
    set_device("cpp_standalone", build_on_run=False)
    prefs.codegen.cpp.extra_compile_args_gcc = ["-O3", "-ffast-math", "-march=native", "-w"]
    prefs.devices.cpp_standalone.openmp_threads = threads if threads > 1 else 0
    brian2.defaultclock.dt = DT * ms
    brian2.seed(seed)


def refractory(duration):
    """Return how long Brian2 must hold V for it to be held for `duration` (ms) after its reset.

    It counts from the beginning of the step at whose end V is reset.
    """
    return (duration + DT) * ms


class Program:
    """The network as a compiled program, run once: seconds by phase and peak memory (MB)."""

    def __init__(self):
        self.folder = os.environ.get(FOLDER) or tempfile.mkdtemp(prefix="brian2-")
        start = perf_counter()
        device.build(directory=self.folder, compile=True, run=False, debug=False)
        self.compilation = perf_counter() - start
        start = perf_counter()
        device.run(self.folder, with_output=False, run_args=[])
        self.simulation = device._last_run_time
        self.construction = perf_counter() - start - self.simulation
        self.peak_memory_mb = self._peak_memory()

    def _peak_memory(self):
        """Run the program for nothing but its memory, if GNU time is there to tell and the program is not to stay."""
        time = shutil.which("time")
        if time is None or FOLDER in os.environ:
            return float("nan")
        run = subprocess.run([time, "-f", "%M", "./main"], cwd=self.folder, capture_output=True, text=True, check=True)
        return int(run.stderr.split()[-1]) / 1024.0

    def remove(self):
        """Remove the program and its results, unless it is to stay; monitors cannot be read after."""
        if FOLDER not in os.environ:
            shutil.rmtree(Path(self.folder), ignore_errors=True)


def rates(monitors, populations, after, until):
    """Return mean rates (Hz) between two times (ms)."""
    return {
        name: (monitor.t / ms > after).sum() / len(populations[name]) / (1e-3 * (until - after))
        for name, monitor in monitors.items()
    }


def save_spikes(path, monitors):
    """Save times (ms) and neurons of all spikes, if there is a path."""
    if path is not None:
        arrays = {f"times_{a}": monitor.t / ms for a, monitor in monitors.items()}
        np.savez(path, **arrays, **{f"senders_{a}": monitor.i for a, monitor in monitors.items()})
