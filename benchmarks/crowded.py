"""Beside programs that want the same cores: the textbook's network on one, two and more threads.

python benchmarks/crowded.py
"""

import argparse
import os
import subprocess
import sys
from contextlib import contextmanager
from statistics import median
from time import perf_counter

import rheobase as rb


@contextmanager
def busy(programs):
    """Run programs that do nothing but take time of a core."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(programs)]
    try:
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()


def measure(threads, neurons, time, turns):
    """Return the median of the seconds that `time` ms take, after as long a start."""
    net = rb.circuits.cortex(neurons, seed=1, threads=threads)
    net.run(time)
    seconds = []
    for _ in range(turns):
        began = perf_counter()
        net.run(time)
        seconds.append(perf_counter() - began)
    return median(seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--neurons", type=int, default=10_000)
    parser.add_argument("--time", type=float, default=100.0, help="ms")
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    all_threads = (1, cores, 2 * cores)
    print(f"{options.neurons} neurons, {options.time:g} ms, {cores} cores: seconds on", *all_threads, "threads")
    for programs in (0, cores // 2, cores, 2 * cores):
        with busy(programs):
            seconds = [measure(threads, options.neurons, options.time, options.turns) for threads in all_threads]
        print(f"{programs:3} programs beside ", *(f"{s:8.3f}" for s in seconds))


if __name__ == "__main__":
    main()
