"""Eigenvalues of J diag φ'(x): their radial distribution, the determinant exponent, the unstable fraction."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from rheobase import checks


class JacobianSpectrum:
    """Spectrum of XΣ for X_ij ~ N(0, 1/N) and a diagonal Σ of given distribution, as N → ∞.

    With s = gφ'(x) it is the spectrum of J diag φ'(x); the Jacobian −1 + J diag φ'(x) has it about −1. The
    eigenvalues fill a disk, isotropically. The fraction F inside radius r solves 1 = ⟨s²/(r² + (1 − F)s²)⟩.

    Parameters
    ----------
    s : array (K,)
        Values of the diagonal, of any sign: one per unit, or a grid of values.
    weights : array (K,), optional
        Probabilities of the values, ≥ 0; normalised here. Default: equal.

    Raises
    ------
    TypeError, ValueError
        If shapes differ, a weight is negative or all are zero.

    Examples
    --------
    >>> round(JacobianSpectrum([2.0]).fraction_inside(1.0), 9)
    0.25
    """

    def __init__(self, s: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> None:
        values = checks.array("s", s, shape=(None,))
        if not values.size:
            raise ValueError("s must hold at least one value, got none")
        chance = (
            np.ones(values.size) if weights is None else checks.array("weights", weights, shape=values.shape, low=0)
        )
        if not chance.sum() > 0:
            raise ValueError("weights must not all be zero")
        self._square = values**2
        self._chance = chance / chance.sum()

    @property
    def radius(self) -> float:
        """√⟨s²⟩, beyond which there are no eigenvalues (but single ones)."""
        return float(np.sqrt(self._chance @ self._square))

    def fraction_inside(self, r: npt.ArrayLike) -> float | np.ndarray:
        """F(r), the fraction of eigenvalues inside radius `r` ≥ 0: a float for a scalar, else an array."""
        radii = checks.array("r", r, low=0)
        inside = np.array([1 - self._fraction_outside(float(one)) for one in np.atleast_1d(radii).ravel()])
        return float(inside[0]) if radii.ndim == 0 else inside.reshape(radii.shape)

    def density(self, r: npt.ArrayLike) -> float | np.ndarray:
        """dF/dr, by the implicit function theorem: dF/dr = 2r⟨s²/d²⟩/⟨s⁴/d²⟩ with d = r² + (1 − F)s²."""
        radii = np.atleast_1d(checks.array("r", r, low=0))
        result = np.zeros(radii.shape)
        for index in np.ndindex(radii.shape):
            outside = self._fraction_outside(float(radii[index]))
            if 0 < outside < 1:
                d = radii[index] ** 2 + outside * self._square
                ratio = np.divide(self._square, d**2, out=np.zeros_like(d), where=d > 0)
                result[index] = 2 * radii[index] * (self._chance @ ratio) / (self._chance @ (ratio * self._square))
        return float(result[0]) if np.ndim(r) == 0 else result

    def unstable_fraction(self) -> float:
        """Fraction of eigenvalues with real part above 1, where −1 + XΣ is unstable: ∫_{r>1} dF arccos(1/r)/π."""
        if self.radius <= 1:
            return 0.0
        # By parts and with r = 1/cos θ this is (1/π)∫(1 − F)dθ, whose integrand is smooth.
        nodes, node_weights = np.polynomial.legendre.leggauss(60)
        widest = np.arccos(1 / self.radius)
        angles = widest * (nodes + 1) / 2
        outside = np.array([self._fraction_outside(float(1 / np.cos(angle))) for angle in angles])
        return float(widest / (2 * np.pi) * (node_weights @ outside))

    def determinant_exponent(self) -> float:
        """``ζ = lim ln⟨|det(−1 + XΣ)|⟩/N``.

        It is −½z + ½⟨ln(1 + z s²)⟩ with z = 1 − F(1), and 0 if the disk has radius ≤ 1.
        """
        z = self._fraction_outside(1.0)
        return float(-z / 2 + self._chance @ np.log1p(z * self._square) / 2)

    def _fraction_outside(self, r: float) -> float:
        if r >= self.radius:
            return 0.0
        if r == 0:
            return float(self._chance[self._square > 0].sum())
        excess: Callable[[float], float] = lambda out: float(  # noqa: E731
            self._chance @ (self._square / (r**2 + out * self._square)) - 1
        )
        return float(brentq(excess, 0.0, 1.0, xtol=1e-15, rtol=1e-14))
