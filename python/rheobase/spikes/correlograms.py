"""Auto- and cross-correlograms from the exact differences of spike times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.spikes.reading import Spikes, read
from rheobase.spikes.trains import SpikeTrains
from rheobase.units import PER_MS

#: Pairs of spikes handled at a time, to bound the memory.
_BLOCK = 2**22


@dataclass(frozen=True, eq=False, repr=False)
class Correlogram(Brief):
    """Pairs of spikes counted by their lag.

    Parameters
    ----------
    lags : array of float, shape (2 m + 1,)
        Centres of the bins in ms: target minus reference, so positive means that the target comes later.
    counts : array of int, shape (2 m + 1,)
        Pairs in each bin, summed over trains.
    expected : array of float, shape (2 m + 1,)
        Pairs expected of independent trains of constant rates with these spike counts; it falls off with the lag, as
        a finite recording T leaves T - abs(lag) for a pair.
    bin_width : float
        Width of a bin, ms.
    references : int
        Number of reference spikes.

    Examples
    --------
    >>> autocorrelogram([0.0, 10.0, 20.0], 10.0, 5.0, t_stop=30.0).counts
    array([2, 0, 0, 0, 2])
    """

    lags: np.ndarray
    counts: np.ndarray
    expected: np.ndarray
    bin_width: float
    references: int

    @property
    def rate(self) -> np.ndarray:
        """Rate of the target at each lag from a reference spike, Hz; NaN without reference spikes."""
        with np.errstate(invalid="ignore"):
            return self.counts / (np.float64(self.references) * self.bin_width * PER_MS)

    @property
    def ratio(self) -> np.ndarray:
        """Counts over expected counts: 1 where there is no correlation; NaN where nothing is expected."""
        with np.errstate(invalid="ignore"):
            return self.counts / self.expected


def autocorrelogram(
    spikes: Spikes, max_lag: float, bin_width: float, *, t_start: float | None = None, t_stop: float | None = None
) -> Correlogram:
    """Count pairs of spikes of the same train by their lag; a spike is not paired with itself.

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms; pairs are counted within each train and summed over trains.
    max_lag : float
        Largest lag at the centre of a bin, ms, a multiple of `bin_width` and shorter than the window.
    bin_width : float
        Width of a bin in ms. Bins are centred at multiples of it; a lag half-way goes to the outer one.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    Correlogram
        Symmetric about lag 0.

    Raises
    ------
    ValueError
        If the lags do not fit the bins or the window, or the times are unsorted or not finite.

    Examples
    --------
    >>> autocorrelogram([0.0, 10.0, 20.0], 20.0, 10.0, t_stop=30.0).counts
    array([1, 2, 0, 2, 1])
    """
    record, _ = read(spikes, t_start, t_stop)
    return _correlogram(record, record, max_lag, bin_width)


def cross_correlogram(
    reference: Spikes,
    target: Spikes,
    max_lag: float,
    bin_width: float,
    *,
    t_start: float | None = None,
    t_stop: float | None = None,
) -> Correlogram:
    """Count pairs of a reference and a target spike by their lag, target minus reference.

    Parameters
    ----------
    reference, target : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms. With several trains (trials), train i of one is paired with train i of the other alone;
        permute the trials of one of them for a shift predictor.
    max_lag : float
        Largest lag at the centre of a bin, ms, a multiple of `bin_width` and shorter than the window.
    bin_width : float
        Width of a bin in ms. Bins are centred at multiples of it; a lag half-way goes to the outer one.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    Correlogram
        A peak at positive lags means that the target follows the reference.

    Raises
    ------
    ValueError
        If the numbers of trains or the windows differ, or as `autocorrelogram`.

    Examples
    --------
    >>> cross_correlogram([10.0, 20.0], [11.0, 21.0], 2.0, 1.0, t_stop=30.0).counts
    array([0, 0, 0, 2, 0])
    """
    first, _ = read(reference, t_start, t_stop, name="reference")
    second, _ = read(target, t_start, t_stop, name="target")
    require_same_frame(first, second, "reference", "target")
    # Equal records must not be taken for one train with itself: their spikes do pair up at lag 0.
    return _correlogram(first, second, max_lag, bin_width, itself=False)


def require_same_frame(a: SpikeTrains, b: SpikeTrains, name_a: str, name_b: str) -> None:
    """Raise unless both records hold as many trains over the same time."""
    if (a.n, a.t_start, a.t_stop) != (b.n, b.t_start, b.t_stop):
        raise ValueError(
            f"{name_b} must hold as many trains over the same time as {name_a} "
            f"({a.n} from {a.t_start:g} to {a.t_stop:g} ms), got {b.n} from {b.t_start:g} to {b.t_stop:g} ms"
        )


def _correlogram(
    reference: SpikeTrains, target: SpikeTrains, max_lag: float, bin_width: float, itself: bool = True
) -> Correlogram:
    width = checks.number("bin_width", bin_width, above=0)
    max_lag = checks.number("max_lag", max_lag)
    reach = checks.steps("max_lag", max_lag, width)
    if max_lag + width / 2 > reference.duration:
        raise ValueError(
            f"max_lag must be shorter than the window of {reference.duration:g} ms from t_start to t_stop by half a "
            f"bin_width of {width:g} ms, got {max_lag:g} ms"
        )
    counts = np.zeros(2 * reach + 1, dtype=np.int64)
    for lags in _lags(reference, target, (reach + 0.5) * width, itself):
        # Rounding halves away from 0 keeps the bins symmetric.
        place = (np.sign(lags) * np.floor(np.abs(lags) / width + 0.5 + 1e-9)).astype(np.int64)
        counts += np.bincount(place[np.abs(place) <= reach] + reach, minlength=counts.size)
    pairs = float(np.sum(reference.count() * (target.count() - int(itself))))
    lags = width * np.arange(-reach, reach + 1)
    room = reference.duration - np.abs(lags)
    room[reach] -= width / 4  # the mean of |lag| over the middle bin
    expected = pairs * (width / reference.duration) * (room / reference.duration)
    return Correlogram(lags, counts, expected, width, int(reference.times.size))


def _lags(reference: SpikeTrains, target: SpikeTrains, reach: float, itself: bool) -> Iterator[np.ndarray]:
    """Yield blocks of all differences target - reference within `reach`, train by train."""
    # Shifting train i by i spans keeps the trains apart, so that one sorted search serves them all.
    span = reference.duration + 4 * reach
    (before, before_offsets), (after, after_offsets) = reference.grouped, target.grouped
    shift = span * np.repeat(np.arange(reference.n), np.diff(before_offsets))
    keys = after + span * np.repeat(np.arange(target.n), np.diff(after_offsets))
    margin = reach * (1 + 1e-6)
    low = np.searchsorted(keys, before + shift - margin, "left")
    number = np.searchsorted(keys, before + shift + margin, "right") - low
    ends = np.cumsum(number)
    pairs = ends[-1] if ends.size else 0
    cuts = np.unique(np.concatenate([[0], np.searchsorted(ends, np.arange(_BLOCK, pairs, _BLOCK)), [ends.size]]))
    for first, last in pairwise(cuts):
        repeats = number[first:last]
        i = np.repeat(np.arange(first, last), repeats)
        j = np.arange(i.size) - np.repeat(np.cumsum(repeats) - repeats, repeats) + np.repeat(low[first:last], repeats)
        yield (after[j] - before[i])[i != j] if itself else after[j] - before[i]
