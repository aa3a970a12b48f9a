"""How much a Hopfield network remembers: recovery against the number of patterns and the corruption, and theory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rheobase import checks, html
from rheobase.attractors.binary import HopfieldNetwork
from rheobase.attractors.continuous import GradedHopfield
from rheobase.attractors.patterns import corrupt, flip_count, random_patterns
from rheobase.learning.storage import hebbian
from rheobase.models.values import Brief
from rheobase.progress import Counter


@dataclass(frozen=True, eq=False, repr=False)
class RecoveryCurves(Brief):
    """Recovery of corrupted patterns: read along `counts` for the capacity, along `flips` for the basins.

    Attributes
    ----------
    n : int
        Number of units.
    counts : ndarray of int, (C,)
        Numbers of stored patterns.
    flips : ndarray of int, (F,)
        Numbers of flipped units.
    recovered : ndarray, (C, F)
        Fraction of patterns recovered.
    standard_error : ndarray, (C, F)
        Of that fraction, from its spread over networks (ddof = 1).
    overlap : ndarray, (C, F)
        Mean final overlap with the pattern.
    """

    n: int
    counts: np.ndarray
    flips: np.ndarray
    recovered: np.ndarray
    standard_error: np.ndarray
    overlap: np.ndarray

    def _repr_html_(self) -> str:
        rows = [(p, *(f"{v:.3f}" for v in row)) for p, row in zip(self.counts, self.recovered, strict=True)]
        head = (f"patterns (N = {self.n})", *(f"{k} flips" for k in self.flips))
        return html.table(rows, head=head, title="Recovered patterns")


@dataclass(frozen=True)
class CapacityBounds:
    """Numbers of random patterns that N units hold under the Hebbian rule, after Amit et al. and McEliece et al.

    Attributes
    ----------
    retrieval : float
        0.138 N: recalled with about 1.6 % wrong units.
    most_units : float
        N/(2 ln N): most patterns without an error.
    all_patterns : float
        N/(4 ln N): all patterns without an error.
    """

    retrieval: float
    most_units: float
    all_patterns: float


def capacity_bounds(n: int) -> CapacityBounds:
    """Return the theoretical capacities of a Hebbian Hopfield network of `n` units.

    Parameters
    ----------
    n : int
        Number of units, at least 2.

    Raises
    ------
    ValueError
        If `n` is below 2.

    Examples
    --------
    >>> round(capacity_bounds(64).retrieval, 3)
    8.832
    """
    units = float(checks.integer("n", n, low=2))
    return CapacityBounds(0.138 * units, units / (2 * np.log(units)), units / (4 * np.log(units)))


def recovery_curves(
    n: int,
    counts: Sequence[int],
    flips: Sequence[int | float] = (0.1, 0.2, 0.3),
    *,
    networks: int = 60,
    store: Callable[[np.ndarray], np.ndarray] = hebbian,
    dynamics: str = "asynchronous",
    duration: float = 10.0,
    sigma: float = 0.1,
    sweeps: int = 100,
    criterion: float = 0.95,
    seed: checks.Seed = None,
    progress: bool = False,
) -> RecoveryCurves:
    """Store random patterns, corrupt each, run the network and count what comes back.

    All patterns of a network run as one batch; every network has its own patterns.

    Parameters
    ----------
    n : int
        Number of units.
    counts : sequence of int
        Numbers of stored patterns.
    flips : sequence of int or float
        Corruptions: numbers of units, or fractions of N as floats.
    networks : int, default 60
        Networks per number of patterns, at least 2.
    store : callable, default `rheobase.learning.hebbian`
        Turns patterns (count, n) into weights (n, n).
    dynamics : {"asynchronous", "synchronous", "graded"}
        Binary updates, or eq. 5 of the Hopfield study with the sign and noise `sigma`.
    duration, sigma : float
        Of the graded dynamics, in units of the time constant.
    sweeps : int, default 100
        Most sweeps of the binary dynamics.
    criterion : float, default 0.95
        A pattern counts as recovered at a final overlap of at least this.
    seed : int, SeedSequence or Generator, optional
        Source of the patterns, the corruption and the dynamics.
    progress : bool, default False
        Show a bar that counts networks.

    Returns
    -------
    RecoveryCurves
        Fractions recovered with standard errors and mean overlaps.

    Raises
    ------
    TypeError
        If `store` cannot be called.
    ValueError
        If there is nothing to compute or an option is out of range.

    Examples
    --------
    >>> curves = recovery_curves(64, [2, 12], [0.1], networks=10, seed=1)
    >>> bool(curves.recovered[0, 0] > curves.recovered[1, 0])
    True
    """
    n = checks.integer("n", n, low=1)
    stored = [checks.integer("counts", k, low=1) for k in checks.items("counts", counts, "a sequence of integers")]
    flipped = [flip_count(k, n) for k in checks.items("flips", flips, "a sequence of numbers")]
    if not stored or not flipped:
        raise ValueError(f"counts and flips must not be empty, got {len(stored)} and {len(flipped)} values")
    networks = checks.integer("networks", networks, low=2)
    checks.memory("n", 8.0 * n * (n + max(stored)))
    checks.memory("networks", 16.0 * networks * len(stored) * len(flipped))
    checks.choice("dynamics", dynamics, ("asynchronous", "synchronous", "graded"))
    checks.function("store", store)
    criterion = checks.number("criterion", criterion, low=-1, high=1)
    rng = checks.generator(seed)

    def final_overlaps(patterns: np.ndarray, weights: np.ndarray) -> np.ndarray:
        cues = np.concatenate([corrupt(patterns, k, seed=rng) for k in flipped])
        if dynamics == "graded":
            ends = GradedHopfield(weights, sigma=sigma).run(cues, duration, record=False, seed=rng).last
        else:
            ends = HopfieldNetwork(weights).recall(cues, updates=dynamics, sweeps=sweeps, seed=rng).states
        return np.mean(ends.reshape(len(flipped), *patterns.shape) * patterns, axis=2)

    recovered = np.empty((len(stored), len(flipped), networks))
    overlap = np.empty_like(recovered)
    with Counter(len(stored) * networks, "recovery", "network", progress) as bar:
        for i, count in enumerate(stored):
            for k in range(networks):
                patterns = random_patterns(count, n, seed=rng)
                m = final_overlaps(patterns, store(patterns))
                recovered[i, :, k] = np.mean(m >= criterion, axis=1)
                overlap[i, :, k] = m.mean(axis=1)
                bar.advance()
    return RecoveryCurves(
        n,
        np.array(stored),
        np.array(flipped),
        recovered.mean(axis=2),
        recovered.std(axis=2, ddof=1) / np.sqrt(networks),
        overlap.mean(axis=2),
    )
