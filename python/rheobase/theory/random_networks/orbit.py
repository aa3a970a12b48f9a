"""The orbit of the autocovariance in its potential: Δ'' = −V'(Δ), from rest at Δ₀ to rest at Δ(∞).

With V'' = g²C_φ' − 1 and V'(Δ(∞)) = 0 the heights agree, V(Δ₀) = V(Δ(∞)), where ∫₀¹(1 − u)V''(Δ(∞) + u w)du = 0 with
w = Δ₀ − Δ(∞), which determines a small w as well as a large one. Differences of C_φ' are integrals of C_φ'', for its
values agree in nearly all digits when w is small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial import Chebyshev
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq, minimize_scalar

from rheobase.theory.random_networks.correlation import RateCorrelation, rate_correlation
from rheobase.theory.random_networks.gaussian_averages import critical_variance, legendre, static_variance
from rheobase.theory.random_networks.saddle_point import noise
from rheobase.theory.random_networks.transfer import Transfer

#: 1 − D/D_c below which w, which vanishes at 0, is carried down from here, as a parabola.
_CLOSE = 1e-5

#: D/D_c below which Δ(∞) is found before w.
_QUIET = 0.01


@dataclass(frozen=True)
class Orbit:
    """An orbit in the potential of Δ₀ and D that belong together.

    Attributes
    ----------
    g, variance, plateau, depth : float
        Gain, Δ₀, Δ(∞) and w.
    correlation : RateCorrelation
        C_φ at Δ₀.
    """

    g: float
    variance: float
    plateau: float
    depth: float
    correlation: RateCorrelation

    @property
    def mean_curvature(self) -> float:
        """∫(1 − u)V'' du; 0 where the heights of both ends agree."""
        start = self.g**2 * float(self.correlation.of_slopes_below_top(self.depth)) - 1
        return start / 2 + self._mean_rise

    @property
    def tail_rate(self) -> float:
        """√(1 − g²C_φ'(Δ(∞))), which is what V'' rises on the average where the heights agree."""
        return float(np.sqrt(2 * self._mean_rise))

    @property
    def noise(self) -> float:
        """D = Δ(∞) − g²C_φ(Δ(∞)), as a sum of positive terms."""
        return self.plateau * self.tail_rate**2 + self.g**2 * self.correlation.excess_of_slopes(self.plateau)

    @property
    def layer(self) -> float:
        """Part of w in which V'' varies below Δ₀: the width of φ, next to which that of the state may be large."""
        return min(1.0, self.correlation.width / self.depth)

    @cached_property
    def _mean_rise(self) -> float:
        """∫(1 − u)(V''(Δ(∞) + u w) − V''(Δ(∞))) du, by parts g² w ∫½(1 − u)²C_φ'' du."""
        nodes, weights = legendre(128)
        t = self._end * nodes
        left = self.layer * np.sinh(t) ** 2  # 1 − u
        rise = left**2 / 2 * self._rise(left) * self.layer * np.sinh(2 * t)
        return float(self._end * (weights @ rise))

    def _rise(self, left: np.ndarray) -> np.ndarray:
        """Return how V'' rises with u, at 1 − u = `left`."""
        gap = self.depth * np.minimum(left, 1.0)
        return self.g**2 * self.depth * self.correlation.of_curvatures_below_top(gap)

    @cached_property
    def _end(self) -> float:
        """Return t at Δ(∞), where 1 − u = layer · sinh² t."""
        return float(np.arcsinh(1 / np.sqrt(self.layer)))

    def _from_below(self, function: Callable[[np.ndarray], np.ndarray]) -> Chebyshev:
        """Return ∫ du from Δ(∞) up of a function of t, as a function of t."""
        flux = Chebyshev.interpolate(
            lambda t: function(t) * self.layer * np.sinh(2 * t), self.correlation.terms, domain=[0, self._end]
        )
        return -flux.integ(lbnd=self._end)

    @cached_property
    def _curvature(self) -> Chebyshev:
        """V'' as a function of t."""
        return self._from_below(lambda t: self._rise(self.layer * np.sinh(t) ** 2)) - self.tail_rate**2

    def curvature(self, u: np.ndarray) -> np.ndarray:
        """V''(Δ(∞) + u w)."""
        return np.asarray(self._curvature(self._coordinate(1 - u)))

    def _coordinate(self, left: np.ndarray) -> np.ndarray:
        return np.arcsinh(np.sqrt(left / self.layer))

    def _climb(self, force: Chebyshev, s: np.ndarray) -> np.ndarray:
        """(V − V(Δ(∞)))/(w u)² at u = sech² s."""
        # Near Δ(∞) it is a mean of V'', near Δ₀ one of the force, which keep their digits as the height vanishes.
        low, u = s > np.arccosh(np.sqrt(2)), 1 / np.cosh(s) ** 2
        climb = np.empty_like(s)
        nodes, weights = legendre(64)
        climb[low] = self.curvature(nodes * u[low, None]) @ (weights * (1 - nodes))
        end = self._coordinate(np.tanh(s[~low]) ** 2)
        t = nodes * end[:, None]
        climb[~low] = -self.layer * end * ((force(t) * np.sinh(2 * t)) @ weights) / u[~low] ** 2
        return climb

    def fall(self) -> tuple[CubicSpline, CubicSpline]:
        """Return the time τ(s) at which Δ = Δ(∞) + w sech² s, from ∫dΔ/√(2(V(Δ(∞)) − V(Δ))), and its inverse s(τ)."""
        force = self._from_below(self._curvature)
        # In s the pace dτ/ds is smooth at both ends: Δ₀ is left as τ², Δ(∞) approached as an exponential.
        width = np.sqrt(self.layer)
        s = width * np.sinh(np.linspace(0, np.arcsinh(5 / width), 1501))
        pace = np.empty_like(s)
        pace[1:] = 2 * np.tanh(s[1:]) / np.sqrt(-2 * self._climb(force, s[1:]))
        pace[0] = np.sqrt(2 / force(0.0))
        # Beyond the grid the pace is the one of the exponential tail.
        s, pace = np.append(s, [6, 7, 8, 10, 20]), np.append(pace, np.full(5, 2 / self.tail_rate))
        time = CubicSpline(s, pace).antiderivative()
        return time, CubicSpline(time(s), s)


def find_orbit(g: float, D: float, transfer: Transfer) -> Orbit:
    """Find the orbit at 0 ≤ D < D_c."""
    # Neither the state at the critical noise nor the unstable one at rest fluctuates less; the latter to rounding.
    top = min(critical_variance(g, transfer), 1.01 * static_variance(g, D, transfer))
    distance = 1 - D / noise(g, 0.0, transfer)
    if distance > 1 - _QUIET:
        return _quiet(g, D, top, transfer)
    if distance > _CLOSE:
        return _loud(g, D, top, transfer)
    near, farther = (_loud(g, noise(g, k * _CLOSE, transfer), top, transfer) for k in (1, 2))
    part = distance / _CLOSE
    # Depth and Δ₀, which is `top` at the critical noise, are parabolas in the distance from it.
    depth, fallen = (
        part * (2 * a - b / 2 + (b / 2 - a) * part)
        for a, b in ((near.depth, farther.depth), (top - near.variance, top - farther.variance))
    )
    variance = top - fallen
    return Orbit(g, variance, variance - depth, depth, rate_correlation(transfer, variance))


def _loud(g: float, D: float, top: float, transfer: Transfer) -> Orbit:
    """Find the Δ₀ whose orbit has this noise, between that without noise and `top`, that of D_c."""

    def orbit(variance: float) -> Orbit:
        correlation = rate_correlation(transfer, variance)

        def with_depth(depth: float) -> Orbit:
            return Orbit(g, variance, variance - depth, depth, correlation)

        if with_depth(variance).mean_curvature >= 0:  # no noise raises it to this height
            return with_depth(variance)
        span = (1e-13 * correlation.width, variance)
        if with_depth(span[0]).mean_curvature <= 0:
            return with_depth(span[0])
        return with_depth(float(brentq(lambda w: with_depth(w).mean_curvature, *span, xtol=1e-300, rtol=1e-14)))

    bottom = top * max(0.7, 1 - 3 * (1 - D / noise(g, 0.0, transfer)))
    while orbit(bottom).noise >= D:
        bottom *= 0.7
    return orbit(float(brentq(lambda v: orbit(v).noise / D - 1, bottom, top, xtol=1e-15 * top, rtol=1e-14)))


def _quiet(g: float, D: float, top: float, transfer: Transfer) -> Orbit:
    """Find Δ₀ where Δ(∞) is small, with Δ(∞) from V'(Δ(∞)) = 0."""

    def orbit(variance: float) -> Orbit | None:
        correlation = rate_correlation(transfer, variance)
        plateau = _plateau(correlation, g, D)
        return None if plateau is None else Orbit(g, variance, plateau, variance - plateau, correlation)

    def mismatch(variance: float) -> float:
        found = orbit(variance)
        return 1.0 if found is None else found.mean_curvature

    bottom = top
    while mismatch(bottom) <= 0:
        bottom *= 0.7
    found = orbit(float(brentq(mismatch, bottom, top, xtol=1e-15 * top, rtol=1e-14)))
    if found is None:
        raise ValueError(
            f"g and D must have an orbit of the autocovariance, but none was found at g = {g:g}, D = {D:g}"
        )
    return found


def _force(delta: float, correlation: RateCorrelation, g: float, D: float) -> float:
    """−Δ'' = V'(Δ)."""
    return float(g**2 * correlation(delta) + D - delta)


def _plateau(correlation: RateCorrelation, g: float, D: float) -> float | None:
    """Smallest root of the convex V'(Δ), or None where it has none."""
    if D == 0:
        return 0.0
    top = correlation.variance
    lowest = float(minimize_scalar(lambda d: _force(d, correlation, g, D), bounds=(0, top), method="bounded").x)
    if _force(lowest, correlation, g, D) >= 0:
        return None
    return float(brentq(lambda d: _force(d, correlation, g, D), 0, lowest, xtol=1e-300, rtol=1e-14))
