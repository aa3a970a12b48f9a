"""Lyapunov spectra of large random rate networks: time, memory, and that they stop and go on.

    python benchmarks/lyapunov_spectrum.py [--units 5000] [--exponents 500 | all] [--duration 2] [--dt 0.1]
        [--every 0.2] [--file spectrum.pickle]

Exponents default to a tenth of the units. Without a file the duration is done twice: the second half goes on from what
is saved by the first and read again. With one the spectrum goes on from that file, if it exists, and is saved to it
after each ten decompositions, and at Ctrl-C, until the duration is reached. Each line gives the time and the processor
time per unit of time (one membrane time constant), the largest memory so far, and how long a spectrum over 100 of them
takes. With a duration of 0 one product with the Jacobian and one decomposition are timed, and what they add up to.
"""

import argparse
import pickle
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

import rheobase as rb
from rheobase.dynamics import lyapunov_exponents
from rheobase.theory.random_networks import random_network

#: Decompositions between two lines.
ROUNDS = 10


def follow(network, start, exponents, duration, args):
    wall, processor = time.perf_counter(), time.process_time()
    before = getattr(start, "duration", 0.0)
    try:
        found = lyapunov_exponents(network, start, duration, dt=args.dt, n=exponents, every=args.every, progress=True)
    except rb.Interrupted as stopped:
        # The time of the round that was left counts, too.
        found = stopped.result
    done = found.duration - before
    wall, processor = (time.perf_counter() - wall) / done, (time.process_time() - processor) / done
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"N = {network.n}, {exponents} exponents over {done:3.1f}: {wall:6.2f} s and {processor:6.2f} CPU-s "
        f"per unit of time, {memory:5.2f} GB, {100 * wall / 60:6.1f} min for 100",
        flush=True,
    )
    return found


def processor_time(call):
    began = time.process_time()
    call()
    return time.process_time() - began


def parts(network, start, exponents, args):
    frame = np.random.default_rng(3).standard_normal((network.n, exponents))
    product = processor_time(lambda: network.variation(start, frame))
    decomposition = processor_time(lambda: np.linalg.qr(frame))
    for dt, every in ((args.dt, args.every), (0.2, 1.0), (0.2, 2.0)):
        total = 4 * product / dt + decomposition / every
        print(
            f"N = {network.n}, {exponents} exponents: a product {product:.2f}, a decomposition {decomposition:.2f} "
            f"CPU-s; steps of {dt:g}, decomposed every {every:g}: {total:.0f} CPU-s per unit of time, "
            f"{100 * total / 3600:.1f} h for 100"
        )


def save(found, file):
    fresh = file.with_suffix(".part")
    fresh.write_bytes(pickle.dumps(found, protocol=5))
    fresh.replace(file)


def tell(found):
    total = f", all of them sum up to {found.exponents.sum():.4f}" if len(found.exponents) == len(found.state) else ""
    print(
        f"largest exponent {found.exponents[0]:.3f}, smallest of these {found.exponents[-1]:.3f}{total}, "
        f"entropy rate {found.entropy_rate:.3f}, dimension {found.dimension:.1f}, over {found.duration:g}"
    )


def to_file(network, start, exponents, args):
    file = Path(args.file)
    found = pickle.loads(file.read_bytes()) if file.exists() else start
    while getattr(found, "duration", 0.0) < args.duration - 1e-9:
        found = follow(network, found, exponents, ROUNDS * args.every, args)
        save(found, file)
        if found.interrupted:
            break
    return found


def in_halves(network, start, exponents, args):
    half = follow(network, start, exponents, args.duration, args)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "half.pickle"
        save(half, file)
        print(f"saved: {file.stat().st_size / 1e6:.1f} MB")
        del half
        return follow(network, pickle.loads(file.read_bytes()), exponents, args.duration, args)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=5000)
    parser.add_argument("--exponents", default=None)
    parser.add_argument("--duration", type=float, default=2.0)
    parser.add_argument("--dt", type=float, default=0.1)
    parser.add_argument("--every", type=float, default=0.2)
    parser.add_argument("--file")
    args = parser.parse_args()
    exponents = args.units if args.exponents == "all" else int(args.exponents or args.units // 10)
    network = random_network(args.units, 4.0, seed=1, single_precision=True)
    start = np.random.default_rng(2).standard_normal(args.units)
    if args.duration == 0:
        parts(network, start, exponents, args)
        raise SystemExit
    tell((to_file if args.file else in_halves)(network, start, exponents, args))
