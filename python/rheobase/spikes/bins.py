"""Spikes on a grid of time: counts in bins, binary trains, spike densities."""

from __future__ import annotations

import numpy as np

from rheobase import checks
from rheobase.spikes.reading import Spikes, read
from rheobase.spikes.trains import SpikeTrains

#: More cells than this (8 GiB of counts) are taken for a mistake.
_MOST_CELLS = 2**30


def bin_grid(record: SpikeTrains, width: float, *, name: str = "bin_width", n: int = 1) -> tuple[float, int]:
    """Return `width` in ms and how many such bins, kept for each of `n` trains, fill the recording without a rest."""
    width = checks.number(name, width, above=0, unit="ms")
    cells = n * record.duration / width
    if cells > _MOST_CELLS:
        raise ValueError(
            f"{name} must leave at most {_MOST_CELLS} bins over all trains between t_start = {record.t_start:g} and "
            f"t_stop = {record.t_stop:g} ms, got {width:g} ms"
        )
    checks.memory(f"bins of {name} = {width:g} ms between t_start and t_stop", 24 * cells)
    count = round(record.duration / width)
    if count < 1 or abs(record.duration - count * width) > 1e-9 * record.duration:
        fewer = max(int(record.duration / width), 1)
        raise ValueError(
            f"{name} must divide the {record.duration:g} ms between t_start and t_stop into whole bins, got "
            f"{width:g} ms; the nearest are {record.duration / (fewer + 1):.10g} and {record.duration / fewer:.10g} ms"
        )
    return width, count


def bin_of_each_spike(record: SpikeTrains, width: float, bins: int) -> np.ndarray:
    """Return the bin of every spike, floor((t - t_start)/width), with rounding error of decimal steps forgiven.

    0.3/0.1 is 2.9999999999999996, so a plain floor sets some spikes one bin early; the slack is 1e-9 of a bin and a
    few units in the last place of the time.
    """
    slack = 1e-9 + 4 * np.finfo(float).eps * max(abs(record.t_start), abs(record.t_stop)) / width
    place = np.floor((record.times - record.t_start) / width + slack).astype(np.int64)
    return np.clip(place, 0, bins - 1)


def binned_counts(
    spikes: Spikes, bin_width: float, *, t_start: float | None = None, t_stop: float | None = None
) -> np.ndarray:
    """Count the spikes of each train in adjacent bins.

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.
    bin_width : float
        Width of a bin in ms; a whole number of them fills the window.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    array of int, shape (n, bins), or (bins,) for a bare single train
        Bin i covers [t_start + i w, t_start + (i + 1) w); the last one is closed. No spike is lost: the sum is the
        number of spikes in the window.

    Raises
    ------
    ValueError
        If the bins do not fill the window, are not positive, or the times are unsorted or not finite.

    Examples
    --------
    >>> binned_counts([0.1, 0.3, 0.35], 0.1, t_stop=0.5)
    array([0, 1, 0, 2, 0])
    """
    record, single = read(spikes, t_start, t_stop)
    counts, _ = counts_on_grid(record, bin_width, "bin_width")
    return counts[0] if single else counts


def binarise(
    spikes: Spikes,
    dt: float,
    *,
    clip: bool = False,
    t_start: float | None = None,
    t_stop: float | None = None,
) -> np.ndarray:
    """Turn spike trains into series of zeros and ones (Rosenbaum, section 2.1).

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.
    dt : float
        Width of a bin in ms, smaller than the shortest interval.
    clip : bool, default False
        Whether several spikes in one bin become a single 1. By default they are an error, since spikes get lost.
    t_start, t_stop : float, optional
        Window in ms, as for `binned_counts`.

    Returns
    -------
    array of uint8, shape (n, bins), or (bins,) for a bare single train
        1 where a spike is.

    Raises
    ------
    ValueError
        If a bin holds more than one spike and `clip` is False; else as `binned_counts`.

    Examples
    --------
    >>> binarise([0.1, 0.3], 0.1, t_stop=0.5)
    array([0, 1, 0, 1, 0], dtype=uint8)
    """
    record, single = read(spikes, t_start, t_stop)
    counts, dt = counts_on_grid(record, dt, "dt")
    if not checks.flag("clip", clip) and counts.max(initial=0) > 1:
        train, place = np.unravel_index(int(np.argmax(counts > 1)), counts.shape)
        raise ValueError(
            f"dt must be small enough for one spike per bin (or pass clip=True), got dt = {dt:g} ms with "
            f"{counts[train, place]} spikes of train {train} at {record.t_start + place * dt:g} ms"
        )
    binary = (counts > 0).astype(np.uint8)
    return binary[0] if single else binary


def spike_density(
    spikes: Spikes, dt: float, *, t_start: float | None = None, t_stop: float | None = None
) -> np.ndarray:
    """Write S(t) = ∑_j δ(t - s_j) on a grid: 1/`dt` for every spike in a bin (Rosenbaum, eq. 1.10).

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms.
    dt : float
        Width of a bin in ms.
    t_start, t_stop : float, optional
        Window in ms, as for `binned_counts`.

    Returns
    -------
    array of float, shape (n, bins), or (bins,) for a bare single train
        In spikes/ms. Two spikes in a bin give 2/`dt`, so that ∑S dt is the number of spikes.

    Raises
    ------
    ValueError
        As `binned_counts`.

    Examples
    --------
    >>> spike_density([0.1, 0.3], 0.1, t_stop=0.5)
    array([ 0., 10.,  0., 10.,  0.])
    """
    record, single = read(spikes, t_start, t_stop)
    counts, dt = counts_on_grid(record, dt, "dt")
    density = counts / dt
    return density[0] if single else density


def counts_on_grid(record: SpikeTrains, width: float, name: str) -> tuple[np.ndarray, float]:
    """Return the counts in adjacent bins of `width`, which messages call `name`, shape (n, bins), and it in ms."""
    width, bins = bin_grid(record, width, name=name, n=record.n)
    cells = record.indices * np.int64(bins) + bin_of_each_spike(record, width, bins)
    return np.bincount(cells, minlength=record.n * bins).reshape(record.n, bins), width
