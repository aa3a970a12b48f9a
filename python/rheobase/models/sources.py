"""Sources of spikes that nothing reaches: Poisson processes and given trains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase import _engine, checks
from rheobase.models.currents import TimeSeries
from rheobase.models.host import Host
from rheobase.models.registry import value_of
from rheobase.models.values import Described, own
from rheobase.units import PER_MS

#: Spikes that a step may bring on average: drawing a Poisson number takes time in proportion to it.
MOST_SPIKES = 500

#: Largest rate (Hz) at any time step.
MOST_RATE = 1e7


class Source(Described):
    """Cells that spike by themselves: base of all sources."""

    def _enter(self, host: Host, n: int) -> int:
        """Make `n` of them in the network's engine and return the population's number there."""
        raise TypeError(f"{type(self).__name__} must define how it enters a network")

    def _look_ahead(self, engine: _engine.Simulation, number: int, name: str, steps: int, dt: float) -> None:
        """Tell the engine what it has to know of the `steps` to come: nothing, for most sources."""


@dataclass(frozen=True, eq=False)
class Poisson(Source):
    """Independent Poisson processes of `rate` (Hz).

    A source may spike more than once in a step, as a Poisson process does.

    Parameters
    ----------
    rate : float, array of shape (n,), Distribution, TimeSeries or callable
        A steady rate for all or one per source; rates that change, such as ``rb.Samples(values, every=1.0)``; or a
        function of time: an array of times (ms) in, one of rates out, asked at the middle of every step.

    Examples
    --------
    >>> net = rb.Network()
    >>> x = net.add(rb.Poisson(rate=5), 8000, name="x")
    >>> y = net.add(rb.Poisson(rate=lambda t: 20 + 16 * np.sin(2 * np.pi * t / 200)), 100, name="y")
    """

    rate: Any

    def __post_init__(self) -> None:
        if isinstance(self.rate, TimeSeries):
            for extreme in self.rate._range():
                checks.number("rate", extreme, low=0, high=MOST_RATE)
            return
        if callable(self.rate):
            return
        rate = value_of("rate", self.rate, None)
        if isinstance(rate, (float, np.ndarray)):
            check = checks.array if np.ndim(rate) else checks.number
            check("rate", rate, low=0, high=MOST_RATE)
        object.__setattr__(self, "rate", rate)

    def _enter(self, host: Host, n: int) -> int:
        """Make the processes, with their steady rates or those that change."""
        if not self.steady:
            series = self.rate._on_grid(host.dt, n) if isinstance(self.rate, TimeSeries) else None
            if series is not None:
                _check_spikes_per_step(self.rate._range()[1], host.dt)
            number = host.engine.add_poisson(n, np.zeros(1))
            if series is not None:
                steps, values = series
                host.engine.set_rate_series(number, steps, values, values.shape[1])
            return number
        rates = host.one_or_each("rate", self.rate, n)
        if rates.size and rates.min() < 0:
            raise ValueError(f"rate must be >= 0, got {rates.min():g}")
        if rates.size:
            _check_spikes_per_step(float(rates.max()), host.dt)
        return host.engine.add_poisson(n, rates)

    def _look_ahead(self, engine: _engine.Simulation, number: int, name: str, steps: int, dt: float) -> None:
        """Ask a rate that is a function of time for the steps to come."""
        if callable(self.rate) and steps:
            now = engine.now
            engine.set_rate_series(number, np.arange(now, now + steps), self._sampled(name, now, steps, dt), 1)

    @property
    def steady(self) -> bool:
        """Whether the rate does not change."""
        return not (isinstance(self.rate, TimeSeries) or callable(self.rate))

    def _sampled(self, name: str, start: int, steps: int, dt: float) -> np.ndarray:
        """Return the rate of a function at the middle of `steps` steps."""
        times = (np.arange(start, start + steps) + 0.5) * dt
        rates = checks.array("rate(t)", self.rate(times), finite=False)
        if rates.shape != times.shape:
            raise ValueError(f"rate must return one value for each of the {steps} times, got shape {rates.shape}")
        most = min(MOST_RATE, MOST_SPIKES / (PER_MS * dt))
        bad = np.flatnonzero(~((rates >= 0) & (rates <= most)))  # not a number is neither
        if len(bad):
            raise ValueError(
                f"rate(t) of population {name!r} must be between 0 and {most:g} Hz with dt = {dt:g} ms, "
                f"got {rates[bad[0]]:g} at t = {times[bad[0]]:g} ms"
            )
        return rates


def _check_spikes_per_step(rate: float, dt: float) -> None:
    """Raise if the largest rate (Hz) brings more spikes than a step may."""
    if rate * PER_MS * dt > MOST_SPIKES:
        raise ValueError(f"rate must bring at most {MOST_SPIKES} spikes per step of dt = {dt:g} ms, got {rate:g}")


@dataclass(frozen=True, eq=False)
class Trains(Source):
    """Given spike times (ms, multiples of dt, from dt on), one train per source.

    Either `trains` is a list of arrays, or `times` and `indices` are arrays of one length.

    Examples
    --------
    >>> net = rb.Network()
    >>> x = net.add(rb.Trains([[20.0, 200.0], [100.0]]), 2, name="x")
    """

    trains: Sequence[Any] | None = None
    times: Any = None
    indices: Any = None

    def __post_init__(self) -> None:
        if (self.trains is None) == (self.times is None):
            raise ValueError("trains or times and indices must be given, and not both")
        if self.trains is not None and self.indices is not None:
            raise ValueError("indices must not be given with trains, whose order says which source spikes")
        if self.trains is not None:
            if isinstance(self.trains, str) or not isinstance(self.trains, Iterable):
                raise TypeError(f"trains must be a list of arrays of times, got {self.trains!r}")
            trains = [checks.reals(f"trains[{k}]", t, shape=(None,)) for k, t in enumerate(self.trains)]
            times = np.concatenate(trains) if trains else np.zeros(0)
            indices = np.repeat(np.arange(len(trains)), [len(t) for t in trains])
        else:
            times = checks.reals("times", self.times, shape=(None,))
            if self.indices is None:
                raise ValueError("indices must be given with times: they say which source spikes")
            indices = checks.integers("indices", self.indices, shape=times.shape)
        object.__setattr__(self, "trains", None)
        object.__setattr__(self, "times", own(times))
        object.__setattr__(self, "indices", own(indices))

    def _enter(self, host: Host, n: int) -> int:
        """Hand the spikes to the engine."""
        return host.engine.add_trains(n, *self._on_grid(n, host.dt))

    def _on_grid(self, n: int, dt: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the spikes as (steps, indices), by step, then by index."""
        if len(self.indices) and not (self.indices.min() >= 0 and self.indices.max() < n):
            bad = self.indices.min() if self.indices.min() < 0 else self.indices.max()
            raise ValueError(f"indices must lie between 0 and {n - 1} for {n} sources, got {bad}")
        if self.times.size:
            checks.number("times", float(np.abs(self.times).max()), high=2**53 * dt)
        steps = np.rint(self.times / dt).astype(np.int64)
        off = np.flatnonzero(np.abs(self.times - steps * dt) > 1e-9 * np.maximum(np.abs(self.times), dt))
        if len(off):
            checks.steps("times", float(self.times[off[0]]), dt)
        if len(steps) and steps.min() < 1:
            raise ValueError(f"times must be at least one step, {dt:g} ms, got {self.times.min():g} ms")
        order = np.lexsort((self.indices, steps))
        return steps[order], self.indices[order].astype(np.uint32)
