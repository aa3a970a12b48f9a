"""Spike counts, mean rates, and how variable counts are: the Fano factor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.spikes.bins import counts_on_grid
from rheobase.spikes.reading import Spikes, read
from rheobase.units import PER_MS


def spike_counts(spikes: Spikes, *, t_start: float | None = None, t_stop: float | None = None) -> np.ndarray | int:
    """Count the spikes of each train in a window, N(a, b).

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    array of int, shape (n,), or an int for a bare single train
        Counts.

    Raises
    ------
    ValueError
        If the window is empty or outside the recording, or the times are unsorted or not finite.

    Examples
    --------
    >>> spike_counts([[1.0, 3.0], [2.0]], t_stop=2.5)
    array([1, 1])
    """
    record, single = read(spikes, t_start, t_stop)
    return int(record.times.size) if single else record.count()


def mean_rate(spikes: Spikes, *, t_start: float | None = None, t_stop: float | None = None) -> np.ndarray | float:
    """Return the mean firing rate of each train over a window, N(a, b)/(b - a).

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.
    t_start, t_stop : float, optional
        Window in ms, as for `spike_counts`.

    Returns
    -------
    array of float, shape (n,), or a float for a bare single train
        Rates in Hz.

    Raises
    ------
    ValueError
        As `spike_counts`.

    Examples
    --------
    >>> mean_rate([100.0, 300.0], t_stop=1000.0)
    2.0
    """
    record, single = read(spikes, t_start, t_stop)
    with np.errstate(invalid="ignore", divide="ignore"):  # a recording may end where it begins
        rates = record.count() / np.float64(PER_MS * record.duration)
    return float(rates[0]) if single else rates


def fano_factor(
    spikes: Spikes,
    window: float | None = None,
    *,
    ddof: int = 0,
    t_start: float | None = None,
    t_stop: float | None = None,
) -> np.ndarray | float:
    """Return the Fano factor of spike counts across trials, var(N)/mean(N) (Rosenbaum, section 2.1).

    Parameters
    ----------
    spikes : SpikeTrains or list of arrays
        Trials of one neuron, times in ms.
    window : float, optional
        Width in ms of adjacent windows, each with its own Fano factor; by default one window over all.
    ddof : int, default 0
        The variance divides by the number of trials minus `ddof`; only with 1 is it unbiased.
    t_start, t_stop : float, optional
        Window in ms, as for `spike_counts`.

    Returns
    -------
    float, or array of shape (windows,) if `window` is given
        1 for Poisson processes. NaN where no trial has a spike.

    Raises
    ------
    ValueError
        If there are fewer than two trials, or as `binned_counts`.

    Examples
    --------
    >>> fano_factor([[1.0], [1.0, 2.0], [1.0, 2.0, 3.0]], t_stop=10.0, ddof=1)
    0.5
    """
    ddof = checks.integer("ddof", ddof, low=0, high=1)
    record, _ = read(spikes, t_start, t_stop)
    if record.n < 2:
        raise ValueError(
            f"spikes must hold at least 2 trials (see fano_factor_in_time for one long train), got {record.n}"
        )
    if window is None:
        return float(_ratio(record.count(), 0, ddof))
    return _ratio(counts_on_grid(record, window, "window")[0], 0, ddof)


def fano_factor_in_time(
    spikes: Spikes,
    window: float,
    *,
    ddof: int = 0,
    t_start: float | None = None,
    t_stop: float | None = None,
) -> np.ndarray | float:
    """Return the Fano factor of each train's spike counts across adjacent windows of time.

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.
    window : float
        Width of the windows in ms; at least two of them fill the recording.
    ddof : int, default 0
        The variance divides by the number of windows minus `ddof`; only with 1 is it unbiased.
    t_start, t_stop : float, optional
        Window in ms, as for `spike_counts`.

    Returns
    -------
    array of float, shape (n,), or a float for a bare single train
        1 for Poisson processes, CV² for other renewal processes and long windows. NaN for silent trains.

    Raises
    ------
    ValueError
        If there are fewer than two windows, or as `binned_counts`.

    Examples
    --------
    >>> fano_factor_in_time([1.0, 11.0, 12.0, 13.0], 10.0, t_stop=20.0)
    0.5
    """
    ddof = checks.integer("ddof", ddof, low=0, high=1)
    record, single = read(spikes, t_start, t_stop)
    counts, window = counts_on_grid(record, window, "window")
    if counts.shape[1] < 2:
        raise ValueError(f"window must fit at least twice into {record.duration:g} ms, got {window:g} ms")
    result = _ratio(counts, 1, ddof)
    return float(result[0]) if single else result


def _ratio(counts: npt.NDArray[np.int64], axis: int, ddof: int) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return counts.var(axis=axis, ddof=ddof) / counts.mean(axis=axis)
