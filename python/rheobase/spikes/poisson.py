"""Poisson processes: by count, bin by bin, and by thinning (Rosenbaum, section 2.2).

A Poisson process is stationary, memoryless and orderly: spikes come one at a time. Without the last condition batches
of spikes would qualify, whose Fano factor exceeds 1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.checks import Seed
from rheobase.spikes.trains import SpikeTrains, in_order
from rheobase.units import PER_MS

#: Random numbers drawn at a time when going bin by bin.
_BLOCK = 2**22

#: More bins over all trains take hours, and are taken for a mistake.
_MOST_CELLS = 2**36


def poisson(
    rate: npt.ArrayLike, duration: float, n: int = 1, *, t_start: float = 0.0, seed: Seed = None
) -> SpikeTrains:
    """Draw homogeneous Poisson processes exactly: a Poisson count, then uniform times (Rosenbaum, algorithm 1).

    Parameters
    ----------
    rate : float or array of shape (n,)
        Firing rate in Hz, one for all trains or one per train.
    duration : float
        Length of the trains, ms.
    n : int, default 1
        Number of independent trains.
    t_start : float, default 0
        Where they begin, ms.
    seed : int, SeedSequence, Generator or None
        Seed of the random numbers.

    Returns
    -------
    SpikeTrains
        With counts of mean and variance `rate` × `duration` / 1000.

    Raises
    ------
    ValueError
        If `rate` is negative, `duration` not positive or the shape of `rate` does not fit.

    Examples
    --------
    >>> trains = poisson(15.0, 1000.0, n=100, seed=1)
    >>> trains.n, trains.t_stop
    (100, 1000.0)
    """
    n = checks.integer("n", n, low=1)
    duration = checks.number("duration", duration, above=0)
    t_start = checks.number("t_start", t_start)
    checks.memory("n", 32 * n)
    rates = checks.one_or_each("rate", rate, n, low=0)
    rng = checks.generator(seed)
    require_room(float(rates.sum()) * duration * PER_MS)
    counts = rng.poisson(rates * duration * PER_MS, size=n)
    times = t_start + duration * rng.random(counts.sum())
    return in_order(times, np.repeat(np.arange(n), counts), n, t_start, t_start + duration)


def poisson_bins(
    rate: npt.ArrayLike | Callable[[np.ndarray], npt.ArrayLike],
    duration: float,
    dt: float,
    n: int = 1,
    *,
    law: str = "bernoulli",
    t_start: float = 0.0,
    seed: Seed = None,
) -> SpikeTrains:
    """Draw Poisson processes bin by bin, on a grid of time (Rosenbaum, algorithm 2).

    Parameters
    ----------
    rate : float, array of shape (n,) or function
        Firing rate in Hz; a function takes times in ms, shape (bins,), and returns the rates then.
    duration : float
        Length of the trains in ms, a multiple of `dt`.
    dt : float
        Width of a bin, ms. A function is evaluated at the middle of each bin.
    n : int, default 1
        Number of independent trains.
    law : {"bernoulli", "poisson"}, default "bernoulli"
        "bernoulli": at most one spike per bin, with probability r dt; the Fano factor is 1 - r dt. "poisson": a Poisson
        number of spikes with mean r dt, so counts are exact; several spikes in a bin are several equal times.
    t_start : float, default 0
        Where they begin, ms.
    seed : int, SeedSequence, Generator or None
        Seed of the random numbers.

    Returns
    -------
    SpikeTrains
        With times on the grid, at the left edge of their bin.

    Raises
    ------
    ValueError
        If a rate is negative, or r dt exceeds 1 where a bin can hold but one spike.

    Examples
    --------
    >>> trains = poisson_bins(lambda t: 20 + 16 * np.sin(2 * np.pi * t / 200), 1000.0, 0.1, n=100, seed=1)
    >>> trains.n
    100
    """
    n = checks.integer("n", n, low=1, high=_MOST_CELLS)
    checks.memory("n", 32 * n)
    dt = checks.number("dt", dt, above=0)
    bins = checks.steps("duration", duration, dt, low=1, high=_MOST_CELLS // n)
    law = checks.choice("law", law, ("bernoulli", "poisson"))
    t_start = checks.number("t_start", t_start, low=-(2**52) * dt, high=2**52 * dt)
    rng = checks.generator(seed)
    times, indices = [], []
    width = max(_BLOCK // n, 1)
    for first in range(0, bins, width):
        steps = np.arange(first, min(first + width, bins))
        if callable(rate):
            mean = _evaluated(rate, t_start + (steps + 0.5) * dt)[:, np.newaxis] * dt * PER_MS
        else:
            mean = np.broadcast_to(checks.one_or_each("rate", rate, n, low=0), (1, n)) * dt * PER_MS
        if law == "bernoulli" and mean.size and mean.max() > 1:
            raise ValueError(
                f"rate × dt must be at most 1 with law='bernoulli' (one spike per bin), got {mean.max():g}; "
                "use a smaller dt or law='poisson'"
            )
        shape = (steps.size, n)
        counts = rng.poisson(mean, shape) if law == "poisson" else (rng.random(shape) < mean).astype(np.int64)
        step, train = np.nonzero(counts)
        copies = counts[step, train]  # np.nonzero alone would lose all but one spike of a bin (E13)
        times.append(np.repeat(t_start + steps[step] * dt, copies))
        indices.append(np.repeat(train, copies))
    return SpikeTrains(np.concatenate(times), np.concatenate(indices), n, t_start, t_start + bins * dt)


def poisson_thinning(
    rate: Callable[[np.ndarray], npt.ArrayLike],
    duration: float,
    n: int = 1,
    *,
    max_rate: float,
    t_start: float = 0.0,
    seed: Seed = None,
) -> SpikeTrains:
    """Draw inhomogeneous Poisson processes exactly, by thinning a faster homogeneous one.

    Candidates come at `max_rate`; one at time t is kept with probability r(t)/`max_rate` (Lewis and Shedler 1979).

    Parameters
    ----------
    rate : function
        Takes times in ms, shape (candidates,), and returns the firing rates in Hz then.
    duration : float
        Length of the trains, ms.
    n : int, default 1
        Number of independent trains.
    max_rate : float
        A bound on the rate, Hz; the closer, the faster.
    t_start : float, default 0
        Where they begin, ms.
    seed : int, SeedSequence, Generator or None
        Seed of the random numbers.

    Returns
    -------
    SpikeTrains
        With E[N(a, b)] = ∫ r(t) dt over any window.

    Raises
    ------
    ValueError
        If `rate` is found negative or above `max_rate`.

    Examples
    --------
    >>> trains = poisson_thinning(lambda t: 20 + 16 * np.sin(2 * np.pi * t / 200), 1000.0, max_rate=36.0, seed=1)
    >>> trains.t_stop
    1000.0
    """
    checks.integer("n", n, low=1)
    if not callable(rate):
        raise TypeError(f"rate must be a function of time (for a constant rate see poisson), got {rate!r}")
    bound = checks.number("max_rate", max_rate, above=0)
    rng = checks.generator(seed)
    candidates = poisson(bound, duration, n, t_start=t_start, seed=rng)
    rates = _evaluated(rate, candidates.times)
    if rates.size and rates.max() > bound * (1 + 1e-9):
        worst = int(np.argmax(rates))
        raise ValueError(
            f"max_rate must be at least the rate at all times, got {bound:g} Hz where the rate is "
            f"{rates[worst]:g} Hz at {candidates.times[worst]:g} ms"
        )
    kept = rng.random(rates.size) * bound < rates
    return SpikeTrains(
        candidates.times[kept], candidates.indices[kept], candidates.n, candidates.t_start, candidates.t_stop
    )


def require_room(expected: float) -> None:
    """Raise unless as many spikes as expected fit into memory."""
    checks.memory("the spikes that the rate (max_rate, intervals), duration and n ask for", 40 * expected)


def _evaluated(rate: Callable[[np.ndarray], npt.ArrayLike], times: np.ndarray) -> np.ndarray:
    values = checks.array("rate(t)", rate(times), low=0)
    if values.shape not in ((), times.shape):
        raise ValueError(f"rate(t) must have the shape of t, {times.shape}, got {values.shape}")
    return np.broadcast_to(values, times.shape)
