"""How a transfer function maps the covariance of two Gaussian variables to that of their rates."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.polynomial.polynomial import polyval

from rheobase import checks
from rheobase.theory.random_networks.transfer import Transfer, transfer_function

_MAX_ORDER = 20000

#: Part of Δ₀ by which rounding may carry a covariance beyond it.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class RateCorrelation:
    """C_φ(Δ) = ⟨φ(u)φ(v)⟩ for Gaussian u, v of variance Δ₀ and covariance Δ.

    In normalised Hermite polynomials φ(√Δ₀ z) = Σ c_k h_k(z), so Mehler's formula makes C_φ a power series,
    C_φ(Δ) = Σ c_k² ρ^k with ρ = Δ/Δ₀, and Price's theorem turns its derivative into C_φ'.

    Attributes
    ----------
    variance : float
        Δ₀.
    power : array (K,)
        c_k², from k = 0.
    """

    variance: float
    power: np.ndarray

    def __call__(self, delta: npt.ArrayLike) -> np.ndarray:
        """C_φ(Δ) for −Δ₀ ≤ Δ ≤ Δ₀."""
        return polyval(self._part(delta), self.power)

    def of_slopes(self, delta: npt.ArrayLike) -> np.ndarray:
        """C_φ'(Δ) = dC_φ/dΔ, the covariance of the slopes, for −Δ₀ ≤ Δ ≤ Δ₀."""
        order = np.arange(1, len(self.power))
        return polyval(self._part(delta), order * self.power[1:]) / self.variance

    def rise_of_slopes(self, delta: float, rise: npt.ArrayLike) -> np.ndarray:
        """C_φ'(Δ + rise) − C_φ'(Δ) for one Δ ≥ 0 and rises of shape (n,), exact to rounding however small they are.

        Rises are ≥ 0 and end at Δ₀ at the highest.
        """
        top = self.variance * (1 + _ROUNDING)
        delta = checks.number("delta", delta, low=0, high=top)
        rise = checks.reals("rise", rise, shape=(None,), low=0)
        if rise.size and delta + rise.max() > top:
            raise ValueError(
                f"delta + rise must be at most the variance {self.variance:g}, got {delta:g} + {rise.max():g}"
            )
        order = np.arange(3, len(self.power), 2)
        weight = order * self.power[3::2] / self.variance
        if delta < 0.5 * self.variance:
            terms = np.zeros(len(self.power))
            terms[order - 1] = weight
            return polyval((delta + rise) / self.variance, terms) - polyval(delta / self.variance, terms)
        terms = ((delta + rise) / self.variance)[:, None] ** (order - 1)
        return (-terms * np.expm1(np.outer(-np.log1p(rise / delta), order - 1))) @ weight

    def excess_of_slopes(self, delta: float) -> float:
        """ΔC_φ'(Δ) − C_φ(Δ) for −Δ₀ ≤ Δ ≤ Δ₀, a sum of positive terms."""
        order = np.arange(len(self.power))
        return float(polyval(self._part(checks.number("delta", delta)), (order - 1) * self.power))

    def _part(self, delta: npt.ArrayLike) -> np.ndarray:
        """Return ρ = Δ/Δ₀."""
        top = self.variance * (1 + _ROUNDING)
        return checks.reals("delta", delta, low=-top, high=top) / self.variance


def rate_correlation(transfer: Transfer | str, variance: float) -> RateCorrelation:
    """Expand a transfer function in Hermite polynomials, to rounding.

    Parameters
    ----------
    transfer : Transfer or {"tanh", "erf", "arctan"}
        Transfer function φ.
    variance : float
        Δ₀ > 0.

    Returns
    -------
    RateCorrelation

    Raises
    ------
    ValueError
        If the series has not converged at its longest, as for a transfer function with a kink or a huge variance.

    Examples
    --------
    >>> round(float(rate_correlation(TANH, 0.7)(0.7)), 4)
    0.3305
    """
    phi, variance = transfer_function(transfer), checks.number("variance", variance, above=0)
    z = np.linspace(0, 13, 2601)
    # Half the line suffices, for only odd orders count; the factor e^(-z²/4) keeps the polynomials from overflowing.
    root_density = np.exp(-(z**2) / 4) * (2 * np.pi) ** -0.25
    integrand = 2 * (z[1] - z[0]) * root_density * phi.phi(np.sqrt(variance) * z)
    total = float(integrand @ (root_density * phi.phi(np.sqrt(variance) * z)))
    power: list[float] = []
    reached = 0.0
    previous, current = np.zeros_like(z), root_density
    for k in range(_MAX_ORDER):
        power.append(float(integrand @ current) ** 2 if k % 2 else 0.0)
        reached += power[-1]
        previous, current = current, (z * current - np.sqrt(k) * previous) / np.sqrt(k + 1)
        # Beyond thousands of terms the rounding errors of the coefficients stay above the first bound.
        if k > 8 and (sum(power[-4:]) * k < 1e-14 * total or (k > 2000 and reached > (1 - 1e-13) * total)):
            return RateCorrelation(variance, np.array(power))
    raise ValueError(
        f"variance must be small enough and transfer smooth for the Hermite series of the rates, but at {variance:g} "
        f"that of {phi.name!r} lacks {1 - reached / total:.2g} of ⟨φ²⟩ after {_MAX_ORDER} terms"
    )
