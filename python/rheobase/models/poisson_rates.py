"""Rates of Poisson processes (Hz): steady, changing in steps, or functions of time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.currents import TimeSeries
from rheobase.models.distributions import Value
from rheobase.models.registry import value_of
from rheobase.units import PER_MS

#: What a rate may be.
RateLike = Value | TimeSeries | Callable[[np.ndarray], npt.ArrayLike]

#: Spikes that a step may bring on average: drawing a Poisson number takes time in proportion to it.
MOST_SPIKES = 500

#: Largest rate (Hz) at any time step.
MOST_RATE = 1e7


def checked(rate: Any, high: float | None = MOST_RATE) -> Any:
    """Return a rate as a description keeps it: a number, an array, a distribution, a time series or a function."""
    if isinstance(rate, TimeSeries):
        for extreme in rate._range():
            checks.number("rate", extreme, low=0, high=high)
        return rate
    if callable(rate):
        return rate
    rate = value_of("rate", rate, None)
    if isinstance(rate, (float, np.ndarray)):
        check = checks.array if np.ndim(rate) else checks.number
        check("rate", rate, low=0, high=high)
    return rate


def is_steady(rate: Any) -> bool:
    """Return whether a rate does not change."""
    return not (isinstance(rate, TimeSeries) or callable(rate))


def sampled(rate: Callable[[np.ndarray], Any], name: str, start: int, steps: int, dt: float) -> np.ndarray:
    """Return a rate that is a function of time at the middle of `steps` steps; `name` is whose it is."""
    times = (np.arange(start, start + steps) + 0.5) * dt
    rates = checks.array("rate(t)", rate(times), finite=False)
    if rates.shape != times.shape:
        raise ValueError(f"rate must return one value for each of the {steps} times, got shape {rates.shape}")
    most = min(MOST_RATE, MOST_SPIKES / (PER_MS * dt))
    bad = np.flatnonzero(~((rates >= 0) & (rates <= most)))  # not a number is neither
    if len(bad):
        raise ValueError(
            f"rate(t) of {name} must be between 0 and {most:g} Hz with dt = {dt:g} ms, "
            f"got {rates[bad[0]]:g} at t = {times[bad[0]]:g} ms"
        )
    return rates


def in_force(rate: Any, name: str, n: int, step: int, dt: float) -> np.ndarray:
    """Return the rate of each of `n` processes in the step that begins at `step`."""
    if isinstance(rate, TimeSeries):
        steps, values = rate._on_grid(dt, n)
        last = int(np.searchsorted(steps, step, side="right")) - 1
        rate = values[last] if last >= 0 else 0.0
    elif callable(rate):
        rate = sampled(rate, name, step, 1, dt)
    return np.broadcast_to(rate, (n,)).copy()
