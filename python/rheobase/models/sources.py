"""Sources of spikes that nothing reaches: Poisson processes, given trains and events of neurons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from rheobase import _engine, checks
from rheobase.models import poisson_rates
from rheobase.models.currents import TimeSeries
from rheobase.models.host import Host
from rheobase.models.values import Described, own
from rheobase.units import PER_MS


class Source(Described):
    """Cells that spike by themselves: base of all sources."""

    #: What of it can be set between runs.
    parameters: ClassVar[tuple[str, ...]] = ()

    def _enter(self, host: Host, n: int) -> int:
        """Make `n` of them in the network's engine and return the population's number there."""
        raise TypeError(f"{type(self).__name__} must define how it enters a network")

    def _changed(self, value: Any) -> Source:
        """Return a copy with another value of its parameter."""
        raise TypeError(f"{type(self).__name__} must define what of it changes")

    def _bring(self, host: Host, number: int, n: int) -> None:
        """Let the `n` sources of a number in the engine be as this describes from now on."""
        raise TypeError(f"{type(self).__name__} must define how it changes in a network")

    def _read(self, name: str, n: int, step: int, host: Host) -> np.ndarray:
        """Return the value of its parameter at a step; `name` is that of the population."""
        raise TypeError(f"{type(self).__name__} must define what of it changes")

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
    parameters: ClassVar[tuple[str, ...]] = ("rate",)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", poisson_rates.checked(self.rate))

    def _enter(self, host: Host, n: int) -> int:
        """Make the processes, with their steady rates or those that change."""
        steps, rates = self._on_grid(host, n)
        number = host.engine.add_poisson(n, np.zeros(1))
        self._hand_over(host.engine, number, steps, rates)
        return number

    def _changed(self, value: Any) -> Source:
        """Return processes of another rate."""
        return Poisson(value)

    def _bring(self, host: Host, number: int, n: int) -> None:
        """Let the processes have this rate."""
        self._hand_over(host.engine, number, *self._on_grid(host, n))

    def _read(self, name: str, n: int, step: int, host: Host) -> np.ndarray:
        """Return the rate of each (Hz) in the step to come."""
        rate = host.one_or_each("rate", self.rate, n) if self.steady else self.rate
        return poisson_rates.in_force(rate, f"population {name!r}", n, step, host.dt)

    def _on_grid(self, host: Host, n: int) -> tuple[np.ndarray | None, np.ndarray]:
        """Return the steps at which rates change, None where they are steady, and the rates; none yet of a function."""
        if isinstance(self.rate, TimeSeries):
            steps, rates = self.rate._on_grid(host.dt, n)
            _check_spikes_per_step(self.rate._range()[1], host.dt)
            return steps, rates
        rates = host.one_or_each("rate", self.rate, n) if self.steady else np.zeros(1)
        if rates.size and rates.min() < 0:
            raise ValueError(f"rate must be >= 0, got {rates.min():g}")
        if rates.size:
            _check_spikes_per_step(float(rates.max()), host.dt)
        return None, rates

    @staticmethod
    def _hand_over(engine: _engine.Simulation, number: int, steps: np.ndarray | None, rates: np.ndarray) -> None:
        if steps is None:
            engine.set_rates(number, rates)
        else:
            engine.set_rate_series(number, steps, rates, rates.shape[1])

    def _look_ahead(self, engine: _engine.Simulation, number: int, name: str, steps: int, dt: float) -> None:
        """Ask a rate that is a function of time for the steps to come."""
        if callable(self.rate) and steps:
            now = engine.now
            rates = poisson_rates.sampled(self.rate, f"population {name!r}", now, steps, dt)
            engine.set_rate_series(number, np.arange(now, now + steps), rates, 1)

    @property
    def steady(self) -> bool:
        """Whether the rate does not change."""
        return poisson_rates.is_steady(self.rate)


def _check_spikes_per_step(rate: float, dt: float) -> None:
    """Raise if the largest rate (Hz) brings more spikes than a step may."""
    most = poisson_rates.MOST_SPIKES
    if rate * PER_MS * dt > most:
        raise ValueError(f"rate must bring at most {most} spikes per step of dt = {dt:g} ms, got {rate:g}")


@dataclass(frozen=True, eq=False)
class Trains(Source):
    """Given spike times (ms, multiples of dt, from dt on), one train per source.

    Either `trains` is a list of arrays, or `times` and `indices` are arrays of one length.

    Parameters
    ----------
    trains : sequence of array, optional
        Spike times (ms) of each source; sources beyond the list stay silent.
    times, indices : array, shape (spikes,), optional
        Spike times (ms), and which source spikes.
    snap : bool, default False
        Move spikes to the nearest step, as times of recordings and of other simulators need; those that would come
        before the first step are moved there. Where it is False a time that is no multiple of dt is an error.

    Examples
    --------
    >>> net = rb.Network()
    >>> x = net.add(rb.Trains([[20.0, 200.0], [100.0]]), 2, name="x")
    >>> y = net.add(rb.Trains([[20.0173, 33.4], [0.0]], snap=True), 2, name="y")
    """

    trains: Sequence[Any] | None = None
    times: Any = None
    indices: Any = None
    snap: bool = False
    parameters: ClassVar[tuple[str, ...]] = ("trains",)

    def __post_init__(self) -> None:
        checks.flag("snap", self.snap)
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

    def _changed(self, value: Any) -> Source:
        """Return other trains; those that are given as lists are snapped where these are."""
        return value if isinstance(value, Trains) else Trains(value, snap=self.snap)

    def _bring(self, host: Host, number: int, n: int) -> None:
        """Let the sources send these spikes, of which some must lie ahead."""
        steps, indices = self._on_grid(n, host.dt)
        now = host.engine.now
        if len(steps) and steps.max() <= now:
            raise ValueError(
                f"trains must have spikes after t = {now * host.dt:g} ms, where the network is, or none at all: times "
                f"count from the beginning, got {self.times.max():g} ms as the last"
            )
        host.engine.set_trains(number, steps, indices)

    def _read(self, name: str, n: int, step: int, host: Host) -> np.ndarray:
        """Return the spike times of each source (ms), an array of arrays."""
        trains = np.empty(n, dtype=object)
        order = np.argsort(self.indices, kind="stable")
        ends = np.searchsorted(self.indices[order], np.arange(n), side="right")
        for k, train in enumerate(np.split(self.times[order], ends[:-1])):
            trains[k] = train
        return trains

    def _on_grid(self, n: int, dt: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the spikes as (steps, indices), by step, then by index."""
        if len(self.indices) and not (self.indices.min() >= 0 and self.indices.max() < n):
            bad = self.indices.min() if self.indices.min() < 0 else self.indices.max()
            raise ValueError(f"indices must lie between 0 and {n - 1} for {n} sources, got {bad}")
        if self.times.size:
            checks.number("times", float(np.abs(self.times).max()), high=2**53 * dt)
        steps = np.rint(self.times / dt).astype(np.int64)
        if self.snap and len(steps) and self.times.min() >= 0:
            return self._sorted(np.maximum(steps, 1))
        off = np.flatnonzero(np.abs(self.times - steps * dt) > 1e-9 * np.maximum(np.abs(self.times), dt))
        if len(off):
            checks.steps("times", float(self.times[off[0]]), dt)
        if len(steps) and steps.min() < 1:
            raise ValueError(f"times must be at least one step, {dt:g} ms, got {self.times.min():g} ms")
        return self._sorted(steps)

    def _sorted(self, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        order = np.lexsort((self.indices, steps))
        return steps[order], self.indices[order].astype(np.uint32)


@dataclass(frozen=True, eq=False)
class Events(Source):
    """Sources that spike whenever an event of a population of neurons happens, one for each neuron.

    They are what synapses are connected to that react to an event other than the spike.

    Parameters
    ----------
    population : str
        Name of a population of a model with ``events=``, which must be in the network already.
    event : str

    Examples
    --------
    >>> Cell = rb.neuron("Cell", "dV/dt = -V/10", events=dict(low=("crosses(-V, -0.5)", None)), initial=dict(V=1))
    >>> net = rb.Network()
    >>> cell = net.add(Cell(), 1, name="cell")
    >>> low = net.add(rb.Events("cell", "low"), 1, name="low")
    >>> net.run(10).spikes("low").times
    array([7.])
    """

    population: str
    event: str

    def __post_init__(self) -> None:
        checks.text("population", self.population)
        checks.text("event", self.event)

    def _enter(self, host: Host, n: int) -> int:
        """Let the engine mark the event and make sources of the marks."""
        names = [cells.name for cells in host.cells]
        id = names.index(checks.choice("population", self.population, names))
        cells = host.cells[id]
        events = getattr(cells.model, "events", ())
        which = events.index(checks.choice(f"event of {self.population!r}", self.event, events))
        if n != cells.n:
            raise ValueError(f"n must be {cells.n}, the number of neurons of {self.population!r}, got {n}")
        return host.engine.add_events(id, which)
