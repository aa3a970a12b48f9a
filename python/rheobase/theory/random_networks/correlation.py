"""How a transfer function maps the covariance of two Gaussian variables to that of their rates.

Of two variables with variance Δ₀ and covariance Δ ≥ 0, u = y + s x and v = y + s x' with y ~ N(0, Δ), s² = Δ₀ − Δ and
standard normal x, x'. By Price's theorem C_φ'' = ⟨φ''(u)φ''(v)⟩ = ⟨Q(y)²⟩ with Q(y) = ⟨φ''(y + s x)⟩ is the second
derivative of C_φ = ⟨φ(u)φ(v)⟩, so one table of it, with no difference of large numbers in it, gives all three.
At large Δ₀ the rates are nearly signs of u and v, and C_φ'' varies where s is of the order 1, the width of φ, however
large Δ₀ is: the table is a Chebyshev series in t, s = sinh t.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Chebyshev

from rheobase import checks
from rheobase.theory.random_networks.gaussian_averages import gaussian_moments, half_line, legendre
from rheobase.theory.random_networks.transfer import Transfer, odd_sigmoid, second_derivative

#: Part of Δ₀ by which rounding may carry a covariance beyond it.
_ROUNDING = 1e-9

#: Largest variance for which the widths of φ and of the state can be told apart in one table.
_MAX_VARIANCE = 1e8

#: Spacing of nodes next to the width of what is averaged, and standard deviations that they reach.
_STEP, _REACH = 0.05, 9


@dataclass(frozen=True)
class RateCorrelation:
    """C_φ(Δ) = ⟨φ(u)φ(v)⟩ for Gaussian u, v of variance Δ₀ and covariance Δ.

    Attributes
    ----------
    transfer : Transfer
        φ.
    variance : float
        Δ₀.
    """

    transfer: Transfer
    variance: float

    def __call__(self, delta: npt.ArrayLike) -> np.ndarray:
        """C_φ(Δ) for −Δ₀ ≤ Δ ≤ Δ₀."""
        covariance = self._covariance(delta)
        # From the top down to Δ, and by oddness.
        return np.sign(covariance) * self._rates(self._coordinate(self.variance - np.abs(covariance)))

    def of_slopes(self, delta: npt.ArrayLike) -> np.ndarray:
        """C_φ'(Δ) = dC_φ/dΔ, the covariance of the slopes, for −Δ₀ ≤ Δ ≤ Δ₀."""
        return self.of_slopes_below_top(self.variance - np.abs(self._covariance(delta)))

    def of_slopes_below_top(self, gap: npt.ArrayLike) -> np.ndarray:
        """C_φ'(Δ₀ − gap), for 0 ≤ gap ≤ Δ₀."""
        return self._slopes(self._coordinate(self._gap(gap)))

    def of_curvatures_below_top(self, gap: npt.ArrayLike) -> np.ndarray:
        """C_φ''(Δ₀ − gap), the covariance of the second derivatives, to a relative error of rounding; 0 ≤ gap ≤ Δ₀."""
        return self._curvatures(self._coordinate(self._gap(gap)))

    def excess_of_slopes(self, delta: float) -> float:
        """ΔC_φ'(Δ) − C_φ(Δ) = ∫₀^Δ xC_φ''(x)dx for 0 ≤ Δ ≤ Δ₀."""
        gap = self.variance - checks.number("delta", delta, low=0, high=self.variance * (1 + _ROUNDING))
        low, high = self._coordinate(np.array([max(gap, 0.0), self.variance]))
        nodes, weights = legendre(128)
        t = low + (high - low) * nodes
        y = self.variance - self.width * np.sinh(t) ** 2
        return float((high - low) * (weights * y * self._curvatures(t)) @ self._pace(t))

    @cached_property
    def width(self) -> float:
        """Variance below which C_φ'' no longer varies: that of the width of φ, 1, or of the state, if it is less."""
        return min(1.0, self.variance)

    @cached_property
    def _end(self) -> float:
        """Return t at Δ = 0."""
        return float(np.arcsinh(np.sqrt(self.variance / self.width)))

    @cached_property
    def terms(self) -> int:
        """Return the number of terms of a series in t that reaches rounding."""
        return 32 + int(np.ceil(14 * self._end))

    @cached_property
    def _curvatures(self) -> Chebyshev:
        def at(t: np.ndarray) -> np.ndarray:
            variances = np.clip(self.width * np.sinh(t) ** 2, 0.0, self.variance)
            return np.array([_curvature(self.transfer, self.variance, s) for s in variances])

        return Chebyshev.interpolate(at, self.terms, domain=[0, self._end])

    @cached_property
    def _slopes(self) -> Chebyshev:
        return self._from_above(self._curvatures, gaussian_moments(self.transfer, self.variance)[1])

    @cached_property
    def _rates(self) -> Chebyshev:
        return self._from_above(self._slopes, gaussian_moments(self.transfer, self.variance)[0])

    def _from_above(self, derivative: Chebyshev, top: float) -> Chebyshev:
        """Return the function of t with this derivative by Δ, and this value at Δ₀."""
        flux = Chebyshev.interpolate(lambda t: derivative(t) * self._pace(t), self.terms, domain=[0, self._end])
        return top - flux.integ(lbnd=0)

    def _pace(self, t: np.ndarray) -> np.ndarray:
        """−dΔ/dt."""
        return self.width * np.sinh(2 * t)

    def _coordinate(self, gap: npt.ArrayLike) -> np.ndarray:
        return np.arcsinh(np.sqrt(np.asarray(gap) / self.width))

    def _gap(self, gap: npt.ArrayLike) -> np.ndarray:
        checked = checks.reals("gap", gap, low=0, high=self.variance * (1 + _ROUNDING))
        return np.minimum(checked, self.variance)

    def _covariance(self, delta: npt.ArrayLike) -> np.ndarray:
        top = self.variance * (1 + _ROUNDING)
        return np.clip(checks.reals("delta", delta, low=-top, high=top), -self.variance, self.variance)


def rate_correlation(transfer: Transfer | str, variance: float) -> RateCorrelation:
    """Return how the rates of Gaussian variables of one variance are correlated, to rounding.

    Parameters
    ----------
    transfer : Transfer or {"tanh", "erf", "arctan"}
        Transfer function φ.
    variance : float
        Δ₀ > 0, at most 10⁸.

    Returns
    -------
    RateCorrelation

    Raises
    ------
    ValueError
        If the variance is out of range.

    Examples
    --------
    >>> round(float(rate_correlation(TANH, 0.7)(0.7)), 4)
    0.3305
    """
    return RateCorrelation(odd_sigmoid(transfer), checks.number("variance", variance, above=0, high=_MAX_VARIANCE))


def _curvature(transfer: Transfer, variance: float, difference: float) -> float:
    """C_φ'' at s² = `difference`."""
    covariance = variance - difference
    if covariance <= 0:
        return 0.0
    y, width = half_line(covariance, _STEP, _REACH)
    chance = np.exp(-(y**2) / (2 * covariance)) * width
    return float(chance @ _smoothed(transfer, y, variance, np.sqrt(difference)) ** 2 / chance.sum())


def _smoothed(transfer: Transfer, y: np.ndarray, variance: float, s: float) -> np.ndarray:
    """⟨φ''(y + s x)⟩ with standard normal x."""
    answer = np.empty_like(y)
    # Where s x seldom crosses the bend of φ at 0, or is narrower, x is the variable; else what φ'' is taken of.
    aside = (y > _REACH * s) | (s < 1)
    if aside.any():
        step = float(np.clip(2 * _STEP / max(s, 1e-3), 2 * _STEP, 6 * _STEP))
        x = step * np.arange(-np.ceil(_REACH / step), np.ceil(_REACH / step) + 1)
        weight = np.exp(-(x**2) / 2)
        answer[aside] = second_derivative(transfer, y[aside][:, None] + s * x) @ (weight / weight.sum())
    across = y[~aside][:, None]
    if across.size:
        u, width = half_line(variance, _STEP, _REACH)
        weight = second_derivative(transfer, u) * width / (2 * np.sqrt(2 * np.pi) * s)
        folded = np.exp(-(((u - across) / s) ** 2) / 2) * -np.expm1(-2 * u * across / s**2)
        answer[~aside] = folded @ weight
    return answer
