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
from pathlib import Path

import numpy as np
from scipy.linalg.blas import dsymv, dsyr

from rheobase import _engine
from rheobase.learning import RLS, Readout

RESULTS = Path(__file__).resolve().parent / "results"


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


def measure(n: int, repeats: int) -> list[str]:
    """Return the rows of one size."""
    updates = 16 * max(1, 2000 // n)
    rates = 0.5 * np.random.default_rng(1).standard_normal((updates, n))
    needed, bandwidth = 4.0 * n * n, stream(4 * n * n)
    reference = np.inf  # the faster of the two NumPy loops
    rows = []
    for name, method in (
        ("NumPy, as in the textbook", numpy_loop),
        ("NumPy, one product", numpy_symmetric),
        ("BLAS, dsymv and dsyr", blas),
        ("rheobase", ours),
    ):
        seconds = best(method(n, rates), repeats) / updates
        if name.startswith("NumPy"):
            reference = min(reference, seconds)
        speed = needed / seconds
        rows.append(
            f"| {n} | {name} | {1e3 * seconds:.3f} | {reference / seconds:.2f} | {1e-9 * speed:.1f} | "
            f"{speed / bandwidth:.2f} |"
        )
    rows.append(f"| {n} | reading half of P | {1e3 * needed / bandwidth:.3f} | | {1e-9 * bandwidth:.1f} | 1.00 |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 4000])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument(
        "--save", default=str(Path(__file__).parent / "results" / "readout.md"), help="file for the table"
    )
    options = parser.parse_args()
    text = "\n".join(
        [
            "# Recursive least squares\n",
            f"Instruction set {_engine.isa()}, one thread; CPU time an update, best of {options.repeats}.\n",
            "| n | method | ms | times NumPy | GB/s needed | of the bound |",
            "|---|---|---|---|---|---|",
            *(row for n in options.sizes for row in measure(n, options.repeats)),
        ]
    )
    print(text)
    Path(options.save).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
