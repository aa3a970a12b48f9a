"""Covariances of any function of Gaussian variables: a Hermite series, and what it leaves where they are nearly one.

C = Σ c_k² ρ^k with ρ = Δ/Δ₀. Of a function with a kink or a step, or one that is steep next to the spread of the state,
the coefficients fall slowly, and what is left counts near ρ = ±1. With r, the size of ρ, and h(y) = ⟨f(y + x)⟩ over x
of variance Δ₀(1 − r), C = ⟨h(y)²⟩ or, where ρ < 0, ⟨h(y)h(−y)⟩ over y of variance Δ₀r; averages over x are products of
Fourier transforms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial.polynomial import polyval
from scipy.interpolate import CubicSpline

from rheobase.models.values import Brief
from rheobase.theory.random_networks.transfer import Function

#: Standard deviations and nodes of the averages, and terms of the series.
_REACH, _NODES, _TERMS = 9.0, 4001, 120

#: |ρ| below which these terms are all that counts, nodes of the rest beyond, and √(1 − |ρ|) at which they lie closest.
_SERIES_ALONE, _REST_NODES, _CLOSEST = 0.7, 97, 1e-3

#: Part of ⟨f²⟩ that the series may leave.
_COMPLETE = 1e-9


@dataclass(frozen=True, eq=False, repr=False)
class Rest(Brief):
    """What the series of a function leaves of C(ρ) and C(−ρ), shape (2, nodes)."""

    values: np.ndarray

    def __call__(self, ratio: np.ndarray) -> np.ndarray:
        """Return it at some −1 ≤ ρ ≤ 1."""
        spline = CubicSpline(_rest_nodes(), self.values, axis=1)
        both = spline(np.minimum(_coordinate(1 - np.abs(ratio)), _rest_nodes()[-1]))
        return np.where(np.abs(ratio) < _SERIES_ALONE, 0.0, np.where(ratio > 0, both[0], both[1]))


class GaussianCovariances:
    """Averages and covariances of functions of Gaussian variables."""

    def __init__(self) -> None:
        edges = np.linspace(-_REACH, _REACH, _NODES)
        # Midpoints: a kink costs little.
        self.z = (edges[1:] + edges[:-1]) / 2
        chance = np.exp(-(self.z**2) / 2)
        self.chance = chance / chance.sum()
        rows = [np.ones_like(self.z), self.z]
        for k in range(1, _TERMS - 1):
            rows.append((self.z * rows[k] - np.sqrt(k) * rows[k - 1]) / np.sqrt(k + 1))
        self.weights = np.stack(rows) * self.chance

    def mean(self, function: Function, mean: float, variance: float) -> float:
        """Return ⟨f⟩ for x of this mean and variance."""
        return float(self.chance @ self._values(function, mean, variance))

    def __call__(
        self, function: Function, mean: float, delta: np.ndarray, rest: Rest | None = None
    ) -> tuple[float, np.ndarray]:
        """Return ⟨f⟩ and ⟨f(x(0))f(x(τ))⟩ for x of this mean and autocovariance."""
        values = self._values(function, mean, delta[0])
        squares = (self.weights @ values) ** 2
        ratio = np.clip(delta / delta[0], -1, 1) if delta[0] > 0 else np.zeros_like(delta)
        covariance = polyval(ratio, squares)
        if rest is not None:
            covariance += rest(ratio)
        covariance[0] = self.chance @ values**2
        return float(self.chance @ values), covariance

    def rest(self, function: Function, mean: float, variance: float) -> Rest | None:
        """Return what the series leaves of the covariance; None where that is nothing."""
        values = self._values(function, mean, variance)
        squares, whole = (self.weights @ values) ** 2, float(self.chance @ values**2)
        if whole - squares.sum() <= _COMPLETE * whole:
            return None
        ratio, filters, chances = self._smoothing
        smooth = np.fft.irfft(np.fft.rfft(values) * filters, len(values), axis=1)
        exact = [np.sum(chances * smooth * other, axis=1) for other in (smooth, smooth[:, ::-1])]
        return Rest(np.stack([exact[0] - polyval(ratio, squares), exact[1] - polyval(-ratio, squares)]))

    def _values(self, function: Function, mean: float, variance: float) -> np.ndarray:
        return np.asarray(function(mean + np.sqrt(max(variance, 0.0)) * self.z))

    @cached_property
    def _smoothing(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the size of ρ at the nodes, and there the transform of the distribution of x, and that of y."""
        gap = (_CLOSEST * np.sinh(_rest_nodes())) ** 2
        frequency = 2 * np.pi * np.fft.rfftfreq(len(self.z), self.z[1] - self.z[0])
        chances = np.exp(-(self.z**2) / (2 * (1 - gap[:, None])))
        return 1 - gap, np.exp(-gap[:, None] * frequency**2 / 2), chances / chances.sum(axis=1, keepdims=True)


def _rest_nodes() -> np.ndarray:
    return np.linspace(0, float(_coordinate(np.array(1 - _SERIES_ALONE))), _REST_NODES)


def _coordinate(gap: np.ndarray) -> np.ndarray:
    """Return t, of a distance of ρ from ±1 of (closest · sinh t)²: with a step, C varies as its root."""
    return np.asarray(np.arcsinh(np.sqrt(gap) / _CLOSEST))
