"""Decoders that read the stimulus from a population: linear regression and Poisson maximum likelihood."""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from rheobase import checks
from rheobase.coding.tuning import circular_difference
from rheobase.learning.classification import accuracy
from rheobase.learning.datasets import labels, samples


def stack_trials(counts: npt.ArrayLike, stimuli: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Turn responses ordered (neuron, stimulus, trial) into rows with labels.

    Parameters
    ----------
    counts : array, (neurons, stimuli, trials)
        Responses.
    stimuli : array, (stimuli,)
        Labels.

    Returns
    -------
    x : ndarray, (stimuli · trials, neurons)
        A trial per row, one stimulus after the other.
    y : ndarray, (stimuli · trials,)
        Labels.

    Raises
    ------
    ValueError
        If the shapes do not fit together.

    Examples
    --------
    >>> stack_trials(np.zeros((2, 3, 5)), [0, 60, 120])[0].shape
    (15, 2)
    """
    counts = checks.array("counts", counts, shape=(None, None, None))
    neurons, kinds, trials = counts.shape
    return counts.transpose(1, 2, 0).reshape(-1, neurons), np.repeat(labels("stimuli", stimuli, kinds), trials)


class PoissonDecoder:
    """Maximum-likelihood decoder of independent Poisson counts, ``argmax_k Σ_j (n_j log λ_kj - λ_kj)``.

    Parameters
    ----------
    pseudo_count : float, default 0.5
        Added to the summed counts of each neuron and stimulus, so that a neuron silent in training forbids nothing.

    Attributes
    ----------
    classes_ : ndarray, (stimuli,)
        Stimuli it can decide for.
    rates_ : ndarray, (stimuli, neurons)
        Expected counts λ.

    Raises
    ------
    ValueError
        If `pseudo_count` is not positive.

    Examples
    --------
    >>> decoder = PoissonDecoder().fit([[1, 9], [2, 8], [9, 1], [8, 2]], [0, 0, 90, 90])
    >>> decoder.predict([[7, 0]])
    array([90])
    """

    def __init__(self, *, pseudo_count: float = 0.5) -> None:
        self.pseudo_count = checks.number("pseudo_count", pseudo_count, above=0)

    @classmethod
    def from_rates(cls, stimuli: npt.ArrayLike, rates: npt.ArrayLike) -> Self:
        """Make a decoder from known expected counts, for example of tuning curves on a fine grid of stimuli.

        Parameters
        ----------
        stimuli : array, (stimuli,)
            What to decide among.
        rates : array, (stimuli, neurons)
            Expected counts, positive.

        Raises
        ------
        ValueError
            If the shapes do not fit together or a rate is not positive.
        """
        decoder = cls()
        rates = checks.array("rates", samples("rates", rates), above=0)
        decoder.classes_, decoder.rates_ = labels("stimuli", stimuli, len(rates)), rates
        return decoder

    def fit(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Take expected counts from training trials; return the decoder itself.

        Parameters
        ----------
        x, y : array, (trials, neurons), (trials,)
            Spike counts and stimuli.

        Raises
        ------
        ValueError
            If the counts are not whole numbers of at least 0, or do not fit the labels.
        """
        x = _counts(x)
        y = labels("y", y, len(x))
        self.classes_, index, trials = np.unique(y, return_inverse=True, return_counts=True)
        sums = np.zeros((len(self.classes_), x.shape[1]))
        np.add.at(sums, index, x)
        self.rates_ = (sums + self.pseudo_count) / trials[:, None]
        return self

    def log_likelihood(self, x: npt.ArrayLike) -> np.ndarray:
        """Compute the log-likelihood (trials, stimuli) of counts (trials, neurons) under each stimulus.

        Raises
        ------
        ValueError
            If the decoder has no rates yet, or the counts are no counts or of another number of neurons.
        """
        if not hasattr(self, "rates_"):
            raise ValueError("x cannot be decoded before fit has seen training data")
        x = _counts(x, self.rates_.shape[1])
        constant = gammaln(x + 1).sum(axis=1, keepdims=True)
        return x @ np.log(self.rates_).T - self.rates_.sum(axis=1) - constant

    def predict(self, x: npt.ArrayLike) -> np.ndarray:
        """Return the most likely stimulus for each trial (trials, neurons)."""
        best = self.log_likelihood(x).argmax(axis=1)
        return self.classes_[best]

    def score(self, x: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """Return the fraction of trials (trials, neurons) whose stimulus (trials,) is decoded correctly."""
        return accuracy(y, self.predict(x))


class LinearDecoder:
    """Linear readout of a stimulus, ``θ̂ = b + w·n``, by ridge regression; an angle by way of its cosine and sine.

    For an angle this is the optimal linear estimator of Salinas & Abbott (1994): the decoded angle is that of the
    vector ``(ĉ, ŝ)``, both regressed on the responses.

    Parameters
    ----------
    period : float, optional
        Length of the circle of stimuli: 180 for orientation, 360 for direction (deg); None is a line.
    ridge : float, default 0
        Penalty on ‖w‖² relative to the mean variance of the neurons times the number of trials; 0 gives the
        least-squares solution, of smallest norm where there are fewer trials than neurons.

    Attributes
    ----------
    weights_ : ndarray, (neurons, 1 or 2)
        w of the stimulus, or of its cosine and sine.
    intercept_ : ndarray, (1,) or (2,)
        b.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Examples
    --------
    >>> theta = np.arange(0, 360, 30)
    >>> x = np.column_stack([np.cos(np.radians(theta)), np.sin(np.radians(theta))])
    >>> round(LinearDecoder(period=360).fit(x, theta).error(x, theta), 6)
    0.0
    """

    def __init__(self, *, period: float | None = None, ridge: float = 0.0) -> None:
        self.period = None if period is None else checks.number("period", period, above=0)
        self.ridge = checks.number("ridge", ridge, low=0)

    def fit(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Regress stimuli (trials,) on responses (trials, neurons); return the decoder itself.

        Raises
        ------
        ValueError
            If the data are empty or do not fit together.
        """
        x = samples("x", x)
        y = checks.array("y", y, shape=(len(x),))
        target = y[:, None] if self.period is None else self._on_circle(y)
        mean, self.intercept_ = x.mean(axis=0), target.mean(axis=0)
        centred = x - mean
        if self.ridge:
            penalty = self.ridge * len(x) * max(float(centred.var(axis=0).mean()), np.finfo(float).tiny)
            gram = centred.T @ centred + penalty * np.eye(x.shape[1])
            self.weights_ = np.linalg.solve(gram, centred.T @ (target - self.intercept_))
        else:
            self.weights_ = np.linalg.lstsq(centred, target - self.intercept_, rcond=None)[0]
        self.intercept_ = self.intercept_ - mean @ self.weights_
        return self

    def predict(self, x: npt.ArrayLike) -> np.ndarray:
        """Return the stimulus decoded from each trial (trials, neurons), in [0, period) on a circle.

        Raises
        ------
        ValueError
            If `fit` was not called or the number of neurons is another one.
        """
        if not hasattr(self, "weights_"):
            raise ValueError("x cannot be decoded before fit has seen training data")
        value = samples("x", x, len(self.weights_)) @ self.weights_ + self.intercept_
        if self.period is None:
            return value[:, 0]
        return np.arctan2(value[:, 1], value[:, 0]) % (2 * np.pi) * self.period / (2 * np.pi)

    def error(self, x: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """Return the root-mean-square error on trials (trials, neurons) with stimuli (trials,), along the circle."""
        decoded = self.predict(x)
        y = checks.array("y", y, shape=decoded.shape)
        difference = decoded - y if self.period is None else circular_difference(decoded, y, self.period)
        return float(np.sqrt(np.mean(difference**2)))

    def _on_circle(self, y: np.ndarray) -> np.ndarray:
        phase = 2 * np.pi * y / (self.period or 1)
        return np.column_stack([np.cos(phase), np.sin(phase)])


def _counts(x: npt.ArrayLike, neurons: int | None = None) -> np.ndarray:
    counts = checks.array("x", samples("x", x, neurons), low=0)
    if np.any(counts % 1):
        raise ValueError(f"x must be whole spike counts, got {counts[counts % 1 != 0][0]:g}")
    return counts
