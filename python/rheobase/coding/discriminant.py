"""Fisher's linear discriminant between two stimuli, with regularised noise covariance."""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.coding.information import checked_covariance, mean_covariance, two_classes
from rheobase.learning.classification import accuracy
from rheobase.learning.datasets import samples

_COVARIANCES = ("full", "pseudo_inverse", "diagonal", "identity")


class FisherDiscriminant:
    """Decide for stimulus 1 if ``w·n > z``, with ``w = Σ⁻¹(μ₁ - μ₂)``, ``z = w·(μ₁ + μ₂)/2``, ``Σ = (Σ₁ + Σ₂)/2``.

    With more neurons than trials Σ (ddof = 1) is singular: regularise it, and judge the result on test data, since
    the accuracy in sample is then near perfect even for labels drawn at random.

    Parameters
    ----------
    covariance : {"full", "pseudo_inverse", "diagonal", "identity"}
        Σ as it is; its pseudo-inverse where it cannot be inverted; its diagonal alone; or none (``w = μ₁ - μ₂``).
    shrinkage : float, default 0
        Move the full Σ by this fraction towards its diagonal, in [0, 1].

    Attributes
    ----------
    classes_ : ndarray, (2,)
        Labels, sorted: stimulus 1 and stimulus 2.
    means_ : ndarray, (2, neurons)
        μ₁ and μ₂.
    weights_ : ndarray, (neurons,)
        w.
    threshold_ : float
        z.
    in_sample_accuracy_ : float
        Fraction of training trials decided correctly: optimistic.
    test_accuracy_ : float or None
        Fraction of test trials decided correctly, where `fit` was given any.

    Raises
    ------
    ValueError
        If an option is unknown or out of range.

    Examples
    --------
    >>> x = [[1.0, 0.0], [2.0, 1.0], [1.0, 1.0], [5.0, 4.0], [6.0, 4.0], [5.0, 5.0]]
    >>> FisherDiscriminant().fit(x, [0, 0, 0, 1, 1, 1]).score(x, [0, 0, 0, 1, 1, 1])
    1.0
    """

    def __init__(self, *, covariance: str = "full", shrinkage: float = 0.0) -> None:
        self.covariance = checks.choice("covariance", covariance, _COVARIANCES)
        self.shrinkage = checks.number("shrinkage", shrinkage, low=0, high=1)
        if self.shrinkage and covariance != "full":
            raise ValueError(
                f"shrinkage must be 0 unless covariance is 'full', got {self.shrinkage:g} with {covariance!r}"
            )

    def fit(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        x_test: npt.ArrayLike | None = None,
        y_test: npt.ArrayLike | None = None,
    ) -> Self:
        """Find the discriminant from training trials; return it itself.

        Parameters
        ----------
        x, y : array, (trials, neurons), (trials,)
            Responses and their two labels, at least two trials of each.
        x_test, y_test : array, optional
            Test trials, for `test_accuracy_` alone.

        Raises
        ------
        ValueError
            If there are not two stimuli, the data do not fit together, or Σ is singular and not regularised.
        """
        first, second, classes = two_classes(x, y)
        if (x_test is None) != (y_test is None):
            raise ValueError("x_test and y_test must be given together, got one of them")
        means = np.array([first.mean(axis=0), second.mean(axis=0)])
        self.weights_ = self._weights(mean_covariance(first, second), means[0] - means[1])
        self.means_, self.classes_ = means, classes
        self.threshold_ = float(self.weights_ @ means.mean(axis=0))
        self.in_sample_accuracy_ = self.score(x, y)
        self.test_accuracy_ = None if x_test is None or y_test is None else self.score(x_test, y_test)
        return self

    def project(self, x: npt.ArrayLike) -> np.ndarray:
        """Compute ``w·n`` (trials,) of responses (trials, neurons).

        Raises
        ------
        ValueError
            If `fit` was not called or the number of neurons is another one.
        """
        if not hasattr(self, "weights_"):
            raise ValueError("x cannot be projected before fit has seen training data")
        return samples("x", x, len(self.weights_)) @ self.weights_

    def predict(self, x: npt.ArrayLike) -> np.ndarray:
        """Return the label decided for each trial (trials, neurons)."""
        return np.where(self.project(x) > self.threshold_, self.classes_[0], self.classes_[1])

    def score(self, x: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """Return the fraction of trials (trials, neurons) with labels (trials,) that are decided correctly."""
        return accuracy(y, self.predict(x))

    @property
    def d_squared(self) -> float:
        """``w·(μ₁ - μ₂)``: d'² of the training data, in sample, if the covariance is full."""
        return float(self.project(self.means_) @ [1, -1])

    def _weights(self, sigma: np.ndarray, signal: np.ndarray) -> np.ndarray:
        if self.covariance == "identity":
            return signal
        if self.covariance == "pseudo_inverse":
            return np.linalg.pinv(sigma, hermitian=True) @ signal
        own = np.diag(np.diag(sigma))
        if self.covariance == "diagonal":
            return np.linalg.solve(checked_covariance("the diagonal covariance of x", own, len(own)), signal)
        sigma = (1 - self.shrinkage) * sigma + self.shrinkage * own
        return np.linalg.solve(checked_covariance("the covariance of x", sigma, len(sigma)), signal)

    def _repr_html_(self) -> str:
        if not hasattr(self, "weights_"):
            return "<b>FisherDiscriminant</b>: not fitted"
        test = "not tested" if self.test_accuracy_ is None else f"{self.test_accuracy_:.3f} on test data"
        return (
            f"<b>FisherDiscriminant</b> of {self.classes_[0]} and {self.classes_[1]} from {len(self.weights_)} "
            f"neurons: accuracy {self.in_sample_accuracy_:.3f} in sample, {test}"
        )
