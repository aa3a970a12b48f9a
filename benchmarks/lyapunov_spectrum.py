"""Lyapunov spectra of large random rate networks: time, memory, and that they stop and go on.

    python benchmarks/lyapunov_spectrum.py [units] [exponents]

Exponents default to a tenth of the units. Twenty rounds of two steps follow: the first ten end in a result that is
saved to a file, the others go on from what is read again. Each line gives the time and the processor time per unit of
time (one membrane time constant), the largest memory so far, and how long a spectrum over 100 of them would take.
"""

import pickle
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from rheobase.dynamics import lyapunov_exponents
from rheobase.theory.random_networks import random_network

#: Rounds of each half, the fewest that are taken, the step, and the time between decompositions.
ROUNDS, DT, EVERY = 10, 0.1, 0.2


def follow(network, start, exponents):
    duration = ROUNDS * EVERY
    wall, processor = time.perf_counter(), time.process_time()
    found = lyapunov_exponents(network, start, duration, dt=DT, n=exponents, every=EVERY, progress=True)
    wall, processor = (time.perf_counter() - wall) / duration, (time.process_time() - processor) / duration
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"N = {network.n}, {exponents} exponents over {found.duration:3.1f}: {wall:6.2f} s and {processor:6.2f} CPU-s "
        f"per unit of time, {memory:5.2f} GB, {100 * wall / 60:6.1f} min for 100",
        flush=True,
    )
    return found


if __name__ == "__main__":
    units = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    exponents = int(sys.argv[2]) if len(sys.argv) > 2 else units // 10
    network = random_network(units, 4.0, seed=1, single_precision=True)
    start = np.random.default_rng(2).standard_normal(units)
    half = follow(network, start, exponents)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "half.pickle"
        file.write_bytes(pickle.dumps(half))
        print(f"saved: {file.stat().st_size / 1e6:.1f} MB")
        whole = follow(network, pickle.loads(file.read_bytes()), exponents)
    print(f"largest exponent {whole.exponents[0]:.3f}, smallest of these {whole.exponents[-1]:.3f}")
