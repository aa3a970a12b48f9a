"""What a run returns: plain arrays, independent of the engine's lifetime."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

import numpy as np

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.network.kept_spikes import KeptSpikes, LazyTrains
from rheobase.network.population import Population
from rheobase.network.selection import Selection
from rheobase.units import PER_MS

if TYPE_CHECKING:
    from rheobase.spikes import SpikeTrains


@dataclass(frozen=True)
class Timing:
    """Where the wall time went.

    Attributes
    ----------
    construction, simulation : float
        Seconds for building the connections (of all runs so far) and for the time loop of this run.
    events : int
        Synaptic events: deliveries of a spike to a synapse.
    phases : dict of str to float, optional
        Seconds of the time loop by phase, with ``profile=True``.
    """

    construction: float
    simulation: float
    events: int
    phases: dict[str, float] | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Recorded(Brief):
    """Recorded values: `times` of shape (T,) in ms, `values` of shape (T, n), `neurons` of shape (n,).

    Where a mean was recorded, `values` has one column and `neurons` says over whom. `unit` is that of a state variable,
    such as "mV", or empty.
    """

    times: np.ndarray
    values: np.ndarray
    neurons: np.ndarray
    unit: str = ""

    def _of(self, indices: np.ndarray) -> Recorded | None:
        """Return the part that belongs to neurons of these indices, if it is there."""
        if np.array_equal(self.neurons, indices):
            return self
        if self.values.shape[1] != len(self.neurons) or not np.isin(indices, self.neurons).all():
            return None
        order = np.argsort(self.neurons)
        columns = order[np.searchsorted(self.neurons, indices, sorter=order)]
        return Recorded(self.times, self.values[:, columns], self.neurons[columns], self.unit)


@dataclass(frozen=True)
class Result:
    """Everything recorded between `t_start` and `t_stop` (ms).

    Attributes
    ----------
    t_start, t_stop, dt : float
        In ms.
    interrupted : bool
        Whether Ctrl-C ended the run early.
    populations : list of str
        Names of all populations.
    timing : Timing
    """

    t_start: float
    t_stop: float
    dt: float
    timing: Timing = field(compare=False)
    interrupted: bool
    populations: list[str]
    #: By population, or by selection where chosen neurons alone were recorded.
    _spikes: Mapping[str, SpikeTrains] = field(repr=False)
    #: By population or selection and variable, or by the ends of a projection, its number among those between them and
    #: variable.
    _states: dict[tuple[str, str] | tuple[str, str, int, str], Recorded] = field(repr=False)
    #: By population and event.
    _events: dict[tuple[str, str], SpikeTrains] = field(repr=False)

    @classmethod
    def _of(
        cls,
        dt: float,
        start: int,
        stop: int,
        populations: list[str],
        spikes: dict[str, KeptSpikes],
        states: dict[tuple[str, str] | tuple[str, str, int, str], tuple[np.ndarray, np.ndarray, np.ndarray, str]],
        events: dict[tuple[str, str], tuple[np.ndarray, np.ndarray, int]],
        timing: Timing,
        interrupted: bool,
    ) -> Result:
        """Turn what the engine recorded, in steps, into a result in ms."""
        from rheobase.spikes import SpikeTrains

        t_start, t_stop = start * dt, stop * dt
        end = max(stop, start + 1) * dt  # spike trains last: those of a run of no time cover one step, and are silent

        def trains(steps: np.ndarray, indices: np.ndarray, n: int) -> SpikeTrains:
            return SpikeTrains(times=steps * dt, indices=indices, n=n, t_start=t_start, t_stop=end)

        return cls(
            t_start=t_start,
            t_stop=t_stop,
            dt=dt,
            timing=timing,
            interrupted=interrupted,
            populations=populations,
            _spikes=LazyTrains(spikes, dt, t_start, end),
            _events={key: trains(*found) for key, found in events.items()},
            _states={key: Recorded(at * dt, values, neurons, u) for key, (at, values, neurons, u) in states.items()},
        )

    @property
    def duration(self) -> float:
        """Length of the run (ms)."""
        return self.t_stop - self.t_start

    @overload
    def spikes(self, population: str | Population | Selection) -> SpikeTrains: ...
    @overload
    def spikes(self) -> dict[str, SpikeTrains]: ...
    def spikes(self, population: str | Population | Selection | None = None) -> SpikeTrains | dict[str, SpikeTrains]:
        """Return the spikes of a population, with `.times` (ms) and `.indices`, by time, then by index.

        Those of a selection such as ``e[:15]`` have indices that count its neurons from 0. Without an argument, all
        that were recorded, by name: of every population, or of its chosen neurons alone, as "e[:15]".

        Examples
        --------
        >>> res.spikes("e").times
        >>> res.spikes(e[:15]).n
        15
        """
        if population is None:
            return dict(self._spikes)
        itself = population.name if isinstance(population, Selection) else population
        if isinstance(itself, str) and itself in self._spikes:
            return self._spikes[itself]
        name, indices = self._named(population)
        if name not in self._spikes:
            recorded = ", ".join(map(repr, self._spikes)) or "none"
            raise ValueError(f"population must be one whose spikes were recorded ({recorded}), got {itself!r}")
        return self._chosen(self._spikes[name], indices)

    def __getitem__(self, name: str) -> SpikeTrains | Recorded:
        """Return the spikes of a population, as ``res["e"]``, or samples by their name in `samples`: ``res["e.V"]``."""
        name = checks.choice("name", name, self._ipython_key_completions_())
        return self._spikes[name] if name in self._spikes else self.samples()[name]

    def _ipython_key_completions_(self) -> list[str]:
        return [*self._spikes, *self.samples()]

    def _named(self, population: str | Population | Selection) -> tuple[str, np.ndarray | None]:
        """Return the name of a population, and the indices of its neurons where only some are meant."""
        if isinstance(population, Selection):
            return self._named(population.population)[0], population.indices
        name = population.name if isinstance(population, Population) else population
        return checks.choice("population", name, self.populations), None

    @staticmethod
    def _chosen(trains: SpikeTrains, indices: np.ndarray | None) -> SpikeTrains:
        return trains if indices is None else trains.select(indices)

    def events(self, population: str | Population | Selection, event: str) -> SpikeTrains:
        """Return when an event of a model of equations happened, as spike trains.

        Examples
        --------
        >>> Cell = rb.neuron("Cell", "dV/dt = -V/10", events=dict(low=("crosses(-V, -0.5)", None)), initial=dict(V=1))
        >>> net = rb.Network()
        >>> cell = net.add(Cell(), 1, name="cell")
        >>> net.record(cell, "low")
        >>> net.run(10).events("cell", "low").times
        array([7.])
        """
        name, indices = self._named(population)
        recorded = [known for of, known in self._events if of == name]
        if not recorded:
            raise ValueError(f"event must have been recorded: call net.record({name!r}, {event!r}) first")
        return self._chosen(self._events[name, checks.choice("event", event, recorded)], indices)

    def states(self, population: str | Population | Selection, variable: str) -> Recorded:
        """Return a recorded variable, with `.times` of shape (T,) and `.values` of shape (T, n).

        A selection must have been recorded itself, or within others of its population.

        Examples
        --------
        >>> res.states("e", "V").values[:, 0]
        """
        if isinstance(population, str) and isinstance(variable, str) and (population, variable) in self._states:
            return self._states[population, variable]
        name, indices = self._named(population)
        recorded = [(of, known) for of, known, *number in self._states if not number and self._belongs(of, name)]
        if not recorded:
            raise ValueError(
                f"variable of population {name!r} must have been recorded: "
                f"call net.record({name!r}, {variable!r}) first"
            )
        checks.choice("variable", variable, dict.fromkeys(known for _, known in recorded))
        found = {of: self._states[of, known] for of, known in recorded if known == variable}
        if indices is not None:
            parts = [part for part in (each._of(indices) for each in found.values()) if part is not None]
            if not parts:
                raise ValueError(f"population must be neurons whose {variable} was recorded, got {population!r}")
            return parts[0]
        if name not in found and len(found) > 1:
            raise ValueError(
                f"population must be a selection whose {variable} was recorded, {', '.join(found)}, got {name!r}"
            )
        return found.get(name, next(iter(found.values())))

    def _belongs(self, of: str, population: str) -> bool:
        """Whether the name under which something was recorded is that of a population or of a selection of it."""
        return of == population or (of not in self.populations and of.startswith(f"{population}["))

    def samples(self) -> dict[str, Recorded]:
        """Return all that was sampled, by names such as "e.V", or "i→e.weight" for weights (a second: "i→e.weight 2").

        Examples
        --------
        >>> list(res.samples())
        ['e.V', 'i→e.weight']
        """
        return {_name_of(key): samples for key, samples in self._states.items()}

    def weights(self, pre: str, post: str, which: int | None = None, variable: str = "w") -> Recorded:
        """Return recorded weights, with `.times` of shape (T,) and `.values` of shape (T, connections).

        Parameters
        ----------
        pre, post : str
            Names of the populations.
        which : int, optional
            1, 2 … for the first, second … projection from `pre` to `post`; needed where several were recorded.
        variable : str, default "w"
            The weight, or another variable of the synapses that was recorded.

        Examples
        --------
        >>> res.weights("i", "e").values.mean(axis=1)
        """
        recorded = [key for key in self._states if len(key) == 4]
        if not recorded:
            raise ValueError("weights must have been recorded: call net.record_weights(projection) first")
        checks.choice("variable", variable, dict.fromkeys(key[3] for key in recorded))
        recorded = [key for key in recorded if key[3] == variable]
        checks.choice("pre", pre, dict.fromkeys(key[0] for key in recorded))
        checks.choice(f"post of {pre!r}", post, dict.fromkeys(key[1] for key in recorded if key[0] == pre))
        numbers = [key[2] for key in recorded if key[:2] == (pre, post)]
        if which is None and len(numbers) > 1:
            raise ValueError(f"which must say whose weights of the projections {pre}→{post}: one of {numbers}")
        if which is not None and checks.integer("which", which) not in numbers:
            raise ValueError(f"which must be one of {numbers} for {pre}→{post}, got {which}")
        return self._states[pre, post, numbers[0] if which is None else which, variable]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to a file of HDF5, which every language reads; `Result.load` reads it back.

        Parameters
        ----------
        path : path of the file
            It is replaced as a whole: after a crash it is the old one or the new one.

        Raises
        ------
        ImportError
            If h5py is not installed.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> res.save("run.h5")
        """
        from rheobase.network import result_file

        result_file.write(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Result:
        """Return the result that a file holds.

        Raises
        ------
        ValueError
            If the file holds none, or is damaged.

        Examples
        --------
        >>> res.save("run.h5")
        >>> rb.Result.load("run.h5").rates() == res.rates()
        True
        """
        from rheobase.network import result_file

        return result_file.read(path)

    def rates(self, t_start: float | None = None) -> dict[str, float]:
        """Return every population's mean rate (Hz), from `t_start` (ms) to the end.

        Examples
        --------
        >>> res.rates(t_start=200)
        {'e': 44.625, 'i': 50.0, 'x': 20.5}
        """
        begin = self.t_start if t_start is None else checks.number("t_start", t_start, low=self.t_start)
        if begin >= self.t_stop:
            raise ValueError(f"t_start must be before the end of the run, {self.t_stop:g} ms, got {begin:g} ms")
        seconds = PER_MS * (self.t_stop - begin)
        return {
            name: count / (n * seconds) if n else 0.0 for name, (count, n) in self._count_after(begin + 1e-9).items()
        }

    def _count_after(self, t: float) -> dict[str, tuple[int, int]]:
        """Return the number of spikes after a time, and that of neurons, by name."""
        if isinstance(self._spikes, LazyTrains):
            return self._spikes.count_after(t)
        return {name: (int(np.count_nonzero(s.times > t)), s.n) for name, s in self._spikes.items()}

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{name}</td><td>{n}</td><td>{count}</td></tr>"
            for name, (count, n) in self._count_after(-math.inf).items()
        )
        head = "<tr><th>population</th><th>neurons</th><th>spikes</th></tr>"
        return f"<b>Result</b>, {self.t_start:g} to {self.t_stop:g} ms<table>{head}{rows}</table>"


def _name_of(key: tuple[str, str] | tuple[str, str, int, str]) -> str:
    """Return the name of what was sampled."""
    if len(key) == 2:
        return f"{key[0]}.{key[1]}"
    variable = "weight" if key[3] == "w" else key[3]
    return f"{key[0]}→{key[1]}.{variable}" + (f" {key[2]}" if key[2] > 1 else "")
