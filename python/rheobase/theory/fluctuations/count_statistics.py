"""Covariances of rates in bins, and of spike counts, from the power and cross spectra of a network.

Rates in bins of width Δ have the covariances c(τ) = ∫ S(f) sinc²(f Δ) exp(2πi f τ) df; those of counts in windows of
width T are T² c(0) with Δ = T. What a Poisson process would add, r/N at all frequencies, is summed in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.units import PER_MS

#: Frequency, Hz, beyond which neurons are taken to fire as Poisson processes.
_POISSON = 3000.0

#: Time, ms, after which rates have forgotten what they were.
_MEMORY = 1000.0

#: Largest width of bins and largest lag, ms.
_LONGEST = 1e9


@dataclass(frozen=True, eq=False, repr=False)
class CountStatistics(Brief):
    """Variances and covariances of spike counts in a window, as theory has them.

    Attributes
    ----------
    names : tuple of str
        The populations.
    window : float
        Width of the window, ms.
    means, variances : ndarray, shape (n,)
        Of the count of one neuron of each population.
    covariances : ndarray, shape (n, n)
        Of the counts of two different neurons, ``[j, k]`` of populations j and k, averaged over pairs; NaN where a
        population has one neuron.
    population_covariances : ndarray, shape (n, n)
        Of the counts of whole populations.

    Examples
    --------
    >>> CountStatistics(("e",), 100.0, [2.0], [1.6], [[0.1]], [[240.0]]).correlations
    array([[0.0625]])
    """

    names: tuple[str, ...]
    window: float
    means: np.ndarray
    variances: np.ndarray
    covariances: np.ndarray
    population_covariances: np.ndarray

    @property
    def correlations(self) -> np.ndarray:
        """Correlations of the counts of two different neurons (noise correlations), shape (n, n)."""
        return _correlations(np.asarray(self.covariances), np.asarray(self.variances))

    @property
    def population_correlations(self) -> np.ndarray:
        """Correlations of the counts of whole populations, shape (n, n)."""
        covariances = np.asarray(self.population_covariances)
        return _correlations(covariances, np.diag(covariances))

    @property
    def fano_factors(self) -> np.ndarray:
        """Variance over mean of the count of one neuron, shape (n,)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.variances) / np.asarray(self.means)


def lags_and_width(lags: object, bin_width: object) -> tuple[np.ndarray, float]:
    """Return lags and width of bins, ms, as they must be."""
    at = np.atleast_1d(checks.reals("lags", lags, low=-_LONGEST, high=_LONGEST))
    if at.ndim != 1:
        raise ValueError(f"lags must be a number or have shape (any,), got shape {at.shape}")
    return at, checks.number("bin_width", bin_width, above=0, high=_LONGEST, unit="ms")


def frequencies(name: str, lags: np.ndarray, bin_width: float, n: int) -> np.ndarray:
    """Return the frequencies, Hz, over which the spectra of n populations are summed: the middles of equal steps."""
    reach = np.abs(lags).max(initial=0.0) + bin_width + _MEMORY
    points = np.ceil(_POISSON * PER_MS * reach)
    checks.memory(name, 16.0 * points * (4 * n * n + len(lags)))
    return (np.arange(int(points)) + 0.5) * (_POISSON / points)


def binned(
    hertz: np.ndarray, spectra: np.ndarray, poisson: np.ndarray, lags: np.ndarray, bin_width: float
) -> np.ndarray:
    """Return the covariances of rates in bins, Hz², shape (L, ...).

    Parameters
    ----------
    hertz : ndarray, shape (K,)
        What `frequencies` returned.
    spectra : ndarray of complex, shape (K, ...)
        Hz.
    poisson : ndarray, shape (...)
        What they are at high frequencies, Hz.
    lags : ndarray, shape (L,)
        ms.
    bin_width : float
        ms.
    """
    step = hertz[1] - hertz[0]
    passed = 2 * step * np.sinc(hertz * PER_MS * bin_width) ** 2
    waves = np.exp(2j * np.pi * PER_MS * lags[:, None] * hertz) * passed
    correlated = np.tensordot(waves, spectra - poisson, axes=1).real
    own = np.maximum(1 - np.abs(lags) / bin_width, 0) / (PER_MS * bin_width)
    return np.asarray(correlated + np.multiply.outer(own, poisson))


def statistics(
    names: tuple[str, ...],
    window: float,
    rates: np.ndarray,
    sizes: np.ndarray,
    means: np.ndarray,
    own: np.ndarray,
    neurons: np.ndarray,
) -> CountStatistics:
    """Return the statistics of counts from variances of rates in a window, Hz².

    Parameters
    ----------
    means : ndarray, shape (n, n)
        Covariances of the rates per neuron of populations.
    own : ndarray, shape (n,)
        Variances of single neurons that these hold, each over the size of its population.
    neurons : ndarray, shape (n,)
        Variances of single neurons.
    """
    counted = (PER_MS * window) ** 2
    whole, pairs = np.multiply.outer(sizes, sizes) * means, means - np.diag(own / sizes)
    with np.errstate(invalid="ignore", divide="ignore"):
        different = pairs / np.where(np.eye(len(names), dtype=bool), 1 - 1 / sizes, 1.0)
    different[~np.isfinite(different)] = np.nan
    return CountStatistics(
        names, window, PER_MS * window * rates, counted * neurons, counted * different, counted * whole
    )


def _correlations(covariances: np.ndarray, variances: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(covariances / np.sqrt(np.multiply.outer(variances, variances)))
