"""Recursive least squares beside the straightforward NumPy loop and BLAS, and beside what the memory allows.

An update must read half of the symmetric matrix P once: 4 n² bytes. Times are of one thread, in CPU time.
Run: python benchmarks/readout.py [--sizes 1000 4000] [--repeats 5]
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Callable

import numpy as np
from scipy.linalg.blas import dsymv, dsyr

from rheobase import _engine
from rheobase.learning import RLS, Readout


def numpy_loop(n: int, rates: np.ndarray) -> Callable[[], None]:
    """The textbook's three lines, put right."""
    P, R = np.eye(n), np.zeros((1, n))

    def run() -> None:
        nonlocal P, R
        for r in rates:
            k = P @ r / (1 + r @ P @ r)
            P -= np.outer(k, r @ P)
            R -= np.outer(R @ r - 1.0, k)

    return run


def numpy_symmetric(n: int, rates: np.ndarray) -> Callable[[], None]:
    """The same with one product: r @ P is P @ r again."""
    P, R = np.eye(n), np.zeros((1, n))

    def run() -> None:
        nonlocal P, R
        for r in rates:
            Pr = P @ r
            k = Pr / (1 + r @ Pr)
            P -= np.outer(k, Pr)
            R -= np.outer(R @ r - 1.0, k)

    return run


def blas(n: int, rates: np.ndarray) -> Callable[[], None]:
    """One triangle of P, by dsymv and dsyr."""
    P, R = np.asfortranarray(np.eye(n)), np.zeros((1, n))

    def run() -> None:
        nonlocal P, R
        for r in rates:
            Pr = dsymv(1.0, P, r)
            factor = 1 / (1 + r @ Pr)
            P = dsyr(-factor, Pr, a=P, overwrite_a=1)
            R -= np.outer(R @ r - 1.0, factor * Pr)

    return run


def ours(n: int, rates: np.ndarray) -> Callable[[], None]:
    readout, y = Readout(n, rule=RLS(1.0)), np.ones(len(rates))
    return lambda: readout.fit(rates, y) and None


def stream(size: int) -> float:
    """Bytes a second that reading so much memory reaches: the sum of an array, or a product, whichever is faster."""
    x = np.ones(size // 8)
    reads = (lambda: x.sum(), lambda: x @ x, lambda: x.max())
    return max(x.nbytes / best(read, 15) for read in reads)


def best(run: Callable[[], object], repeats: int) -> float:
    """Return the smallest CPU time of this thread (s)."""
    times = []
    for _ in range(repeats):
        begin = time.thread_time()
        run()
        times.append(time.thread_time() - begin)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 4000])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print(f"instruction set {_engine.isa()}; times an update, best of {options.repeats}")
    print(f"{'n':>6} {'method':<28} {'ms':>9} {'times NumPy':>12} {'GB/s needed':>12} {'of the bound':>13}")
    for n in options.sizes:
        updates = 16 * max(1, 2000 // n)
        rates = 0.5 * np.random.default_rng(1).standard_normal((updates, n))
        needed, bandwidth = 4.0 * n * n, stream(4 * n * n)
        reference = np.inf  # the faster of the two NumPy loops
        for name, method in (
            ("NumPy, as in the textbook", numpy_loop),
            ("NumPy, one product", numpy_symmetric),
            ("BLAS, dsymv and dsyr", blas),
            ("rheobase", ours),
        ):
            run = method(n, rates)
            seconds = best(run, options.repeats) / updates
            if name.startswith("NumPy"):
                reference = min(reference, seconds)
            speed = needed / seconds
            print(
                f"{n:>6} {name:<28} {1e3 * seconds:>9.3f} {reference / seconds:>12.2f} {1e-9 * speed:>12.1f} "
                f"{speed / bandwidth:>13.2f}"
            )
        print(f"{n:>6} {'reading half of P':<28} {1e3 * needed / bandwidth:>9.3f} {'':>12} {1e-9 * bandwidth:>12.1f}")


if __name__ == "__main__":
    main()
