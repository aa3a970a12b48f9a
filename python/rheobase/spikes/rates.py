"""Time-dependent firing rates: in bins, smoothed by a filter, and aligned to stimuli (PSTH)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.spikes.bins import bin_grid, bin_of_each_spike, binned_counts, spike_density
from rheobase.spikes.filters import Filter
from rheobase.spikes.reading import Spikes, read, read_single
from rheobase.spikes.trains import EDGE, SpikeTrains
from rheobase.units import PER_MS


@dataclass(frozen=True, eq=False, repr=False)
class Rate(Brief):
    """A firing rate in time.

    Parameters
    ----------
    times : array of float, shape (T,)
        ms.
    values : array of float, shape (T,) or (T, n)
        Hz; time is the first axis, as in recorded states.
    dt : float
        Step between times, ms.

    Examples
    --------
    >>> binned_rate([1.0, 2.0, 7.0], 5.0, t_stop=10.0).values
    array([400., 200.])
    """

    times: np.ndarray
    values: np.ndarray
    dt: float


def binned_rate(
    spikes: Spikes,
    bin_width: float,
    *,
    average: bool = False,
    t_start: float | None = None,
    t_stop: float | None = None,
) -> Rate:
    """Return firing rates from counts in adjacent bins (Rosenbaum, section 2.1).

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.
    bin_width : float
        Width of a bin in ms; a whole number of them fills the window.
    average : bool, default False
        Whether to average over trains: the trial-averaged rate, or the population rate.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    Rate
        At the centres of the bins; values of shape (bins,) if averaged or for a bare single train, else (bins, n).

    Raises
    ------
    ValueError
        As `binned_counts`.

    Examples
    --------
    >>> binned_rate([[1.0], [2.0, 7.0]], 5.0, average=True, t_stop=10.0).values
    array([200., 100.])
    """
    record, single = read(spikes, t_start, t_stop)
    bin_width, bins = bin_grid(record, bin_width)
    times = record.t_start + bin_width * (np.arange(bins) + 0.5)
    if checks.flag("average", average) or single:
        counts = np.bincount(bin_of_each_spike(record, bin_width, bins), minlength=bins) / (record.n or np.nan)
    else:
        counts = binned_counts(record, bin_width).T
    return Rate(times, counts * (1 / (PER_MS * bin_width)), bin_width)


def smoothed_rate(
    spikes: Spikes,
    filter: Filter,
    *,
    average: bool = False,
    edges: str = "lossy",
    t_start: float | None = None,
    t_stop: float | None = None,
) -> Rate:
    """Return firing rates smoothed by a filter, r(t) = (k * S)(t) (Rosenbaum, section 2.1).

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.
    filter : Filter
        Such as ``gaussian_filter(10, dt=1)``; its `dt` is the grid, which fills the window.
    average : bool, default False
        Whether to average over trains: the trial-averaged rate, or the population rate.
    edges : {"lossy", "conserving", "unbiased"}, default "lossy"
        "lossy": what the filter carries over an edge is lost, the rate reads low there. "conserving": the filter of
        each spike is renormalised to the part inside, so that ∑r dt is exactly the number of spikes. "unbiased":
        the rate at each time is divided by the part of the filter that sees the window, so that a constant rate
        stays constant.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    Rate
        At the left edges of the grid's bins, where spikes found at a step of the grid are exactly; values of shape
        (steps,) if averaged or for a bare single train, else (steps, n).

    Raises
    ------
    ValueError
        If the steps do not fill the window, or as `binned_counts`.

    Examples
    --------
    >>> from rheobase.spikes import gaussian_filter
    >>> smoothed_rate([50.0], gaussian_filter(5.0, 1.0), t_stop=100.0).times.size
    100
    """
    if not isinstance(filter, Filter):
        raise TypeError(f"filter must be a Filter such as gaussian_filter(10, dt=1), got {type(filter).__name__}")
    edges = checks.choice("edges", edges, ("lossy", "conserving", "unbiased"))
    average = checks.flag("average", average)
    record, single = read(spikes, t_start, t_stop)
    _, steps = bin_grid(record, filter.dt, name="filter.dt")
    density = spike_density(record.pooled() if average else record, filter.dt)
    if average:
        density = density / (record.n or np.nan)
    ones = np.ones((1, steps))
    if edges == "conserving":
        seen_by_spike = Filter(filter.values[::-1], 1 - filter.first - filter.values.size, filter.dt)
        rate = _convolve(density / _convolve(ones, seen_by_spike), filter)
    elif edges == "unbiased":
        rate = _convolve(density, filter) / _convolve(ones, filter)
    else:
        rate = _convolve(density, filter)
    values = (rate[0] if average or single else rate.T) / PER_MS
    return Rate(record.t_start + filter.dt * np.arange(steps), values, filter.dt)


def psth(trials: Spikes, bin_width: float, *, t_start: float | None = None, t_stop: float | None = None) -> Rate:
    """Return the peristimulus time histogram: the rate in bins, averaged over trials.

    Parameters
    ----------
    trials : SpikeTrains or list of arrays
        One train per trial, times in ms; see `align` for cutting a long recording into trials.
    bin_width : float
        Width of a bin in ms; a whole number of them fills the window.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording.

    Returns
    -------
    Rate
        In Hz at the centres of the bins, values of shape (bins,).

    Raises
    ------
    ValueError
        As `binned_counts`.

    Examples
    --------
    >>> psth([[1.0], [2.0, 7.0]], 5.0, t_stop=10.0).values
    array([200., 100.])
    """
    record, _ = read(trials, t_start, t_stop, name="trials")
    return binned_rate(record, bin_width, average=True)


def align(
    train: Spikes,
    events: npt.ArrayLike,
    before: float,
    after: float,
    *,
    t_start: float | None = None,
    t_stop: float | None = None,
) -> SpikeTrains:
    """Cut a recording of one neuron into trials around events, with time 0 at the event.

    Parameters
    ----------
    train : SpikeTrains of one train or array of shape (spikes,)
        Spike times in ms.
    events : array of float, shape (trials,)
        Times of the events (stimulus onsets), ms, in any order.
    before, after : float
        How far each trial reaches before and after its event, ms, 0 or more and not both 0.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    SpikeTrains
        One train per event, from -`before` to `after`. Spikes near two events occur in both trials.

    Raises
    ------
    ValueError
        If a trial reaches outside the recording (it would seem silent there), or there is no event.

    Examples
    --------
    >>> align([10.0, 52.0, 71.0], [50.0, 70.0], 5.0, 20.0, t_stop=100.0).trains()
    [array([2.]), array([1.])]
    """
    record = read_single(train, t_start, t_stop, name="train")
    onsets = checks.array("events", events, shape=(None,))
    before, after = checks.number("before", before, low=0), checks.number("after", after, low=0)
    if onsets.size == 0:
        raise ValueError("events must hold at least one time, got none")
    if onsets.min() - before < record.t_start - EDGE or onsets.max() + after > record.t_stop + EDGE:
        raise ValueError(
            f"events must leave room for before and after within t_start = {record.t_start:g} to t_stop = "
            f"{record.t_stop:g} ms, got trials from {onsets.min() - before:g} to {onsets.max() + after:g} ms"
        )
    first = np.searchsorted(record.times, onsets - before - EDGE)
    last = np.searchsorted(record.times, onsets + after + EDGE)
    trials = [record.times[i:j] - onset for i, j, onset in zip(first, last, onsets, strict=True)]
    return SpikeTrains.from_trains(trials, t_start=-before, t_stop=after)


def _convolve(signal: np.ndarray, filter: Filter) -> np.ndarray:
    """Return (k * x)(t) = ∑ k(s) x(t - s) dt along the last axis, with zeros beyond the edges."""
    from scipy.signal import oaconvolve

    if signal.size == 0:
        return signal
    full = oaconvolve(signal, filter.values[np.newaxis] * filter.dt, axes=-1)
    start = -filter.first
    # Nothing here is negative, save for the rounding of the Fourier transform.
    return np.maximum(full[:, start : start + signal.shape[-1]], 0)
