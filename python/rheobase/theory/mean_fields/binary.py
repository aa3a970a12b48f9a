"""Mean field of a random network of binary units (appendix B.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from rheobase import checks
from rheobase.dynamics.fixed_points.fixed_points import fixed_points


@dataclass(frozen=True)
class BinaryMeanField:
    """S_j ← 1 if (W S)_j + I_x ≥ θ, else 0, with W_jk ~ N(μ_W, σ_W²) and I_x ~ N(μ_x, σ_x²), for many units.

    The input is Gaussian with mean μ_I = N μ_W r + μ_x and variance σ_I² = N σ_W² r + N μ_W² r (1 − r) + σ_x², so that
    the fraction r of units that are on obeys r = 1 − Φ((θ − μ_I)/σ_I).

    Attributes
    ----------
    n : int
        Number of units N.
    theta : float
        Threshold θ.
    weight_mean, weight_std : float
        μ_W and σ_W.
    external_mean, external_std : float
        μ_x and σ_x > 0.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> net = BinaryMeanField(n=200, weight_std=0.5 / np.sqrt(200), external_mean=0.2, external_std=0.5)
    >>> net.rates().round(7)
    array([0.0600935])
    """

    n: int
    theta: float = 1.0
    weight_mean: float = 0.0
    weight_std: float = 0.0
    external_mean: float = 0.0
    external_std: float = 1.0
    names: ClassVar = ("r",)

    def __post_init__(self) -> None:
        checks.integer("n", self.n, low=1)
        for name in ("theta", "weight_mean", "external_mean"):
            checks.number(name, getattr(self, name))
        checks.field(self, "weight_std", low=0)
        checks.field(self, "external_std", above=0)

    def input_mean(self, r: npt.ArrayLike) -> np.ndarray:
        """Return μ_I where a fraction `r` of the units is on."""
        return self.n * self.weight_mean * checks.reals("r", r) + self.external_mean

    def input_variance(self, r: npt.ArrayLike) -> np.ndarray:
        """Return σ_I², over units and time, where a fraction `r` of the units is on."""
        r = checks.reals("r", r)
        return self.n * (self.weight_std**2 * r + self.weight_mean**2 * r * (1 - r)) + self.external_std**2

    def activation(self, r: npt.ArrayLike) -> np.ndarray:
        """Return the fraction of units that is on a step after a fraction `r` was."""
        # Not beyond [0, 1], where the variance may be negative.
        r = np.clip(checks.reals("r", r), 0, 1)
        return ndtr((self.input_mean(r) - self.theta) / np.sqrt(self.input_variance(r)))

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Return activation(u) − u, shape of `u`, whose zeros are the self-consistent rates."""
        r = checks.reals("u", u)
        return self.activation(r) - r

    def rates(self) -> np.ndarray:
        """Return all self-consistent rates, ascending; several where units excite each other strongly."""
        return np.sort([point.u[0] for point in fixed_points(self, (0, 1))])
