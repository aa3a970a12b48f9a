"""Averages of a transfer function over a Gaussian state, of any variance, and the two variances they decide."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.optimize import brentq

from rheobase.theory.random_networks.transfer import Transfer

#: Spacing of the nodes, next to the width of the transfer function or of the state, whichever is narrower.
_STEP = 0.02

#: Standard deviations that the nodes reach.
_REACH = 14


@cache
def legendre(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights of Gauss and Legendre on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return (nodes + 1) / 2, weights / 2


def half_line(variance: float, step: float = _STEP, reach: float = _REACH) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes y > 0 and weights for averages of even functions over a state of about this variance.

    With y = sinh t the midpoint rule in t converges exponentially, near 0 where φ bends and far out in the Gaussian.
    """
    spread = np.sqrt(variance)
    scale = min(1.0, spread)
    t = step * (np.arange(np.ceil(np.arcsinh(reach * spread / scale) / step)) + 0.5)
    return scale * np.sinh(t), 2 * step * scale * np.cosh(t)


def gaussian_nodes(variance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes y > 0 and their probabilities for averages of even functions under N(0, `variance`)."""
    y, width = half_line(variance)
    chance = np.exp(-(y**2) / (2 * variance)) * width
    return y, chance / chance.sum()


def gaussian_moments(transfer: Transfer, variance: float) -> tuple[float, float, float]:
    """⟨φ²⟩, ⟨φ'²⟩ and ⟨φ'⟩ under N(0, `variance`)."""
    if variance == 0:
        slope_at_zero = 1 / transfer.critical_gain
        return 0.0, slope_at_zero**2, slope_at_zero
    y, chance = gaussian_nodes(variance)
    slope = transfer.slope(y)
    return float(chance @ transfer.phi(y) ** 2), float(chance @ slope**2), float(chance @ slope)


def variance_of_no(
    excess: Callable[[float], float], log_start: float, step: float, reach: float, refusal: str
) -> float:
    """Return the variance at whose logarithm an excess that falls is 0; 0 where that is critical to rounding.

    It is sought in steps from a first logarithm on; where it lies beyond the reach, ValueError says the refusal.
    """
    high = log_start
    while excess(high) > 0:
        high += step
        if high > log_start + reach:
            raise ValueError(refusal)
    low = high - step
    while excess(low) <= 0:
        low -= step
        if low < -600:
            return 0.0
    return float(np.exp(brentq(excess, low, high, xtol=1e-15)))


def static_variance(g: float, D: float, transfer: Transfer) -> float:
    """Variance Δ = g²⟨φ²⟩ + D of a Gaussian state at rest; the nonzero solution where there is one."""
    if D == 0 and g <= transfer.critical_gain:
        return 0.0

    def excess(log_variance: float) -> float:
        variance = np.exp(log_variance)
        return (g**2 * gaussian_moments(transfer, variance)[0] + D) / variance - 1

    refusal = f"g must let the activity stay finite, but with transfer {transfer.name!r} it grows at {g:g}"
    return variance_of_no(excess, np.log(1 + D) + 2 * np.log(1 + g), 1.0, 40.0, refusal)


def critical_variance(g: float, transfer: Transfer) -> float:
    """Variance of the Gaussian state at which the disk of eigenvalues has radius 1, g²⟨φ'²⟩ = 1, for g > g_c."""

    def excess(log_variance: float) -> float:
        return g**2 * gaussian_moments(transfer, np.exp(log_variance))[1] - 1

    refusal = f"g must be smaller for transfer {transfer.name!r}: no noise calms the network at {g:g}"
    return variance_of_no(excess, 0.0, 2.0, 200.0, refusal)


def mean_square_bend(transfer: Transfer, variance: float) -> float:
    """⟨(φ' − φ/y)²⟩ under N(0, `variance`).

    By parts it is ⟨φ'²⟩ − ⟨φ²⟩/variance, which would lose all digits where φ is nearly linear.
    """
    y, chance = gaussian_nodes(variance)
    return float(chance @ (transfer.slope(y) - transfer.phi(y) / y) ** 2)
