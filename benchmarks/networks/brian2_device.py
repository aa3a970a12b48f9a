"""Brian2 as fast as it goes: C++ standalone, full optimisation, OpenMP for more than one thread."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from time import perf_counter

import brian2
import numpy as np
from brian2 import Network, SpikeMonitor, device, ms, prefs, set_device
from definitions import DT
from measure import PROGRAM, report

#: What GCC calls a processor that has no more than the instructions rheobase is told to use.
MARCH = {"avx2": "haswell", "baseline": "x86-64"}


def prepare(threads, seed):
    """Choose the device, before any Brian2 object is made."""
    set_device("cpp_standalone", build_on_run=False)
    processor = MARCH.get(os.environ.get("RHEOBASE_ISA"), "native")
    prefs.codegen.cpp.extra_compile_args_gcc = ["-O3", "-ffast-math", f"-march={processor}", "-w"]
    prefs.devices.cpp_standalone.openmp_threads = threads if threads > 1 else 0
    brian2.defaultclock.dt = DT * ms
    brian2.seed(seed)


def refractory(duration):
    """Return how long Brian2 must hold V for it to be held for `duration` (ms) after its reset.

    It counts from the beginning of the step at whose end V is reset.
    """
    return (duration + DT) * ms


class Program:
    """The network as a compiled program: seconds by phase and peak memory (MB). It is run once, or by the caller."""

    def __init__(self, run=True):
        self.folder = os.environ.get(PROGRAM) or tempfile.mkdtemp(prefix="brian2-")
        known = Path(self.folder, "main").exists()
        start = perf_counter()
        device.build(directory=self.folder, compile=True, run=False, debug=False)
        self.compilation = perf_counter() - start
        if run:
            self.run()
            self.peak_memory_mb = float("nan") if known else self._peak_memory()

    def run(self):
        """Run it, perhaps again."""
        start = perf_counter()
        device.run(self.folder, with_output=False, run_args=[])
        self.simulation = device._last_run_time
        self.construction = perf_counter() - start - self.simulation

    def _peak_memory(self):
        """Run the program for nothing but its memory, if GNU time is there to tell."""
        time = shutil.which("time")
        if time is None:
            return float("nan")
        run = subprocess.run([time, "-f", "%M", "./main"], cwd=self.folder, capture_output=True, text=True, check=True)
        return int(run.stderr.split()[-1]) / 1024.0

    def remove(self):
        """Remove the program and its results, unless it is to stay; monitors cannot be read after."""
        if PROGRAM not in os.environ:
            shutil.rmtree(Path(self.folder), ignore_errors=True)


def measure(cells, synapses, options, *, settled=0.2, drives=(), groups=None):
    """Run a network and report it; rates are those of populations e and i after the share `settled` of the time.

    Populations may be parts of `groups`, which are then what the network holds.
    """
    monitors = {a: SpikeMonitor(cells[a]) for a in "ei"}
    network = Network(*(groups or cells.values()), *synapses, *monitors.values(), *drives)
    network.run(options.time * ms)
    program = Program()
    seconds = 1e-3 * (1 - settled) * options.time
    report(
        construction=program.construction,
        simulation=program.simulation,
        compilation=program.compilation,
        rates={a: (m.t / ms > settled * options.time).sum() / len(cells[a]) / seconds for a, m in monitors.items()},
        synapses=sum(len(s) for s in synapses),
        neurons=options.neurons,
        threads=options.threads,
        peak_memory_mb=program.peak_memory_mb,
    )
    save_spikes(options.spikes, monitors)
    program.remove()


def save_spikes(path, monitors):
    """Save times (ms) and neurons of all spikes, if there is a path."""
    if path is not None:
        arrays = {f"times_{a}": monitor.t / ms for a, monitor in monitors.items()}
        np.savez(path, **arrays, **{f"senders_{a}": monitor.i for a, monitor in monitors.items()})
