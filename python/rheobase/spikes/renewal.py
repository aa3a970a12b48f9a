"""Renewal processes: independent intervals of any law, among them gamma processes."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from rheobase import checks
from rheobase.checks import Seed
from rheobase.spikes.poisson import require_room
from rheobase.spikes.trains import SpikeTrains, in_order
from rheobase.units import PER_MS


class _IntervalLaw(Protocol):
    """What a frozen distribution of `scipy.stats` can do."""

    def rvs(self, size: Any = ..., random_state: Any = ...) -> Any: ...
    def sf(self, x: Any) -> Any: ...
    def ppf(self, q: Any) -> Any: ...
    def mean(self) -> float: ...
    def support(self) -> tuple[float, float]: ...


def renewal(
    intervals: _IntervalLaw,
    duration: float,
    n: int = 1,
    *,
    equilibrium: bool = True,
    t_start: float = 0.0,
    seed: Seed = None,
) -> SpikeTrains:
    """Draw renewal processes: interspike intervals are independent draws from one distribution.

    Parameters
    ----------
    intervals : frozen scipy.stats distribution
        Law of the intervals in ms, such as ``scipy.stats.lognorm(s=0.5, scale=50)``; not negative, with finite mean.
    duration : float
        Length of the trains, ms.
    n : int, default 1
        Number of independent trains.
    equilibrium : bool, default True
        Whether to enter each train at an arbitrary moment, which makes the rate constant, 1/mean. The first spike
        then comes after a residual time with density (1 - F(t))/mean (Cox 1962). If False, the process starts as if
        a spike, not part of the train, had just come at `t_start`; the rate then has a transient.
    t_start : float, default 0
        Where the trains begin, ms.
    seed : int, SeedSequence, Generator or None
        Seed of the random numbers.

    Returns
    -------
    SpikeTrains
        Trains whose intervals have the given law.

    Raises
    ------
    TypeError
        If `intervals` is not a frozen distribution.
    ValueError
        If its support reaches below 0 or its mean is not finite and positive.

    Examples
    --------
    >>> import scipy.stats
    >>> renewal(scipy.stats.uniform(40, 20), 1000.0, n=10, seed=1).n
    10
    """
    n = checks.integer("n", n, low=1)
    duration = checks.number("duration", duration, above=0)
    t_start = checks.number("t_start", t_start)
    mean = _mean_interval(intervals)
    require_room(n * (1 + duration / mean))
    rng = checks.generator(seed)
    equilibrium = checks.flag("equilibrium", equilibrium)
    first = _residual_times(intervals, mean, n, rng) if equilibrium else intervals.rvs(size=n, random_state=rng)
    times, indices = [first], [np.arange(n)]
    alive, latest = np.arange(n), first
    while (alive := alive[latest < duration]).size:
        latest = latest[latest < duration]
        draws = int(1.1 * (duration - latest.min()) / mean) + 4
        block = latest[:, np.newaxis] + np.cumsum(intervals.rvs(size=(alive.size, draws), random_state=rng), axis=1)
        times.append(block.ravel())
        indices.append(np.repeat(alive, draws))
        latest = block[:, -1]
    spikes, trains = np.concatenate(times), np.concatenate(indices)
    trains, spikes = trains[spikes < duration], spikes[spikes < duration]
    return in_order(t_start + spikes, trains, n, t_start, t_start + duration)


def gamma(
    rate: float,
    shape: float,
    duration: float,
    n: int = 1,
    *,
    equilibrium: bool = True,
    t_start: float = 0.0,
    seed: Seed = None,
) -> SpikeTrains:
    """Draw gamma processes: renewal processes with gamma distributed intervals.

    Parameters
    ----------
    rate : float
        Firing rate, Hz.
    shape : float
        Shape of the interval distribution: the CV is 1/√`shape`. 1 is a Poisson process, larger is more regular.
    duration : float
        Length of the trains, ms.
    n : int, default 1
        Number of independent trains.
    equilibrium : bool, default True
        As for `renewal`.
    t_start : float, default 0
        Where the trains begin, ms.
    seed : int, SeedSequence, Generator or None
        Seed of the random numbers.

    Returns
    -------
    SpikeTrains
        Trains of mean rate `rate`.

    Raises
    ------
    ValueError
        If `rate`, `shape` or `duration` is not positive.

    Examples
    --------
    >>> gamma(20.0, 4.0, 1000.0, n=10, seed=1).n
    10
    """
    from scipy import stats

    rate = checks.number("rate", rate, above=0)
    shape = checks.number("shape", shape, above=0)
    law = stats.gamma(shape, scale=1 / (PER_MS * rate * shape))
    return renewal(law, duration, n, equilibrium=equilibrium, t_start=t_start, seed=seed)


def _mean_interval(intervals: Any) -> float:
    if not all(hasattr(intervals, method) for method in ("rvs", "sf", "ppf", "mean", "support")):
        raise TypeError(f"intervals must be a frozen distribution of scipy.stats, got {type(intervals).__name__}")
    mean = float(intervals.mean())
    if intervals.support()[0] < 0 or not 0 < mean < np.inf:
        raise ValueError(
            "intervals must have no negative support and a finite, positive mean, "
            f"got support from {intervals.support()[0]:g} and mean {mean:g} ms"
        )
    return mean


def _residual_times(intervals: Any, mean: float, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw from the density sf(t)/mean by inverting its integral, tabulated at quantiles of the intervals."""
    levels = np.concatenate([np.linspace(0, 0.999, 4000), 1 - np.geomspace(1e-3, 1e-12, 1000)[1:]])
    grid = np.concatenate([[0.0], intervals.ppf(levels)])
    tail = intervals.sf(grid)
    area = np.concatenate([[0.0], np.cumsum(np.diff(grid) * (tail[1:] + tail[:-1]) / 2)])
    return np.interp(rng.random(n) * area[-1], area, grid)
