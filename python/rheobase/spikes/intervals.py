"""Interspike intervals and how irregular they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rheobase import checks
from rheobase.spikes.reading import Spikes, read


def isi(spikes: Spikes) -> np.ndarray:
    """Return all interspike intervals, train after train (Rosenbaum, section 2.1).

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.

    Returns
    -------
    array of float, shape (intervals,)
        I_j = s_{j+1} - s_j in ms, pooled over trains; none across two trains. A train with fewer than two spikes
        has none.

    Raises
    ------
    ValueError
        If the times are unsorted or not finite.

    Examples
    --------
    >>> isi([[1.0, 3.0, 6.0], [2.0, 9.0]])
    array([2., 3., 7.])
    """
    return _intervals(spikes)[0]


def isi_by_train(spikes: Spikes) -> list[np.ndarray]:
    """Return the interspike intervals of each train.

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.

    Returns
    -------
    list of `n` arrays of float
        Intervals in ms; an empty array for a train with fewer than two spikes.

    Raises
    ------
    ValueError
        If the times are unsorted or not finite.

    Examples
    --------
    >>> isi_by_train([[1.0, 3.0, 6.0], [2.0]])
    [array([2., 3.]), array([], dtype=float64)]
    """
    intervals, trains, n, _ = _intervals(spikes)
    return np.split(intervals, np.cumsum(np.bincount(trains, minlength=n))[:-1]) if n else []


def cv(spikes: Spikes, *, pooled: bool = False, ddof: int = 0) -> np.ndarray | float:
    """Return the coefficient of variation of the interspike intervals, std/mean (Rosenbaum, section 2.1).

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.
    pooled : bool, default False
        Whether to pool the intervals of all trains into one CV, rather than one per train. Differences of rate
        between trains then add to it.
    ddof : int, default 0
        The variance divides by the number of intervals minus `ddof`.

    Returns
    -------
    array of float, shape (n,), or a float for a bare single train or if pooled
        0 for a regular train, 1 for a Poisson process in the long run (short trains read low: long intervals do not
        fit). NaN with fewer than two intervals, or if all of them are 0.

    Raises
    ------
    ValueError
        If the times are unsorted or not finite, or `ddof` is not 0 or 1.

    Examples
    --------
    >>> cv([0.0, 10.0, 20.0, 30.0])
    0.0
    """
    ddof = checks.integer("ddof", ddof, low=0, high=1)
    intervals, trains, n, single = _intervals(spikes)
    if checks.flag("pooled", pooled):
        trains, n = np.zeros_like(trains), 1
    number = np.bincount(trains, minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(trains, intervals, minlength=n) / number
        squares = np.bincount(trains, (intervals - mean[trains]) ** 2, minlength=n)
        result = np.where(number > 1, np.sqrt(squares / (number - ddof)) / mean, np.nan)
    return float(result[0]) if single or pooled else result


def cv2(spikes: Spikes) -> np.ndarray | float:
    """Return CV2, the local variation of adjacent intervals: the mean of 2|I_{j+1} - I_j|/(I_{j+1} + I_j).

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.

    Returns
    -------
    array of float, shape (n,), or a float for a bare single train
        1 on average for a Poisson process, also if its rate changes slowly. NaN with fewer than two intervals. Two
        intervals of 0 are equal and count as 0.

    Raises
    ------
    ValueError
        If the times are unsorted or not finite.

    Notes
    -----
    Holt, Softky, Koch and Douglas, J. Neurophysiol. 75 (1996). A mean, not a variance, so no `ddof`.

    Examples
    --------
    >>> cv2([0.0, 10.0, 40.0])
    1.0
    """
    return _mean_over_pairs(spikes, lambda contrast: 2 * np.abs(contrast))


def lv(spikes: Spikes) -> np.ndarray | float:
    """Return Lv, the local variation of adjacent intervals: the mean of 3 ((I_j - I_{j+1})/(I_j + I_{j+1}))².

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.

    Returns
    -------
    array of float, shape (n,), or a float for a bare single train
        1 on average for a Poisson process, 0 for a regular train. NaN with fewer than two intervals. Two intervals
        of 0 are equal and count as 0.

    Raises
    ------
    ValueError
        If the times are unsorted or not finite.

    Notes
    -----
    Shinomoto, Shima and Tanji, Neural Computation 15 (2003). A mean over pairs, so no `ddof`.

    Examples
    --------
    >>> lv([0.0, 10.0, 40.0])
    0.75
    """
    return _mean_over_pairs(spikes, lambda contrast: 3 * contrast**2)


def _intervals(spikes: Spikes) -> tuple[np.ndarray, np.ndarray, int, bool]:
    """Return the intervals grouped by train, the train of each, the number of trains, and if it was a bare one."""
    record, single = read(spikes, window=False)
    times, offsets = record.grouped
    trains = np.repeat(np.arange(record.n), np.diff(offsets))
    same = trains[1:] == trains[:-1]
    return np.diff(times)[same], trains[1:][same], record.n, single


def _mean_over_pairs(spikes: Spikes, measure: Callable[[np.ndarray], np.ndarray]) -> np.ndarray | float:
    """Average `measure` of the contrast (I_{j+1} - I_j)/(I_{j+1} + I_j) over adjacent intervals of each train."""
    intervals, trains, n, single = _intervals(spikes)
    same = trains[1:] == trains[:-1]
    difference, total = np.diff(intervals)[same], (intervals[1:] + intervals[:-1])[same]
    contrast = np.divide(difference, total, out=np.zeros_like(total), where=total > 0)
    with np.errstate(invalid="ignore"):
        result = np.bincount(trains[1:][same], measure(contrast), minlength=n) / np.bincount(
            trains[1:][same], minlength=n
        )
    return float(result[0]) if single else result
