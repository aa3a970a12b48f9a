"""Brian2 as fast as it goes: C++ standalone, full optimisation, OpenMP for more than one thread."""

import resource
import shutil
import tempfile
from time import perf_counter

import brian2
from brian2 import device, prefs, set_device


def prepare(threads, seed):
    """Choose the device, before any Brian2 object is made."""
    set_device("cpp_standalone", build_on_run=False)
    prefs.codegen.cpp.extra_compile_args_gcc = ["-O3", "-ffast-math", "-march=native", "-w"]
    prefs.devices.cpp_standalone.openmp_threads = threads if threads > 1 else 0
    brian2.defaultclock.dt = 0.1 * brian2.ms
    brian2.seed(seed)


def build_and_run():
    """Return seconds of compilation, construction and simulation and the peak memory (MB) of the program."""
    folder = tempfile.mkdtemp(prefix="brian2-")
    try:
        start = perf_counter()
        device.build(directory=folder, compile=True, run=False, debug=False)
        compilation = perf_counter() - start
        # what the compiler used is the largest child so far: the program's own peak is known where it is larger
        start = perf_counter()
        device.run(directory=folder, with_output=False, run_args=[])
        total = perf_counter() - start
        for monitor in brian2.get_objects_in_namespace(level=1):
            del monitor
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return compilation, total - device._last_run_time, device._last_run_time, None


def children_peak_mb():
    """Return the peak memory of finished child processes (MB)."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0
