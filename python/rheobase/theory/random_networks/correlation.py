"""How a transfer function maps the covariance of two Gaussian variables to that of their rates."""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.polynomial import polyval

from rheobase.theory.random_networks.transfer import Transfer

_MAX_ORDER = 20000


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

    def __call__(self, delta: np.ndarray | float) -> np.ndarray:
        """C_φ(Δ)."""
        return polyval(np.asarray(delta) / self.variance, self.power)

    def of_slopes(self, delta: np.ndarray | float) -> np.ndarray:
        """C_φ'(Δ) = dC_φ/dΔ, the covariance of the slopes."""
        order = np.arange(1, len(self.power))
        return polyval(np.asarray(delta) / self.variance, order * self.power[1:]) / self.variance


def rate_correlation(transfer: Transfer, variance: float) -> RateCorrelation:
    """Expand a transfer function in Hermite polynomials, to rounding.

    Parameters
    ----------
    transfer : Transfer
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
    z = np.linspace(0, 13, 2601)
    # Half the line suffices, for only odd orders count; the factor e^(-z²/4) keeps the polynomials from overflowing.
    root_density = np.exp(-(z**2) / 4) * (2 * np.pi) ** -0.25
    integrand = 2 * (z[1] - z[0]) * root_density * transfer.phi(np.sqrt(variance) * z)
    total = float(integrand @ (root_density * transfer.phi(np.sqrt(variance) * z)))
    power: list[float] = []
    previous, current = np.zeros_like(z), root_density
    for k in range(_MAX_ORDER):
        power.append(float(integrand @ current) ** 2 if k % 2 else 0.0)
        previous, current = current, (z * current - np.sqrt(k) * previous) / np.sqrt(k + 1)
        if k > 8 and sum(power[-4:]) * k < 1e-14 * total:
            return RateCorrelation(variance, np.array(power))
    raise ValueError(
        f"the Hermite series of transfer {transfer.name!r} at variance {variance:g} has not converged after "
        f"{_MAX_ORDER} terms: {1 - sum(power) / total:.2g} of ⟨φ²⟩ is missing; it must be smooth"
    )


def gaussian_average(values: np.ndarray, z: np.ndarray) -> float:
    """Mean of `values` on a uniform grid `z` of a standard normal variable."""
    density = np.exp(-(z**2) / 2)
    return float(values @ density / density.sum())


def gaussian_moments(transfer: Transfer, variance: float) -> tuple[float, float, float]:
    """⟨φ²⟩, ⟨φ'²⟩ and ⟨φ'⟩ under N(0, `variance`)."""
    # The trapezoidal rule converges exponentially for analytic functions once it resolves φ.
    step = min(0.02, 0.02 / np.sqrt(variance)) if variance > 0 else 0.02
    z = np.arange(-13, 13 + step, step)
    phi, slope = transfer.phi(np.sqrt(variance) * z), transfer.slope(np.sqrt(variance) * z)
    return gaussian_average(phi**2, z), gaussian_average(slope**2, z), gaussian_average(slope, z)
