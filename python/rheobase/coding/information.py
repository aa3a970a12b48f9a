"""How well a population tells stimuli apart: Fisher information and d′² with correlated noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.coding.tuning import TuningCurve
from rheobase.learning.datasets import labels, samples
from rheobase.models.values import Brief
from rheobase.units import PER_MS


def poisson_fisher_information(
    curves: Sequence[TuningCurve], stimuli: npt.ArrayLike, *, duration: float = 1000.0
) -> np.ndarray:
    """Compute the Fisher information of independent Poisson neurons, ``T Σ f'²/f``.

    Parameters
    ----------
    curves : sequence of tuning curves
        Rates (Hz) of the neurons against the stimulus.
    stimuli : array
        Where to evaluate it (deg).
    duration : float, default 1000
        Counting window T (ms).

    Returns
    -------
    ndarray
        Information (1/deg²) in the shape of `stimuli`.

    Raises
    ------
    ValueError
        If there is no curve or a rate is not positive, where the information is not defined.

    Examples
    --------
    >>> from rheobase.coding import Cosine
    >>> round(float(poisson_fisher_information([Cosine(10, 5, 0)], 90) * (180 / np.pi) ** 2), 9)
    2.5
    """
    theta = checks.array("stimuli", stimuli)
    window = PER_MS * checks.number("duration", duration, above=0)
    curves = checks.items("curves", curves, "a sequence of tuning curves")
    if not curves:
        raise ValueError("curves must hold at least one tuning curve, got none")
    for curve in curves:
        if not (callable(curve) and hasattr(curve, "slope")):
            raise TypeError(f"curves must be a sequence of tuning curves, got {curve!r} in it")
    rates = checks.array("the rates of curves", [curve(theta) for curve in curves], above=0)
    slopes = np.array([curve.slope(theta) for curve in curves])
    return window * np.sum(slopes**2 / rates, axis=0)


def linear_fisher_information(slopes: npt.ArrayLike, covariance: npt.ArrayLike) -> float:
    """Compute the linear Fisher information ``f'ᵀ Σ⁻¹ f'``, all there is for Gaussian noise that does not vary.

    Parameters
    ----------
    slopes : array, (n,)
        Derivatives f' of the mean responses.
    covariance : array, (n, n)
        Noise covariance Σ.

    Returns
    -------
    float
        Information, in 1/(unit of the stimulus)².

    Raises
    ------
    ValueError
        If Σ is not symmetric, is singular or does not fit.

    Examples
    --------
    >>> linear_fisher_information([1.0, 2.0], [[1.0, 0.0], [0.0, 4.0]])
    2.0
    """
    f = checks.array("slopes", slopes, shape=(None,))
    with checks.made_from("slopes and covariance"):
        sigma = checked_covariance("covariance", covariance, len(f))
    return float(f @ np.linalg.solve(sigma, f))


def discriminability(mean_1: npt.ArrayLike, mean_2: npt.ArrayLike, covariance: npt.ArrayLike) -> float:
    """Compute ``d'² = Δμᵀ Σ⁻¹ Δμ``, the signal-to-noise ratio of the best linear discrimination of two stimuli.

    Parameters
    ----------
    mean_1, mean_2 : array, (n,)
        Mean responses to the two stimuli.
    covariance : array, (n, n)
        Noise covariance, common to both or their average.

    Returns
    -------
    float
        d'².

    Raises
    ------
    ValueError
        If the lengths differ, or Σ is not symmetric or is singular.

    Examples
    --------
    >>> round(discriminability([25, 25], [15, 15], [[25, 20], [20, 25]]), 6)
    4.444444
    """
    first, second = checks.array("mean_1", mean_1, shape=(None,)), checks.array("mean_2", mean_2, shape=(None,))
    if first.shape != second.shape:
        raise ValueError(f"mean_2 must have shape {first.shape}, that of mean_1, got {second.shape}")
    with checks.made_from("mean_1, mean_2 and covariance"):
        return linear_fisher_information(first - second, covariance)


def pool_discriminability(
    n: npt.ArrayLike, *, signal: float = 1.0, std: float = 1.0, correlation: float = 0.0
) -> np.ndarray:
    """Compute d'² of a homogeneous pool, ``(d²/σ²)/(c + (1 - c)/K)``, which saturates at ``d²/(c σ²)``.

    Parameters
    ----------
    n : int or array of int
        Number K of neurons; infinity gives the limit.
    signal : float, default 1
        Difference d between the mean responses of each neuron.
    std : float, default 1
        Standard deviation σ of each neuron.
    correlation : float, default 0
        Correlation c between any two neurons, at least ``-1/(K - 1)``.

    Returns
    -------
    ndarray
        d'² in the shape of `n`.

    Raises
    ------
    ValueError
        If an `n` is below 1, or the correlation is impossible for that many neurons.

    Examples
    --------
    >>> float(pool_discriminability(np.inf, correlation=0.1))
    10.0
    """
    k = checks.array("n", n, finite=False, low=1)
    if np.isnan(k).any():
        raise ValueError("n must be numbers of neurons, got nan")
    d = checks.number("signal", signal)
    sigma = checks.number("std", std, above=0)
    c = checks.number("correlation", correlation, high=1)
    variance = c + (1 - c) / k  # of the mean of the pool, in units of σ²
    if np.any(variance < 0):
        raise ValueError(
            f"correlation must be at least -1/(K - 1) = {-1 / (k.max() - 1):g} for K = {k.max():g}, got {c:g}"
        )
    with np.errstate(all="ignore"):
        return np.float64(d / sigma) ** 2 / variance


@dataclass(frozen=True, eq=False, repr=False)
class DiscriminabilityCurve(Brief):
    """d'² of random subsets of a recorded population.

    Attributes
    ----------
    sizes : ndarray of int, (S,)
        Numbers of neurons.
    mean, std : ndarray, (S,)
        Mean and standard deviation (ddof = 1) of d'² over subsets.
    """

    sizes: np.ndarray
    mean: np.ndarray
    std: np.ndarray


def discriminability_curve(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    sizes: Sequence[int],
    *,
    subsets: int = 20,
    corrected: bool = True,
    shuffle: bool = False,
    seed: checks.Seed = None,
) -> DiscriminabilityCurve:
    """Estimate d'² against population size from recorded responses to two stimuli.

    The plain estimate is too large when trials are few; the correction of Kanitscheider et al. (2015),
    ``d'² (2T - K - 3)/(2T - 2) - 2K/T`` for T trials per stimulus, removes the bias for Gaussian noise.

    Parameters
    ----------
    x : array, (trials, neurons)
        Responses.
    y : array, (trials,)
        Labels of two stimuli, equally many of each.
    sizes : sequence of int
        Numbers K of neurons, at most 2T - 4.
    subsets : int, default 20
        Random subsets per size, at least 2.
    corrected : bool, default True
        Remove the bias of few trials.
    shuffle : bool, default False
        Destroy noise correlations by permuting the trials of each neuron within a stimulus.
    seed : int, SeedSequence or Generator, optional
        Source of subsets and permutations.

    Returns
    -------
    DiscriminabilityCurve
        Mean and spread over subsets.

    Raises
    ------
    ValueError
        If there are not two stimuli with equally many trials, a size does not fit the neurons or the trials, or a
        subset has a singular covariance.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=(200, 5)) + np.repeat([[0], [1]], 100, axis=0)
    >>> curve = discriminability_curve(x, np.repeat([0, 1], 100), [1, 5], seed=1)
    >>> bool(curve.mean[1] > curve.mean[0])
    True
    """
    first, second = two_classes(x, y)[:2]
    trials, neurons = first.shape
    if len(second) != trials:
        raise ValueError(f"y must have equally many trials of both stimuli, got {trials} and {len(second)}")
    limit = min(neurons, 2 * trials - 4)
    sizes = checks.items("sizes", sizes, "a sequence of integers")
    wanted = [checks.integer("sizes", size, low=1, high=limit) for size in sizes]
    subsets = checks.integer("subsets", subsets, low=2)
    checks.memory("subsets", 8.0 * subsets * len(wanted))
    corrected, shuffle = checks.flag("corrected", corrected), checks.flag("shuffle", shuffle)
    rng = checks.generator(seed)
    values = np.empty((len(wanted), subsets))
    for i, k in enumerate(wanted):
        for j in range(subsets):
            chosen = rng.choice(neurons, k, replace=False)
            a, b = first[:, chosen], second[:, chosen]
            if shuffle:
                a, b = rng.permuted(a, axis=0), rng.permuted(b, axis=0)
            d = discriminability(a.mean(axis=0), b.mean(axis=0), mean_covariance(a, b))
            values[i, j] = d * (2 * trials - k - 3) / (2 * trials - 2) - 2 * k / trials if corrected else d
    return DiscriminabilityCurve(np.array(wanted), values.mean(axis=1), values.std(axis=1, ddof=1))


def two_classes(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the samples of each of two labels, and the labels, sorted.

    Raises
    ------
    ValueError
        If there are not exactly two labels with at least two samples each.
    """
    x = samples("x", x)
    y = labels("y", y, len(x))
    kinds, counts = np.unique(y, return_counts=True)
    if len(kinds) != 2 or counts.min() < 2:
        found = ", ".join(f"{k} ({c})" for k, c in zip(kinds[:6], counts[:6], strict=True))
        raise ValueError(f"y must have two labels with at least two samples each, got {found}")
    return x[y == kinds[0]], x[y == kinds[1]], kinds


def mean_covariance(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return ``(Σ₁ + Σ₂)/2`` (ddof = 1) of two sets of samples (m, n)."""
    return np.atleast_2d((np.cov(first, rowvar=False) + np.cov(second, rowvar=False)) / 2)


def checked_covariance(name: str, value: npt.ArrayLike, n: int) -> np.ndarray:
    """Return a covariance matrix (n, n) that can be inverted.

    Raises
    ------
    ValueError
        If it is empty, not symmetric, not positive definite or singular.
    """
    sigma = checks.array(name, value, shape=(n, n))
    if not n:
        raise ValueError(f"{name} must hold at least one neuron, got none")
    if not np.allclose(sigma, sigma.T, rtol=1e-8, atol=1e-12 * np.abs(sigma).max(initial=0)):
        raise ValueError(f"{name} must be symmetric")
    rank = int(np.linalg.matrix_rank(sigma, hermitian=True))
    if rank < n:
        raise ValueError(f"{name} must not be singular, got rank {rank} of {n}: use more trials, or regularise it")
    if np.linalg.eigvalsh(sigma)[0] < 0:
        raise ValueError(f"{name} must be positive definite, got a negative variance along some direction")
    return sigma
