"""Many spike trains in one record: when each spike came, and from which neuron or trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rheobase import checks, html
from rheobase.units import PER_MS

#: Two times closer than this (ms) count as equal: decimal steps such as 3 * 0.1 carry rounding error.
EDGE = 1e-9


@dataclass(frozen=True, eq=False, repr=False)
class SpikeTrains:
    """Spikes of `n` neurons (or trials) between `t_start` and `t_stop`, sorted by time, then by index.

    Parameters
    ----------
    times : array of float, shape (spikes,)
        Spike times in ms, ascending, within [`t_start`, `t_stop`].
    indices : array of int, shape (spikes,)
        The train of each spike, from 0 to `n` - 1; ascending where times are equal.
    n : int
        Number of trains, silent ones included.
    t_start, t_stop : float
        Begin and end of the recording, ms; `t_stop` is not before `t_start`.

    Raises
    ------
    ValueError
        If times or indices are out of order, out of range, not finite or of unequal length.
    TypeError
        If they are not numbers.

    Notes
    -----
    A recording is closed: a spike exactly at `t_stop` belongs to it. Parts of it (`between`, bins) are half-open,
    [a, b), except that the part which ends at `t_stop` keeps its end. Parts that tile the recording thus hold each
    spike once. The arrays are read-only copies of those given.

    Examples
    --------
    >>> trains = SpikeTrains.from_trains([[1.0, 5.0], [], [2.0]], t_stop=10.0)
    >>> trains.count()
    array([2, 0, 1])
    """

    times: np.ndarray
    indices: np.ndarray
    n: int
    t_start: float
    t_stop: float

    __hash__ = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        n = checks.integer("n", self.n, low=0)
        t_start, t_stop = checks.number("t_start", self.t_start), checks.number("t_stop", self.t_stop)
        if t_stop < t_start:
            raise ValueError(f"t_stop must not lie before t_start = {t_start:g} ms, got {t_stop:g} ms")
        times = checks.array("times", self.times, shape=(None,))
        indices = whole_numbers("indices", self.indices)
        if times.size != indices.size:
            raise ValueError(f"indices must have as many entries as times ({times.size}), got {indices.size}")
        if indices.size and (indices.min() < 0 or indices.max() >= n):
            wrong = int(np.argmax((indices < 0) | (indices >= n)))
            raise ValueError(f"indices must be between 0 and n - 1 = {n - 1}, got {indices[wrong]} at index {wrong}")
        _require_order(times, indices)
        _require_within(times, t_start, t_stop)
        fields = {"n": n, "t_start": t_start, "t_stop": t_stop, "times": _own(times), "indices": _own(indices)}
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    @classmethod
    def _mapped(cls, times: np.ndarray, indices: np.ndarray, n: int, t_start: float, t_stop: float) -> SpikeTrains:
        """Return trains whose arrays, known to be in order, stay where they are: on disk."""
        trains = object.__new__(cls)
        fields = {"n": n, "t_start": t_start, "t_stop": t_stop, "times": _frozen(times), "indices": _frozen(indices)}
        for name, value in fields.items():
            object.__setattr__(trains, name, value)
        return trains

    @classmethod
    def from_trains(cls, trains: Sequence[npt.ArrayLike], *, t_stop: float, t_start: float = 0.0) -> SpikeTrains:
        """Gather a list of trains (or trials), each a sorted list of times.

        Parameters
        ----------
        trains : sequence of arrays of float
            One ascending array of spike times (ms) per train; empty ones are silent trains.
        t_stop : float
            End of the recording, ms. It has no default: the last spike is not the end of a recording.
        t_start : float, default 0
            Begin of the recording, ms.

        Returns
        -------
        SpikeTrains
            With as many trains as the list has entries.

        Raises
        ------
        ValueError
            If the list is empty, a train is not sorted or a spike lies outside the recording.

        Examples
        --------
        >>> SpikeTrains.from_trains([[1.0, 5.0], [2.0]], t_stop=10.0).n
        2
        """
        if isinstance(trains, (str, bytes, dict)) or not isinstance(trains, Sequence | np.ndarray):
            raise TypeError(f"trains must be a list of arrays of spike times, got {type(trains).__name__}")
        arrays = [checks.array(f"trains[{i}]", train, shape=(None,)) for i, train in enumerate(trains)]
        if not arrays:
            raise ValueError("trains must hold at least one train, got an empty list")
        times = np.concatenate(arrays)
        indices = np.repeat(np.arange(len(arrays)), [train.size for train in arrays])
        back = np.flatnonzero((np.diff(times) < 0) & (np.diff(indices) == 0))
        if back.size:
            train = int(indices[back[0]])
            raise ValueError(
                f"trains[{train}] must be sorted by time, got {times[back[0]]:g} ms before {times[back[0] + 1]:g} ms"
            )
        return in_order(times, indices, len(arrays), t_start, t_stop)

    @classmethod
    def from_trials(
        cls,
        times: npt.ArrayLike,
        trial_numbers: npt.ArrayLike,
        *,
        t_stop: float,
        t_start: float = 0.0,
        first: int | None = None,
        n: int | None = None,
    ) -> SpikeTrains:
        """Gather spikes that carry a trial (or neuron) number each, in any order.

        Parameters
        ----------
        times : array of float, shape (spikes,)
            Spike times, ms.
        trial_numbers : array of int, shape (spikes,)
            The trial of each spike. Trial `first` becomes train 0, so files that count from 1 gain no empty trial.
        t_stop : float
            End of every trial, ms.
        t_start : float, default 0
            Begin of every trial, ms.
        first : int, optional
            Number of the first trial; by default the smallest that occurs. Give it if the first trials may be silent.
        n : int, optional
            How many trials there are; by default up to the largest number that occurs.

        Returns
        -------
        SpikeTrains
            One train per trial.

        Raises
        ------
        ValueError
            If lengths differ, a number lies outside the trials or there is no spike and no `n`.

        Examples
        --------
        >>> SpikeTrains.from_trials([3.0, 1.0, 2.0], [1, 2, 1], t_stop=10.0).count()
        array([2, 1])
        """
        times = checks.array("times", times, shape=(None,))
        numbers = whole_numbers("trial_numbers", trial_numbers)
        if times.size != numbers.size:
            raise ValueError(f"trial_numbers must have as many entries as times ({times.size}), got {numbers.size}")
        if numbers.size == 0 and n is None:
            raise ValueError("n must be given where there are no spikes to count trials from, got None")
        lowest = int(numbers.min()) if numbers.size else 0
        start = lowest if first is None else checks.integer("first", first)
        count = int(numbers.max()) - start + 1 if n is None else checks.integer("n", n, low=1)
        if numbers.size and (lowest < start or numbers.max() >= start + count):
            raise ValueError(
                f"trial_numbers must be between first = {start} and {start + count - 1}, "
                f"got {lowest} to {numbers.max()}"
            )
        return in_order(times, numbers - start, count, t_start, t_stop)

    @classmethod
    def from_counts(cls, counts: npt.ArrayLike, dt: float, *, t_start: float = 0.0) -> SpikeTrains:
        """Turn spike counts in small bins into spike times; a bin that holds k spikes gives k times.

        Parameters
        ----------
        counts : array of int, shape (bins,) or (n, bins)
            Spikes in each bin.
        dt : float
            Width of a bin, ms; a spike of bin i is set to the left edge, `t_start` + i `dt`.
        t_start : float, default 0
            Left edge of the first bin, ms.

        Returns
        -------
        SpikeTrains
            With `t_stop` = `t_start` + bins × `dt`.

        Raises
        ------
        ValueError
            If counts are negative or there are no bins.

        Examples
        --------
        >>> SpikeTrains.from_counts([0, 2, 1], dt=0.5).times
        array([0.5, 0.5, 1. ])
        """
        table = checks.array("counts", counts)
        if table.ndim == 1:
            table = table[np.newaxis]
        if table.ndim != 2 or table.size == 0:
            raise ValueError(f"counts must have shape (bins,) or (n, bins) and not be empty, got {table.shape}")
        flat = whole_numbers("counts", table.ravel())
        if flat.min() < 0:
            raise ValueError(f"counts must be >= 0, got {flat.min()}")
        dt = checks.number("dt", dt, above=0)
        t_start = checks.number("t_start", t_start, low=-(2**52) * dt, high=2**52 * dt)
        n, bins = table.shape
        # Column by column, so that the spikes come out in order of time, then of index.
        cells = np.repeat(np.arange(flat.size), flat.reshape(n, bins).T.ravel())
        return cls(t_start + (cells // n) * dt, cells % n, n, t_start, t_start + bins * dt)

    @property
    def duration(self) -> float:
        """Length of the recording, ms."""
        return self.t_stop - self.t_start

    @cached_property
    def grouped(self) -> tuple[np.ndarray, np.ndarray]:
        """Spike times train after train, and the `n` + 1 offsets at which the trains begin."""
        order = _order_of(self.indices, self.n)
        return _frozen(self.times[order]), _frozen(np.concatenate([[0], np.cumsum(self.count())]))

    def count(self) -> np.ndarray:
        """Return the number of spikes of each train, shape (n,)."""
        return np.bincount(self.indices, minlength=self.n)

    def train(self, i: int) -> np.ndarray:
        """Return the spike times of train `i` in ms, shape (spikes of `i`,)."""
        i = checks.integer("i", i, low=0, high=self.n - 1)
        times, offsets = self.grouped
        return times[offsets[i] : offsets[i + 1]]

    def trains(self) -> list[np.ndarray]:
        """Return the spike times of every train in ms, a list of `n` arrays."""
        times, offsets = self.grouped
        return np.split(times, offsets[1:-1]) if self.n else []

    def between(self, t_start: float, t_stop: float) -> SpikeTrains:
        """Return the part of the recording in [`t_start`, `t_stop`), closed if it ends where the recording does.

        Parameters
        ----------
        t_start, t_stop : float
            Window in ms, inside the recording. Times are kept, not shifted.

        Returns
        -------
        SpikeTrains
            The same trains over the shorter window.

        Raises
        ------
        ValueError
            If the window is empty or reaches outside the recording.

        Examples
        --------
        >>> SpikeTrains.from_trains([[1.0, 5.0]], t_stop=10.0).between(0.0, 5.0).times
        array([1.])
        """
        begin, end = interval("t_start", t_start, "t_stop", t_stop)
        if begin < self.t_start - EDGE or end > self.t_stop + EDGE:
            raise ValueError(
                f"t_start and t_stop must lie within the recording, {self.t_start:g} to {self.t_stop:g} ms, "
                f"got {begin:g} to {end:g} ms"
            )
        first = np.searchsorted(self.times, begin - EDGE)
        last = self.times.size if end > self.t_stop - EDGE else np.searchsorted(self.times, end - EDGE)
        return SpikeTrains(self.times[first:last], self.indices[first:last], self.n, begin, end)

    def select(self, trains: npt.ArrayLike | slice) -> SpikeTrains:
        """Return some of the trains, renumbered from 0 in the order given.

        Parameters
        ----------
        trains : slice or array of int
            Which trains, each at most once.

        Returns
        -------
        SpikeTrains
            The chosen trains over the same time.

        Raises
        ------
        ValueError
            If a number is out of range, occurs twice, or nothing is chosen.

        Examples
        --------
        >>> SpikeTrains.from_trains([[1.0], [2.0], [3.0]], t_stop=10.0).select([2, 0]).trains()
        [array([3.]), array([1.])]
        """
        chosen = np.arange(self.n)[trains] if isinstance(trains, slice) else whole_numbers("trains", trains)
        if chosen.size == 0 or chosen.min() < 0 or chosen.max() >= self.n:
            raise ValueError(f"trains must hold numbers between 0 and n - 1 = {self.n - 1}, got {trains!r}")
        place = np.full(self.n, -1)
        place[chosen] = np.arange(chosen.size)
        if np.count_nonzero(place >= 0) != chosen.size:
            raise ValueError("trains must name each train at most once, got one twice")
        kept = place[self.indices] >= 0
        return in_order(self.times[kept], place[self.indices[kept]], chosen.size, self.t_start, self.t_stop)

    def pooled(self) -> SpikeTrains:
        """Return all spikes as a single train: the superposition of the trains."""
        return SpikeTrains(self.times, np.zeros(self.times.size, dtype=np.int64), 1, self.t_start, self.t_stop)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SpikeTrains):
            return NotImplemented
        return (
            (self.n, self.t_start, self.t_stop) == (other.n, other.t_start, other.t_stop)
            and np.array_equal(self.times, other.times)
            and np.array_equal(self.indices, other.indices)
        )

    def __getstate__(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in ("times", "indices", "n", "t_start", "t_stop")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, times=_frozen(state["times"]), indices=_frozen(state["indices"]))

    def __repr__(self) -> str:
        return f"SpikeTrains({self.times.size} spikes, n={self.n}, t={self.t_start:g} to {self.t_stop:g} ms)"

    def _repr_html_(self) -> str:
        time = self.n * self.duration
        rate = f"{self.times.size / (PER_MS * time):.4g} Hz" if time > 0 else "none"
        rows = (
            ("trains", f"{self.n:,}"),
            ("spikes", f"{self.times.size:,}"),
            ("time", f"{self.t_start:g} to {self.t_stop:g} ms"),
            ("mean rate", rate),
            ("silent trains", f"{np.count_nonzero(self.count() == 0):,}"),
        )
        return html.table(rows, title="SpikeTrains")


def in_order(times: np.ndarray, indices: np.ndarray, n: int, t_start: float, t_stop: float) -> SpikeTrains:
    """Return the record of spikes given in any order, sorted by time, then by index."""
    order = np.argsort(times)
    if np.any(np.diff(times[order]) == 0):  # the quick sort left the indices of equal times in any order
        order = np.lexsort((indices, times))
    return SpikeTrains(_frozen(times[order]), _frozen(indices[order]), n, t_start, t_stop)


def _frozen(array: np.ndarray) -> np.ndarray:
    """Make an array read-only that nobody else holds, so that a record takes it without a copy."""
    array.flags.writeable = False
    return array


def _own(array: np.ndarray) -> np.ndarray:
    """Return a read-only array that nobody can write to: itself if it is one, else a copy."""
    layer: Any = array
    while isinstance(layer, np.ndarray):
        if layer.flags.writeable:
            return _frozen(array.copy())
        layer = layer.base
    return array if layer is None else _frozen(array.copy())


def interval(start_name: str, start: float, stop_name: str, stop: float) -> tuple[float, float]:
    """Return two times as floats, the second one later than the first."""
    begin, end = checks.number(start_name, start, unit="ms"), checks.number(stop_name, stop, unit="ms")
    if not begin < end:
        raise ValueError(f"{stop_name} must lie after {start_name} = {begin:g} ms, got {end:g} ms")
    return begin, end


def whole_numbers(name: str, value: Any) -> np.ndarray:
    """Return `value` as a one-dimensional int64 array; fractions are an error, not rounded."""
    try:
        result = checks.reals(name, value, shape=(None,), dtype=np.int64)
    except TypeError as error:
        raise TypeError(f"{name} must be an array of integers, got {type(value).__name__} {value!r:.60}") from error
    return result


def _require_order(times: np.ndarray, indices: np.ndarray) -> None:
    gaps = np.diff(times)
    if gaps.size and gaps.min() < 0:
        i = int(np.argmax(gaps < 0))
        raise ValueError(f"times must be sorted, got {times[i]:g} ms before {times[i + 1]:g} ms at index {i}")
    tied = np.flatnonzero(gaps == 0)
    back = indices[tied + 1] < indices[tied]
    if back.any():
        i = int(tied[np.argmax(back)])
        raise ValueError(
            f"indices must be ascending where times are equal, got {indices[i]} before {indices[i + 1]} at index {i}"
        )


def _require_within(times: np.ndarray, t_start: float, t_stop: float) -> None:
    if times.size and (times[0] < t_start - EDGE or times[-1] > t_stop + EDGE):
        raise ValueError(
            f"times must lie between t_start = {t_start:g} and t_stop = {t_stop:g} ms, "
            f"got {times[0]:g} to {times[-1]:g} ms"
        )


def _order_of(indices: np.ndarray, n: int) -> np.ndarray:
    """Sort stably by index, 16 bits per pass: NumPy has a radix sort for 16-bit integers alone."""
    order = np.argsort((indices & 0xFFFF).astype(np.uint16), kind="stable")
    for shift in range(16, int(n - 1).bit_length(), 16):
        digit = ((indices >> shift) & 0xFFFF).astype(np.uint16)
        order = order[np.argsort(digit[order], kind="stable")]
    return order
