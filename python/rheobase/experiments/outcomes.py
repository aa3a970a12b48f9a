"""What trials of an experiment gave, in one object with an axis of trials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase import checks, html
from rheobase.network.result import Recorded, Result
from rheobase.spikes import Rate, SpikeTrains, binned_counts, binned_rate
from rheobase.units import PER_MS


@dataclass(frozen=True, eq=False, repr=False)
class Estimate:
    """A number that each trial gave.

    Attributes
    ----------
    values : array, shape (trials,)
    """

    values: np.ndarray

    @property
    def mean(self) -> float:
        """Mean over trials."""
        return float(np.mean(self.values))

    @property
    def sem(self) -> float:
        """Standard error of the mean, from the unbiased variance; not a number for one trial."""
        return float(_sem(self.values))

    def __repr__(self) -> str:
        return f"{self.mean:.4g} ± {self.sem:.2g}"


@dataclass(frozen=True, eq=False)
class TrialRate(Rate):
    """A firing rate in time, averaged over trials.

    Parameters
    ----------
    times, values : array, shape (T,)
        In ms and Hz.
    dt : float
        Step between times, ms.
    sem : array, shape (T,)
        Standard error of the mean over trials (Hz).
    """

    sem: np.ndarray


class Trials(Sequence[Result]):
    """Results of trials, in their order: what `rheobase.trials` returns.

    ``len(trials)`` is how many there are and ``trials[k]`` the `Result` of one. Where Ctrl-C came between, or another
    trial failed, it holds those that were done.

    Attributes
    ----------
    seeds : array of int, shape (trials,)
        What is random in a trial comes from its seed alone.
    ids : array of int, shape (trials,)
        Which trials there are: all, unless some were not done.
    returned : array, dict of arrays, list or None
        What `each` returned in each trial, stacked: the first axis is that of the trials.
    interrupted : bool
        Whether Ctrl-C ended it early.

    Examples
    --------
    >>> done = rb.trials(net, 5, 100)
    >>> done.counts("e").shape == (5, net["e"].n)
    True
    """

    def __init__(
        self, results: Sequence[Result], ids: np.ndarray, seeds: np.ndarray, returned: Any, interrupted: bool
    ) -> None:
        self._results = list(results)
        self.ids, self.seeds, self.returned, self.interrupted = ids, seeds, returned, interrupted

    def __len__(self) -> int:
        return len(self._results)

    def __getitem__(self, trial: Any) -> Any:
        if isinstance(trial, slice):
            return self._results[trial]
        return self._results[checks.integer("trial", trial, low=-len(self), high=len(self) - 1)]

    def __iter__(self) -> Iterator[Result]:
        return iter(self._results)

    @property
    def populations(self) -> list[str]:
        """Names of all populations."""
        return self._results[0].populations

    def spikes(self, population: str) -> list[SpikeTrains]:
        """Return the spikes of a population, a record for each trial.

        Examples
        --------
        >>> rb.trials(net, 3, 50).spikes("e")[2].n == net["e"].n
        True
        """
        if population is None:  # for which a result has the spikes of all populations
            checks.choice("population", population, self.populations)
        return [result.spikes(population) for result in self]

    def neuron(self, population: str, neuron: int) -> SpikeTrains:
        """Return the spikes of one neuron with a train for each trial, which plots and statistics of trials take.

        Times are those since the beginning of each trial.

        Examples
        --------
        >>> rb.trials(net, 3, 50).neuron("e", 0).n
        3
        """
        trains = self.spikes(population)
        neuron = checks.integer("neuron", neuron, low=0, high=trains[0].n - 1)
        times = [np.maximum(t.times[t.indices == neuron] - t.t_start, 0.0) for t in trains]
        return SpikeTrains.from_trains(times, t_stop=max(t.duration for t in trains))

    def counts(self, population: str, *, t_start: float | None = None, t_stop: float | None = None) -> np.ndarray:
        """Return how many spikes each neuron had in each trial, an array of shape (trials, n).

        Parameters
        ----------
        population : str
        t_start, t_stop : float, optional
            Window (ms); the whole trial by default.

        Examples
        --------
        >>> rb.trials(net, 3, 50).counts("e", t_start=10).shape[0]
        3
        """
        windows = [trains.between(*_window(trains, t_start, t_stop)) for trains in self.spikes(population)]
        return np.stack([window.count() for window in windows])

    def rates(self, t_start: float | None = None) -> dict[str, Estimate]:
        """Return every population's mean rate (Hz) over trials, from `t_start` (ms) to the end, with its error.

        Examples
        --------
        >>> rates = rb.trials(net, 3, 50).rates(t_start=10)
        >>> rates["e"].values.shape
        (3,)
        """
        each = [result.rates(t_start) for result in self]
        return {name: Estimate(np.array([rates[name] for rates in each])) for name in self.populations}

    def psth(self, population: str, bin_width: float) -> TrialRate:
        """Return the rate of a population in bins, averaged over its neurons and over trials.

        Parameters
        ----------
        population : str
        bin_width : float
            In ms; a whole number of them fills a trial.

        Examples
        --------
        >>> rb.trials(net, 3, 50).psth("e", 10).values.shape
        (5,)
        """
        each = [binned_rate(trains, bin_width, average=True) for trains in self.spikes(population)]
        values = self._stacked(f"rates of {population!r}", [rate.values for rate in each])
        return TrialRate(each[0].times, values.mean(axis=0), each[0].dt, _sem(values))

    def fano_factor(self, population: str, window: float | None = None, *, ddof: int = 0) -> np.ndarray:
        """Return the Fano factor of each neuron's spike count over trials, var(N)/mean(N).

        Parameters
        ----------
        population : str
        window : float, optional
            Width in ms of adjacent windows, each with its own Fano factor; by default one window over all.
        ddof : int, default 0
            The variance divides by the number of trials minus `ddof`; only with 1 is it unbiased.

        Returns
        -------
        array, shape (n,), or (n, windows) if `window` is given
            1 for Poisson processes. Not a number where no trial has a spike.

        Examples
        --------
        >>> rb.trials(net, 3, 50).fano_factor("e", 25).shape == (net["e"].n, 2)
        True
        """
        ddof = checks.integer("ddof", ddof, low=0, high=1)
        if len(self) < 2:
            raise ValueError(f"a Fano factor over trials must have at least 2 of them, got {len(self)}")
        if window is None:
            counts = self.counts(population)
        else:
            each = [binned_counts(trains, window) for trains in self.spikes(population)]
            counts = self._stacked(f"counts of {population!r}", each)
        with np.errstate(invalid="ignore", divide="ignore"):
            return counts.var(axis=0, ddof=ddof) / counts.mean(axis=0)

    def states(self, population: str, variable: str) -> Recorded:
        """Return a recorded variable, with `.times` of shape (T,) and `.values` of shape (trials, T, n).

        Examples
        --------
        >>> rb.trials(net, 3, 50).states("e", "V").values.shape  # of 40 neurons, every ms
        (3, 51, 40)
        """
        each = [result.states(population, variable) for result in self]
        values = self._stacked(f"{variable} of {population!r}", [recorded.values for recorded in each])
        return Recorded(each[0].times, values, each[0].neurons)

    @staticmethod
    def _stacked(name: str, arrays: list[np.ndarray]) -> np.ndarray:
        shapes = {a.shape for a in arrays}
        if len(shapes) > 1:
            raise ValueError(f"{name} must have one shape in all trials to be stacked, got {sorted(shapes)}")
        return np.stack(arrays)

    def __repr__(self) -> str:
        rates = ", ".join(f"{name} {rate!r} Hz" for name, rate in self._rates().items())
        return f"<{len(self)} trials of {self[0].duration:g} ms: {rates}>"

    def _repr_html_(self) -> str:
        n = {name: self[0].spikes(name).n for name in self.populations}
        rows = [(name, n[name], rate.mean, rate.sem) for name, rate in self._rates().items()]
        head = ("population", "neurons", "rate (Hz)", "± sem")
        return html.table(rows, head=head, title="Trials", more=f", {len(self)} of {self[0].duration:g} ms")

    def _rates(self) -> dict[str, Estimate]:
        """Return all rates, also of trials that took no time."""
        rates = {}
        for name in self.populations:
            each = [(len(t.times), t.n * PER_MS * r.duration) for t, r in zip(self.spikes(name), self, strict=True)]
            rates[name] = Estimate(np.array([count / time if time else 0.0 for count, time in each]))
        return rates


def stacked(values: list[Any]) -> Any:
    """Return what trials returned, stacked where it can be: numbers and arrays of one shape, or dicts of such."""
    if all(value is None for value in values):
        return None
    if all(isinstance(value, dict) for value in values) and len({tuple(value) for value in values}) == 1:
        return {key: stacked([value[key] for value in values]) for key in values[0]}
    try:
        array = np.array(values)
    except ValueError:  # of several shapes
        return values
    return values if array.dtype == object else array


def _window(trains: SpikeTrains, t_start: float | None, t_stop: float | None) -> tuple[float, float]:
    return trains.t_start if t_start is None else t_start, trains.t_stop if t_stop is None else t_stop


def _sem(values: np.ndarray) -> np.ndarray:
    """Return the standard error of the mean over the first axis."""
    if len(values) < 2:
        return np.full(values.shape[1:], np.nan)
    return np.std(values, axis=0, ddof=1) / np.sqrt(len(values))
