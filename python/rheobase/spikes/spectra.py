"""Power and cross spectra and coherence of spike trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.spikes.bins import bin_grid, spike_density
from rheobase.spikes.correlograms import require_same_frame
from rheobase.spikes.reading import Spikes, read
from rheobase.spikes.trains import SpikeTrains
from rheobase.units import PER_MS


@dataclass(frozen=True, eq=False, repr=False)
class Spectrum(Brief):
    """Values over frequency.

    Parameters
    ----------
    frequencies : array of float, shape (F,)
        Hz, from 1/segment up to half the sampling rate.
    values : array, shape (F,)
        Power or, complex, cross spectrum in Hz, or coherence (no unit).
    segments : int
        Half-overlapping segments of each train that were averaged.

    Examples
    --------
    >>> power_spectrum([10.0, 35.0], 1.0, 50.0, t_stop=100.0).segments
    3
    """

    frequencies: np.ndarray
    values: np.ndarray
    segments: int


def power_spectrum(
    spikes: Spikes, dt: float, segment: float, *, t_start: float | None = None, t_stop: float | None = None
) -> Spectrum:
    """Return the power spectrum of spike trains, averaged over trains (Welch's method).

    Parameters
    ----------
    spikes : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms. For the spectrum of the population's summed activity pass ``spikes.pooled()``.
    dt : float
        Step of the grid, ms; frequencies reach 500/`dt` Hz.
    segment : float
        Length of the Hann-windowed segments in ms, a multiple of `dt`; frequencies are 1000/`segment` Hz apart.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    Spectrum
        The two-sided density S(f) in spikes²/s (Hz) at positive frequencies: for a Poisson process it is its rate.
        The mean is removed from each segment, so f = 0 is left out and the lowest frequency reads a sixth low.

    Raises
    ------
    ValueError
        If the segment is longer than the recording or off the grid, or as `binned_counts`.

    Examples
    --------
    >>> power_spectrum([10.0, 35.0], 1.0, 50.0, t_stop=100.0).frequencies[:2]
    array([20., 40.])
    """
    from scipy import signal

    record, _ = read(spikes, t_start, t_stop)
    density, options = _sampled(record, dt, segment)
    frequencies, power = signal.welch(density, **options)
    return _positive(frequencies, power.mean(axis=0), record, options)


def cross_spectrum(
    a: Spikes, b: Spikes, dt: float, segment: float, *, t_start: float | None = None, t_stop: float | None = None
) -> Spectrum:
    """Return the cross spectrum of two trains, ⟨A(f) B*(f)⟩ (Welch's method).

    Where `a` follows `b` by a lag τ its phase is −2π f τ; that of a train with itself is its `power_spectrum`.

    Parameters
    ----------
    a, b : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms. With several trains (trials), spectra of trial i of `a` with trial i of `b` are averaged.
    dt : float
        Step of the grid, ms.
    segment : float
        Length of the Hann-windowed segments in ms, a multiple of `dt`.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording.

    Returns
    -------
    Spectrum
        Its values are complex, Hz.

    Raises
    ------
    ValueError
        If the trials or windows differ, or as `power_spectrum`.

    Examples
    --------
    >>> cross_spectrum([10.0, 35.0], [12.0, 37.0], 1.0, 50.0, t_stop=100.0).values.dtype
    dtype('complex128')
    """
    record, options, (frequencies, cross), _ = _crossed(a, b, dt, segment, t_start, t_stop)
    return _positive(frequencies, cross, record, options)


def coherence(
    a: Spikes, b: Spikes, dt: float, segment: float, *, t_start: float | None = None, t_stop: float | None = None
) -> Spectrum:
    """Return the magnitude-squared coherence of two trains, ``|S_ab|² / (S_aa S_bb)`` (Welch's method).

    Parameters
    ----------
    a, b : SpikeTrains, array of shape (spikes,) or list of such arrays
        Spike times in ms. With several trains (trials), spectra of trial i of `a` with trial i of `b` are averaged
        before the quotient is taken.
    dt : float
        Step of the grid, ms.
    segment : float
        Length of the Hann-windowed segments in ms, a multiple of `dt`. With a single segment and trial the coherence
        would be 1 whatever the trains, so more are required.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    Spectrum
        From 0 to 1; about 1/(number of independent segments) for unrelated trains. NaN where a train is silent.

    Raises
    ------
    ValueError
        If there is just one segment, the trials or windows differ, or as `power_spectrum`.

    Examples
    --------
    >>> coherence([10.0, 35.0, 70.0], [12.0, 37.0, 72.0], 1.0, 50.0, t_stop=100.0).values.max() <= 1
    np.True_
    """
    from scipy import signal

    first, options, (frequencies, cross), (x, y) = _crossed(a, b, dt, segment, t_start, t_stop)
    if max(first.n, 1) * _segments(first, options) < 2:
        raise ValueError(f"segment must fit more than once into {first.duration:g} ms, got {segment:g} ms")
    power = signal.welch(x, **options)[1].mean(axis=0) * signal.welch(y, **options)[1].mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.abs(cross) ** 2 / power
    return _positive(frequencies, np.minimum(values, 1), first, options)


def _crossed(
    a: Spikes, b: Spikes, dt: float, segment: float, t_start: float | None, t_stop: float | None
) -> tuple[SpikeTrains, dict[str, Any], tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return the first record, options of Welch's method, the cross spectrum over frequencies, and both densities."""
    from scipy import signal

    first, _ = read(a, t_start, t_stop, name="a")
    second, _ = read(b, t_start, t_stop, name="b")
    require_same_frame(first, second, "a", "b")
    x, options = _sampled(first, dt, segment)
    y, _ = _sampled(second, dt, segment)
    frequencies, cross = signal.csd(y, x, **options)
    return first, options, (frequencies, cross.mean(axis=0)), (x, y)


def _sampled(record: SpikeTrains, dt: float, segment: float) -> tuple[np.ndarray, dict[str, Any]]:
    """Return the spike densities in Hz and the options that all of Welch's methods share."""
    dt, steps = bin_grid(record, dt, name="dt")
    segment = checks.number("segment", segment, unit="ms")
    length = checks.steps("segment", segment, dt, low=2)
    if length > steps:
        raise ValueError(f"segment must fit into the window of {record.duration:g} ms, got {segment:g} ms")
    options = {
        "fs": 1 / (PER_MS * dt),
        "nperseg": length,
        "window": "hann",
        "detrend": "constant",
        "return_onesided": False,
    }
    density = spike_density(record, dt) if record.n else np.full((1, steps), np.nan)
    return density / PER_MS, options


def _segments(record: SpikeTrains, options: dict[str, Any]) -> int:
    steps = round(record.duration * options["fs"] * PER_MS)
    length = options["nperseg"]
    return (steps - length) // (length - length // 2) + 1


def _positive(frequencies: np.ndarray, values: np.ndarray, record: SpikeTrains, options: dict[str, Any]) -> Spectrum:
    kept = slice(1, options["nperseg"] // 2 + 1)
    return Spectrum(np.abs(frequencies[kept]), values[kept], _segments(record, options))
