"""How synchronous a population is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.spikes.bins import bin_grid
from rheobase.spikes.occupancy import occupied_cells
from rheobase.spikes.reading import Spikes, read


def chi(spikes: Spikes, bin_width: float, *, t_start: float | None = None, t_stop: float | None = None) -> float:
    """Return Golomb's synchrony χ of spike counts in bins: χ² = Var_t(mean_i x_i) / mean_i Var_t(x_i).

    Parameters
    ----------
    spikes : SpikeTrains or list of arrays
        Spike times of the population in ms.
    bin_width : float
        Width of a bin in ms; a whole number of them fills the window.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    float
        1 if all trains fire together, about 1/√n if they are independent (`ddof` cancels); NaN if nothing varies.

    Raises
    ------
    ValueError
        As `binned_counts`.

    Notes
    -----
    Golomb and Rinzel, Phys. Rev. E 48 (1993); Golomb, Scholarpedia 2 (2007). Made for smooth signals: see
    `chi_of_traces` for recorded voltages.

    Examples
    --------
    >>> chi([[1.0, 25.0], [2.0, 26.0]], 10.0, t_stop=30.0)
    1.0
    """
    record, _ = read(spikes, t_start, t_stop)
    bin_width, bins = bin_grid(record, bin_width)
    if record.n == 0:
        return float("nan")
    cells = occupied_cells(record, bin_width, bins)
    population = np.bincount(cells.bins, cells.counts, minlength=bins) / record.n
    return _chi(float(population.var()), float(cells.moments()[1].mean()))


def chi_of_traces(values: npt.ArrayLike) -> float:
    """Return Golomb's synchrony χ of continuous signals, such as membrane potentials.

    Parameters
    ----------
    values : array of float, shape (T, n)
        One column per neuron, as recorded states have it; any unit.

    Returns
    -------
    float
        1 if all signals agree up to a constant, about 1/√n if they are independent (`ddof` cancels); NaN if nothing
        varies.

    Raises
    ------
    ValueError
        If `values` does not have two axes with at least one entry, or is not finite.

    Examples
    --------
    >>> chi_of_traces([[0.0, 1.0], [2.0, 3.0]])
    1.0
    """
    signals = checks.array("values", values, shape=(None, None))
    if signals.size == 0:
        raise ValueError(f"values must not be empty, got shape {signals.shape}")
    return _chi(float(signals.mean(axis=1).var()), float(signals.var(axis=0).mean()))


def coincidence(
    spikes: Spikes, bin_width: float, *, t_start: float | None = None, t_stop: float | None = None
) -> float:
    """Return the mean pairwise coherence κ of spike trains at a time scale (Wang and Buzsáki 1996).

    With binary trains X_i, κ_ij = ∑ X_i X_j / √(∑X_i ∑X_j): the share of spikes of a pair that fall into one bin.

    Parameters
    ----------
    spikes : SpikeTrains or list of arrays
        Spike times of the population in ms.
    bin_width : float
        Width of a bin in ms; a whole number of them fills the window. Several spikes of a train in a bin count once.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    float
        Mean of κ_ij over pairs of different trains that fire: 1 if all fire together, about the chance of a bin to
        be occupied if they are independent. NaN with fewer than two such trains.

    Raises
    ------
    ValueError
        As `binned_counts`.

    Examples
    --------
    >>> round(coincidence([[1.0, 25.0], [2.0, 14.0]], 10.0, t_stop=30.0), 12)
    0.5
    """
    record, _ = read(spikes, t_start, t_stop)
    bin_width, bins = bin_grid(record, bin_width)
    cells = occupied_cells(record, bin_width, bins)
    occupied = np.bincount(cells.trains, minlength=record.n)
    n = np.count_nonzero(occupied)
    if n < 2:
        return float("nan")
    # ∑_ij κ_ij is the sum over bins of (∑_i X_i/√∑X_i)², and every κ_ii is 1: no loop over pairs is needed.
    total = np.bincount(cells.bins, 1 / np.sqrt(occupied[cells.trains]), minlength=bins)
    return float((np.sum(total**2) - n) / (n * (n - 1)))


def _chi(of_mean: float, mean_of_each: float) -> float:
    return float("nan") if mean_of_each <= 0 else float(np.sqrt(of_mean / mean_of_each))
