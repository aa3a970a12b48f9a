"""Normalisation of inputs by the statistics of the training data."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.learning.datasets import samples
from rheobase.learning.estimators import Estimator


class Standardizer(Estimator):
    """Shift and scale inputs to mean 0 and standard deviation 1 (ddof = 0) of the TRAINING data.

    Test data must pass through the same map; its own mean and deviation would tell the network what it should not know.

    Parameters
    ----------
    per_feature : bool, default False
        One mean and deviation per feature instead of one for all entries. A constant feature becomes 0.

    Attributes
    ----------
    mean_, std_ : float or ndarray, (features,)
        Of the data last fitted.

    Examples
    --------
    >>> scale = Standardizer().fit([[0.0, 2.0], [2.0, 4.0]])
    >>> scale.transform([[2.0, 2.0]])
    array([[0., 0.]])
    """

    _kind = "transformer"

    def __init__(self, *, per_feature: bool = False) -> None:
        self.per_feature = checks.flag("per_feature", per_feature)

    def fit(self, x: npt.ArrayLike, y: object = None) -> Standardizer:
        """Take mean and deviation from training inputs (m, features); `y` is ignored, as pipelines need it.

        Raises
        ------
        ValueError
            If `x` is empty, not a finite matrix, or (without `per_feature`) the same number throughout.
        """
        x = samples("x", x)
        axis = 0 if self.per_feature else None
        self.n_features_in_ = x.shape[1]
        self.mean_, self.std_ = x.mean(axis=axis), x.std(axis=axis)
        if not np.any(self.std_):
            raise ValueError(f"x must vary to be standardised, got {x.flat[0]:g} throughout")
        return self

    def fit_transform(self, x: npt.ArrayLike, y: object = None) -> np.ndarray:
        """Take mean and deviation from training inputs (m, features), and return these inputs transformed."""
        return self.fit(x, y).transform(x)

    def transform(self, x: npt.ArrayLike) -> np.ndarray:
        """Apply the training data's mean and deviation to inputs (m, features).

        Raises
        ------
        ValueError
            If `fit` was not called, or the number of features is another one.
        """
        if not hasattr(self, "mean_"):
            raise ValueError("x cannot be transformed before fit has seen training data")
        x = samples("x", x, np.size(self.mean_) if self.per_feature else None)
        return (x - self.mean_) / np.where(np.equal(self.std_, 0), 1.0, self.std_)
