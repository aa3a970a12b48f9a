"""The three equations for α, β, γ of the fixed-point distribution, in a form that keeps its digits everywhere.

As they are derived, the equations are

    1 = g²⟨φ'²/(1 + αφ'²)⟩,   β = g²⟨φ²⟩ + D,   γ = g²/(2β) (⟨y²⟩/β − 1).

Close to the transition, where φ is nearly linear, they depend on each other up to the second order. Integrated by parts
under μ* (⟨f'⟩ = ⟨f (−ln μ*)'⟩, with f = φ²/y and f = y) the last two become

    ⟨(φ' − φ/y)²⟩ − D/(g²β) = α⟨φ'⁴/d⟩ + α⟨φ²φ'φ''/(y d)⟩ + 2γ⟨φ³φ'/y⟩   with d = 1 + αφ'²,
    2γ(⟨φ(φ − yφ')⟩ + D/g²) = α⟨yφ'φ''/d⟩,

in which the zeroth order has cancelled. To leading order in ε = g/g_c − 1 with ``c = |φ'''(0)|/φ'(0)³`` the solution is
α = 2ε(1 − x), β = 2εx/c, γ = −α/(2β) in units of the slope at zero, where 3x⁴ − 2x³ = D/D_c.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, root

from rheobase.theory.random_networks.gaussian_averages import (
    critical_variance,
    gaussian_nodes,
    half_line,
    mean_square_bend,
    static_variance,
)
from rheobase.theory.random_networks.transfer import Transfer, second_derivative

#: ε below which the solution is carried down from here, as leading order times a parabola in ε.
_NARROW = 1e-4

#: ε, and 1 − D/D_c, from which and from twice which solutions are carried on to where rounding would blur them.
_FROM = 1e-3

#: 1 − D/D_c below which α and γ, which vanish at 0, are carried down, for ε above 0.1; below that, from `_FROM` on.
_CLOSE = 1e-5

#: Largest error of the equations, relative to their terms, that a solution may have.
_TOLERANCE = 1e-8


@dataclass(frozen=True)
class SaddlePoint:
    """Parameters of μ* and the largest error of the three equations, relative to their terms."""

    alpha: float
    beta: float
    gamma: float
    residual: float

    def over(self, other: SaddlePoint) -> np.ndarray:
        """Return the ratios of the parameters to those of another."""
        return np.array([self.alpha / other.alpha, self.beta / other.beta, self.gamma / other.gamma])

    def times(self, factors: np.ndarray, residual: float) -> SaddlePoint:
        """Return the point with its parameters multiplied."""
        alpha, beta, gamma = np.array([self.alpha, self.beta, self.gamma]) * factors
        return SaddlePoint(float(alpha), float(beta), float(gamma), residual)


def saddle_point(g: float, distance: float, transfer: Transfer) -> SaddlePoint:
    """Solve for α > 0, β, γ at g > g_c and noise D = (1 − `distance`) D_c, 0 < `distance` ≤ 1."""
    epsilon = g / transfer.critical_gain - 1
    if epsilon < _NARROW:
        # To leading order it scales with ε; what is left is a parabola in ε.
        ratios, residuals = [], []
        for far in (_FROM, 2 * _FROM):
            wide = (1 + far) * transfer.critical_gain
            point = saddle_point(wide, distance, transfer)
            ratios.append((point.over(_leading_order(wide, distance, transfer)) - 1) / far)
            residuals.append(point.residual)
        slope = 2 * ratios[0] - ratios[1] + (ratios[1] - ratios[0]) * epsilon / _FROM
        return _leading_order(g, distance, transfer).times(1 + epsilon * slope, max(residuals))
    if distance < (_CLOSE if epsilon > 0.1 else _FROM):
        near, next_to_it = (saddle_point(g, _FROM * k, transfer) for k in (1, 2))
        # α and γ vanish with the distance, β becomes the critical variance.
        grown = next_to_it.over(near) / np.array([2, 1, 2]) - 1
        per_distance = 1 - grown + grown * distance / _FROM
        scale = np.array([distance / _FROM, 1, distance / _FROM])
        return near.times(scale * per_distance, max(near.residual, next_to_it.residual))
    return _solved(g, distance, transfer)


def _solved(g: float, distance: float, transfer: Transfer) -> SaddlePoint:
    start = _leading_order(g, distance, transfer)
    found = _solve(_balanced(start, g, distance, transfer), g, distance, transfer) or _solve(
        start, g, distance, transfer
    )
    if found is None:  # the noise is lowered step by step
        point: SaddlePoint | None = None
        for step in (step for step in _STEPS_DOWN if step < distance):
            begin = point.times(np.array([1.0, 1.0, 1.0]), 0.0) if point else _leading_order(g, step, transfer)
            point = _solve(begin, g, step, transfer) or point
        found = point and _solve(point, g, distance, transfer)
    if found is None:
        raise ValueError(
            f"g and D must have a fixed-point distribution that can be found, but none was at g = {g:g} and "
            f"D = {1 - distance:g} of the critical noise for transfer {transfer.name!r}"
        )
    return found


_STEPS_DOWN = [0.01, 0.02, 0.04, 0.07, *np.arange(0.1, 0.9, 0.05), *(1 - np.geomspace(0.1, 1e-6, 31))]


def noise(g: float, distance: float, transfer: Transfer) -> float:
    """D = (1 − `distance`) D_c, with D_c = g²β⟨(φ' − φ/y)²⟩ where g²⟨φ'²⟩ = 1 (by parts, of β − g²⟨φ²⟩)."""
    variance = critical_variance(g, transfer)
    return (1 - distance) * g**2 * variance * mean_square_bend(transfer, variance) if variance > 0 else 0.0


def _leading_order(g: float, distance: float, transfer: Transfer) -> SaddlePoint:
    """Return the solution close to the transition, carried on to all g by what α and β are of the order of."""
    epsilon = g / transfer.critical_gain - 1
    D = noise(g, distance, transfer)
    x = float(brentq(lambda x: 3 * x**4 - 2 * x**3 - 1 + distance, 2 / 3, 1, xtol=1e-16, rtol=1e-15))
    # 1 − x from 1 − (3x⁴ − 2x³) = distance, with no digits lost as x approaches 1.
    rest = distance / (3 * x**3 + x**2 + x + 1)
    alpha = 2 * epsilon * rest / (1 + epsilon / 0.95) * g**2
    beta = x * static_variance(g, D, transfer)
    return SaddlePoint(alpha, beta, -alpha / (2 * beta + 2 * D / g**2), 0.0)


def _balanced(start: SaddlePoint, g: float, distance: float, transfer: Transfer) -> SaddlePoint:
    """Return the start with the α and γ that solve the first and the third equation at its β, for γ small."""
    y, chance = gaussian_nodes(start.beta)
    slope = transfer.slope(y)

    def excess(log_alpha: float) -> float:
        d = 1 + np.exp(log_alpha) * slope**2
        weight = chance * np.sqrt(d)
        return g**2 * float(weight @ (slope**2 / d) / weight.sum()) - 1

    middle = np.log(start.alpha)
    if not excess(middle - 30) > 0 > excess(middle + 3):
        return start
    alpha = float(np.exp(brentq(excess, middle - 30, middle + 3)))
    terms = _terms(alpha, start.beta, 0.0, g, noise(g, distance, transfer), transfer)
    return SaddlePoint(alpha, start.beta, terms.lean / terms.lever, 0.0) if terms.lean < 0 else start


def _solve(start: SaddlePoint, g: float, distance: float, transfer: Transfer) -> SaddlePoint | None:
    """Follow Powell's method from a start, in units of it; None where it does not arrive."""
    D = noise(g, distance, transfer)
    scales = _terms(start.alpha, start.beta, start.gamma, g, D, transfer).scales(start.alpha, distance)

    def errors(p: np.ndarray) -> np.ndarray:
        alpha, log_beta, gamma = start.alpha * p[0], np.log(start.beta) + p[1], start.gamma * p[2]
        if 1 + alpha * transfer.critical_gain**-2 <= 0 or not abs(p[1]) < 20 or not abs(gamma) < 100:
            return np.full(3, 1e3)  # μ* does not exist there; turn the search back
        return _terms(alpha, float(np.exp(log_beta)), gamma, g, D, transfer).errors(gamma) / scales

    solved = root(errors, [1.0, 0.0, 1.0], tol=1e-13)
    factors = np.array([solved.x[0], np.exp(np.clip(solved.x[1], -20, 20)), solved.x[2]])
    residual = float(np.abs(solved.fun).max())
    return start.times(factors, residual) if residual < _TOLERANCE and factors[0] > 0 else None


@dataclass(frozen=True)
class _Terms:
    """Averages under μ* of which the three equations are made."""

    first: float
    bend: float
    pull: float
    lift: float
    lean: float
    lever: float

    def errors(self, gamma: float) -> np.ndarray:
        return np.array([self.first, self.bend - self.pull - gamma * self.lift, self.lean - gamma * self.lever])

    def scales(self, alpha: float, distance: float) -> np.ndarray:
        return np.array([alpha / (1 + alpha), self.bend * distance, abs(self.lean)])


def _terms(alpha: float, beta: float, gamma: float, g: float, D: float, transfer: Transfer) -> _Terms:
    y, width = half_line(beta)
    rate, slope, curvature = transfer.phi(y), transfer.slope(y), second_derivative(transfer, y)
    d = 1 + alpha * slope**2
    exponent = np.log(d) / 2 - y**2 / (2 * beta) + gamma * rate**2
    chance = np.exp(exponent - exponent.max()) * width
    chance /= chance.sum()
    bend = float(chance @ (slope - rate / y) ** 2)
    return _Terms(
        first=1 - g**2 * float(chance @ (slope**2 / d)),
        bend=bend,
        pull=D / (g**2 * beta) + alpha * float(chance @ (slope**4 / d + rate**2 * slope * curvature / (y * d))),
        lift=2 * float(chance @ (rate**3 * slope / y)),
        lean=alpha * float(chance @ (y * slope * curvature / d)),
        lever=2 * (float(chance @ (rate * (rate - y * slope))) + D / g**2),
    )
