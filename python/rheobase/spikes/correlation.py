"""Correlation of spike counts, of a pair of trains and of all pairs."""

from __future__ import annotations

import numpy as np

from rheobase.spikes.bins import bin_grid, binned_counts
from rheobase.spikes.correlograms import require_same_frame
from rheobase.spikes.occupancy import occupied_cells
from rheobase.spikes.reading import Spikes, read, read_single


def count_correlation(
    a: Spikes, b: Spikes, bin_width: float, *, t_start: float | None = None, t_stop: float | None = None
) -> float:
    """Return the Pearson correlation of the spike counts of two trains in adjacent bins.

    Parameters
    ----------
    a, b : SpikeTrains of one train or array of shape (spikes,)
        Spike times in ms.
    bin_width : float
        Width of a bin in ms; a whole number of them fills the window. Correlations grow with it.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    float
        From -1 to 1 (`ddof` cancels); NaN if the counts of a train do not vary.

    Raises
    ------
    ValueError
        If the windows differ, there is more than one train, or as `binned_counts`.

    Examples
    --------
    >>> round(count_correlation([1.0, 2.0, 15.0], [3.0, 4.0, 16.0], 10.0, t_stop=20.0), 12)
    1.0
    """
    first, second = read_single(a, t_start, t_stop, name="a"), read_single(b, t_start, t_stop, name="b")
    require_same_frame(first, second, "a", "b")
    counts = np.concatenate([binned_counts(first, bin_width), binned_counts(second, bin_width)])
    return float(_pearson(counts)[0, 1])


def correlation_matrix(
    spikes: Spikes, bin_width: float, *, t_start: float | None = None, t_stop: float | None = None
) -> np.ndarray:
    """Return the Pearson correlations of spike counts of all pairs of trains.

    Parameters
    ----------
    spikes : SpikeTrains or list of arrays
        Spike times in ms.
    bin_width : float
        Width of a bin in ms; a whole number of them fills the window.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    array of float, shape (n, n)
        Symmetric, 1 on the diagonal (`ddof` cancels); NaN for trains whose counts do not vary.

    Raises
    ------
    ValueError
        As `binned_counts`.

    Examples
    --------
    >>> correlation_matrix([[1.0, 2.0, 15.0], [12.0]], 10.0, t_stop=20.0)
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    record, _ = read(spikes, t_start, t_stop)
    return _pearson(binned_counts(record, bin_width))


def mean_correlation(
    spikes: Spikes, bin_width: float, *, t_start: float | None = None, t_stop: float | None = None
) -> float:
    """Return the mean of the pairwise correlations of spike counts, without computing each.

    With counts z_i standardised to mean 0 and variance 1, ∑_{i≠j} c_ij = Var(∑ z_i) - n, which takes time and memory
    in proportion to the spikes and not to the pairs.

    Parameters
    ----------
    spikes : SpikeTrains or list of arrays
        Spike times in ms.
    bin_width : float
        Width of a bin in ms; a whole number of them fills the window.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording. Bare times need `t_stop`, and start at 0.

    Returns
    -------
    float
        Mean over pairs of different trains whose counts vary (`ddof` cancels); NaN with fewer than two of them.

    Raises
    ------
    ValueError
        As `binned_counts`.

    Examples
    --------
    >>> round(mean_correlation([[1.0, 2.0, 15.0], [12.0]], 10.0, t_stop=20.0), 12)
    -1.0
    """
    record, _ = read(spikes, t_start, t_stop)
    bin_width, bins = bin_grid(record, bin_width)
    cells = occupied_cells(record, bin_width, bins)
    mean, variance = cells.moments()
    varying = variance > 1e-12 * mean
    n = np.count_nonzero(varying)
    if n < 2:
        return float("nan")
    scale = np.zeros(record.n)
    scale[varying] = 1 / np.sqrt(variance[varying])
    total = np.bincount(cells.bins, cells.counts * scale[cells.trains], minlength=bins)
    return float((total.var() - n) / (n * (n - 1)))


def _pearson(counts: np.ndarray) -> np.ndarray:
    centred = counts - counts.mean(axis=1, keepdims=True)
    centred[(counts == counts[:, :1]).all(axis=1)] = 0
    norm = np.sqrt(np.sum(centred**2, axis=1, keepdims=True))
    with np.errstate(invalid="ignore"):
        unit = centred / norm
    return np.clip(unit @ unit.T, -1, 1)
