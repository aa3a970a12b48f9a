"""Input as NEST's devices: Poisson spikes, given spikes and currents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase.io.nest import connections
from rheobase.models.circuit import Cells
from rheobase.models.currents import Injection, TimeSeries, WhiteNoise
from rheobase.models.distributions import Distribution
from rheobase.models.sources import Poisson, Trains


@dataclass(frozen=True)
class Devices:
    """One device for all neurons of a population, or one for each."""

    nodes: Any
    rule: str

    @classmethod
    def of(cls, nest: Any, model: str, n: int, parameters: dict[str, Any] | list[dict[str, Any]]) -> Devices:
        """Create them; `n` is 1 for one that serves all."""
        return cls(nest.Create(model, n, params=parameters), "all_to_all" if n == 1 else "one_to_one")


def poisson(nest: Any, rate: Any, n: int, dt: float, processes: float = 1.0) -> Devices:
    """Return what sends independent Poisson spikes to each of `n` neurons, with the rate of so many processes."""
    if isinstance(rate, TimeSeries):
        rows = _changes(rate, n, dt, "rate_times", "rate_values", processes)
        return Devices.of(nest, "inhomogeneous_poisson_generator", len(rows), rows)
    width = n if np.ndim(rate) or isinstance(rate, Distribution) else 1
    given = connections.value(nest, "rate", rate, processes)
    return Devices.of(nest, "poisson_generator", width, {"rate": given})


def spikes(nest: Any, cells: Cells, dt: float) -> Devices:
    """Return what lets a population of parrots send what a source sends; they repeat it a step later."""
    if isinstance(cells.model, Poisson):
        return poisson(nest, cells.model.rate, cells.n, dt)
    assert isinstance(cells.model, Trains)
    steps, indices = cells.model._on_grid(cells.n, dt)
    trains = [{"spike_times": dt * np.sort(steps[indices == k] - 1)} for k in range(cells.n)]
    return Devices(nest.Create("spike_generator", cells.n, params=trains), "one_to_one")


def current(nest: Any, given: Injection, n: int, dt: float) -> Devices:
    """Return what brings a current to a population of `n` neurons, without what `from_beginning` gives."""
    if isinstance(given, TimeSeries):
        rows = _changes(given, n, dt, "amplitude_times", "amplitude_values", before=from_beginning(given, n, dt))
        return Devices.of(nest, "step_current_generator", len(rows), rows)
    assert isinstance(given, WhiteNoise)
    noise = {"mean": given.mean, "std": np.asarray(given.sigma) / np.sqrt(dt)}
    width = n if any(np.ndim(value) for value in noise.values()) else 1
    return Devices.of(nest, "noise_generator", width, {**{k: _plain(v) for k, v in noise.items()}, "dt": dt})


def from_beginning(given: TimeSeries, n: int, dt: float) -> np.ndarray:
    """Return the current in the first step, one value or one per neuron, which no device of NEST brings so early."""
    steps, rows = series(given, n, dt)
    return rows[0] if steps[0] == 0 else np.zeros(rows.shape[1])


def series(given: TimeSeries, n: int, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """Return steps and rows of values, of width 1 or `n`."""
    steps, rows = given._on_grid(dt, n)
    return np.asarray(steps), np.asarray(rows, dtype=float).reshape(len(steps), -1)


def _plain(value: Any) -> Any:
    return value if np.ndim(value) else float(value)


def _changes(
    given: TimeSeries, n: int, dt: float, times: str, values: str, scale: float = 1.0, before: Any = 0.0
) -> list[dict[str, np.ndarray]]:
    """Return the changes of each column, which NEST brings a step later than it is told, and not before step 1."""
    steps, rows = series(given, n, dt)
    early = max(
        0, int(np.searchsorted(steps, 2, side="right")) - 1
    )  # of several that come too early the last one holds
    at = dt * np.maximum(steps[early:] - 1, 1)
    return [{times: at, values: scale * column} for column in (rows[early:] - before).T]
