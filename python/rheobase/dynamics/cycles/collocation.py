"""Periodic orbits as piecewise polynomials that obey the equation at Gauss points, and Newton's method on them.

A cycle u(t) of period T is a function of t/T on a mesh of intervals, in each a polynomial of degree 4 through 5 nodes
that solves du/ds = T F(u) at the 4 Gauss points (de Boor & Swartz 1973; Doedel, Keller & Kernévez 1991). The inner
nodes are eliminated interval by interval; what is left is a system for the states at the knots and for two scalars,
with two linear conditions: a phase, and one that says which point of the curve of cycles is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rheobase.dynamics.fields import Field
from rheobase.models.values import Brief

#: Degree of the polynomials, which is the number of Gauss points per interval.
DEGREE = 4

#: Newton's method has converged when the largest correction, in scaled units, is below this.
_CONVERGED = 1e-9

#: Rounds after which displacements are parted by how they grow.
_ROUNDS = 3

#: Relative shift of the scalars in differences.
_SHIFT = 1e-6

#: Fifth root of the fifth derivative that an interval of one unit, in which its density is 1, resolves: the polynomial
#: is then off by 2e-6 of the scales. And how many times more intervals an orbit may have than were asked for.
_RESOLVED, _MORE = 0.6, 4

#: Part of the intervals wanted that must be there, or what is found is doubtful.
_ENOUGH = 0.6

#: From the two scalars to the period and the field.
Problem = Callable[[np.ndarray], tuple[float, Field]]


def _lagrange(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return values and slopes, at places in [0, 1], of the polynomials that are 1 at one node, shape (len(at), 5)."""
    nodes = np.linspace(0, 1, DEGREE + 1)
    powers = np.arange(DEGREE + 1)
    coefficients = np.linalg.inv(nodes[:, None] ** powers)
    slopes = np.zeros((len(at), DEGREE + 1))
    slopes[:, 1:] = powers[1:] * at[:, None] ** powers[:-1]
    return at[:, None] ** powers @ coefficients, slopes @ coefficients


_LEGENDRE = np.polynomial.legendre.leggauss(DEGREE)
_GAUSS, _WEIGHTS = (_LEGENDRE[0] + 1) / 2, _LEGENDRE[1] / 2
_VALUES, _SLOPES = _lagrange(_GAUSS)

#: Differences of the nodes that are the highest derivative of the polynomial, times the interval to its power.
_HIGHEST = np.array([1.0, -4.0, 6.0, -4.0, 1.0]) * DEGREE**DEGREE


@dataclass(frozen=True, eq=False, repr=False)
class Orbit(Brief):
    """A closed curve on a mesh, and the two scalars that belong to it.

    Attributes
    ----------
    knots : ndarray, shape (K + 1,)
        From 0 to 1, in units of the period.
    nodes : ndarray, shape (K, 5, n)
        States at the nodes of each interval, of which the last is the first of the next.
    scalars : ndarray, shape (2,)
    """

    knots: np.ndarray
    nodes: np.ndarray
    scalars: np.ndarray

    @cached_property
    def widths(self) -> np.ndarray:
        """Widths of the intervals, shape (K,)."""
        return np.diff(self.knots)

    @property
    def times(self) -> np.ndarray:
        """Times of all nodes, in units of the period, shape (4K + 1,)."""
        inner = self.knots[:-1, None] + self.widths[:, None] * np.linspace(0, 1, DEGREE + 1)[:-1]
        return np.append(inner.ravel(), 1.0)

    @property
    def states(self) -> np.ndarray:
        """States at all nodes, shape (4K + 1, n)."""
        return np.concatenate([self.nodes[:, :-1].reshape(-1, self.nodes.shape[2]), self.nodes[-1:, -1]])

    def at_gauss(self) -> np.ndarray:
        """Return the states at the Gauss points, shape (K, 4, n)."""
        return np.einsum("kj,ijn->ikn", _VALUES, self.nodes)

    def moved(self, step: Orbit, length: float = 1.0) -> Orbit:
        """Return this orbit and `length` times another on the same mesh."""
        return Orbit(self.knots, self.nodes + length * step.nodes, self.scalars + length * step.scalars)

    def resampled(self, knots: np.ndarray) -> Orbit:
        """Return the orbit on another mesh."""
        return Orbit(knots, _interpolated(self.knots, self.nodes, knots), self.scalars)

    def _density(self, scale: np.ndarray) -> np.ndarray:
        """Return the fifth root of the fifth derivative in each interval, shape (K,)."""
        h = self.widths
        highest = np.einsum("j,ijn->in", _HIGHEST, self.nodes) / h[:, None] ** DEGREE / scale
        jumps = np.abs(np.roll(highest, -1, axis=0) - highest).max(axis=1) / ((h + np.roll(h, -1)) / 2)
        return np.asarray(((jumps + np.roll(jumps, 1)) / 2) ** (1 / (DEGREE + 1)))

    def intervals_wanted(self, scale: np.ndarray) -> int:
        """Return how many intervals resolve the orbit."""
        return int(np.ceil(min(self._density(scale) @ self.widths / _RESOLVED, 1e9)))

    def too_coarse(self, scale: np.ndarray, fewest: int) -> bool:
        """Return whether the orbit needs many more intervals than it may have."""
        return _MORE * fewest < _ENOUGH * self.intervals_wanted(scale)

    def better_knots(self, scale: np.ndarray, fewest: int | None = None) -> np.ndarray:
        """Return knots that share out the error of the polynomials evenly (de Boor).

        There are as many as before, or as many intervals as the orbit needs, `fewest` and up to `_MORE` times as many.
        """
        h, density = self.widths, self._density(scale)
        count = len(h) if fewest is None else int(np.clip(self.intervals_wanted(scale), fewest, _MORE * fewest))
        # Some of the knots stay spread evenly, so that no interval becomes too long for what the next step brings.
        density = density / max(float(density @ h), 1e-300) + 0.2
        share = np.concatenate([[0.0], np.cumsum(density * h)])
        return np.interp(np.linspace(0, share[-1], count + 1), share, self.knots)


def on_mesh(knots: np.ndarray, states: np.ndarray, scalars: np.ndarray) -> Orbit:
    """Return the orbit whose states at all nodes, shape (4K + 1, n), are given; the last counts as the first."""
    index = DEGREE * np.arange(len(knots) - 1)[:, None] + np.arange(DEGREE + 1)
    closed = states.copy()
    closed[-1] = closed[0]
    return Orbit(knots, closed[index], scalars)


def node_times(knots: np.ndarray) -> np.ndarray:
    """Return the times of all nodes of a mesh, shape (4K + 1,)."""
    return Orbit(knots, np.zeros((len(knots) - 1, DEGREE + 1, 1)), np.zeros(2)).times


def _interpolated(knots: np.ndarray, nodes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    times = node_times(wanted)
    i = np.clip(np.searchsorted(knots, times, side="right") - 1, 0, len(knots) - 2)
    place = (times - knots[i]) / (knots[i + 1] - knots[i])
    states = np.einsum("tj,tjn->tn", _lagrange(place)[0], nodes[i])
    return on_mesh(wanted, states, np.zeros(2)).nodes


@dataclass(frozen=True, eq=False, repr=False)
class Condition(Brief):
    """A linear condition on a step: weights of the nodes (K, 5, n) and of the scalars, and the value wanted."""

    nodes: np.ndarray
    scalars: np.ndarray
    value: float = 0.0


@dataclass(frozen=True, eq=False, repr=False)
class Linearised(Brief):
    """The equations at an orbit, with the inner nodes eliminated.

    Attributes
    ----------
    orbit : Orbit
    inner : ndarray, shape (K, 4, n, n + 3)
        The change of the nodes after the first of each interval: by the change of the first, by the two scalars, and
        what the equations ask for.
    flow : ndarray, shape (K, n)
        The field at the first node of each interval.
    """

    orbit: Orbit
    inner: np.ndarray
    flow: np.ndarray

    @classmethod
    def of(cls, problem: Problem, orbit: Orbit) -> Linearised:
        """Linearise the equations of a problem at an orbit."""
        K, _, n = orbit.nodes.shape
        points = orbit.at_gauss().reshape(-1, n).T
        period, F = problem(orbit.scalars)
        field = F.many(np.hstack([points, orbit.nodes[:, 0].T]))
        speed, flow = period * field[:, : points.shape[1]], field[:, points.shape[1] :].T
        slope = period * F.many_jacobians(points).reshape(K, DEGREE, n, n)
        matrix = np.einsum("kj,i,ab->ikajb", _SLOPES, 1 / orbit.widths, np.eye(n))
        matrix -= np.einsum("kj,ikab->ikajb", _VALUES, slope)
        matrix = matrix.reshape(K, DEGREE * n, (DEGREE + 1) * n)
        residual = np.einsum("kj,ijn->ikn", _SLOPES, orbit.nodes) / orbit.widths[:, None, None]
        residual -= speed.T.reshape(K, DEGREE, n)
        right = np.empty((K, DEGREE * n, n + 3))
        right[:, :, :n] = -matrix[:, :, :n]
        for k in (0, 1):
            right[:, :, n + k] = _by_scalar(problem, orbit.scalars, k, points).T.reshape(K, -1)
        right[:, :, n + 2] = -residual.reshape(K, -1)
        inner = np.linalg.solve(matrix[:, :, n:], right)
        return cls(orbit, inner.reshape(K, DEGREE, n, n + 3), flow)

    @property
    def transfers(self) -> np.ndarray:
        """Maps of small displacements from knot to knot, shape (K, n, n)."""
        n = self.orbit.nodes.shape[2]
        return self.inner[:, -1, :, :n]

    @property
    def monodromy(self) -> np.ndarray:
        """Map of small displacements over a period, from the first knot on, shape (n, n)."""
        product = np.eye(self.orbit.nodes.shape[2])
        for transfer in self.transfers:
            product = transfer @ product
        return product

    @cached_property
    def multipliers(self) -> np.ndarray:
        """Floquet multipliers by decreasing modulus, complex, shape (n,); that of the flow is exactly 1.

        Where a cycle passes a saddle, or follows what repels, displacements grow by many orders and shrink again. What
        is missing of the flow's own direction would fill all others, so only displacements across the flow are carried
        from knot to knot; and what grows most would fill the rest, so they are parted on the way, M = (Q'ᵀQ) R, after
        rounds that turn Q towards the directions in which they grow (Bojanczyk, Golub & Van Dooren 1992).
        """
        across = np.linalg.qr(self.flow[:, :, None], mode="complete")[0][:, :, 1:]
        steps = np.swapaxes(np.roll(across, -1, axis=0), 1, 2) @ self.transfers @ across
        start = now = triangle = np.eye(steps.shape[1])
        for _ in range(_ROUNDS if len(now) > 1 else 1):
            start, triangle = now, np.eye(len(now))
            for step in steps:
                now, factor = np.linalg.qr(step @ now)
                triangle = factor @ triangle
        values = np.append(np.linalg.eigvals(start.T @ now @ triangle), 1.0).astype(complex)
        return np.asarray(values[np.argsort(-np.abs(values), kind="stable")])

    def system(self, conditions: list[Condition]) -> tuple[np.ndarray, np.ndarray]:
        """Return matrix and right side for the changes at the knots and of the scalars."""
        K, _, n, _ = self.inner.shape
        size = K * n
        matrix, right = np.zeros((size + len(conditions), size + 2)), np.zeros(size + len(conditions))
        blocks = matrix[:size, :size].reshape(K, n, K, n)
        i = np.arange(K)
        blocks[i, :, i, :] = -self.transfers
        blocks[i, :, (i + 1) % K, :] += np.eye(n)
        matrix[:size, size:] = -self.inner[:, -1, :, n : n + 2].reshape(size, 2)
        right[:size] = self.inner[:, -1, :, n + 2].ravel()
        for k, some in enumerate(conditions):
            through = np.einsum("ija,ijab->ib", some.nodes[:, 1:], self.inner)
            matrix[size + k, :size] = (some.nodes[:, 0] + through[:, :n]).ravel()
            matrix[size + k, size:] = some.scalars + through[:, n : n + 2].sum(axis=0)
            right[size + k] = some.value - through[:, n + 2].sum()
        return matrix, right

    def expanded(self, solution: np.ndarray, particular: float = 1.0) -> Orbit:
        """Return the step at all nodes, from that at the knots and of the scalars; 0 leaves out what equations ask."""
        K, _, n, _ = self.inner.shape
        at_knots, scalars = solution[: K * n].reshape(K, n), solution[K * n :]
        along = np.concatenate([at_knots, np.tile(np.append(scalars, particular), (K, 1))], axis=1)
        inner = np.einsum("ijab,ib->ija", self.inner, along)
        return Orbit(self.orbit.knots, np.concatenate([at_knots[:, None], inner], axis=1), scalars)

    def carried(self, displacement: np.ndarray) -> np.ndarray:
        """Return how a small displacement at the first knot moves along the cycle, shape (K, 5, n)."""
        K, _, n, _ = self.inner.shape
        nodes = np.empty((K, DEGREE + 1, n))
        for i in range(K):
            nodes[i, 0] = displacement
            nodes[i, 1:] = self.inner[i, :, :, :n] @ displacement
            displacement = nodes[i, -1]
        return nodes

    def adjoint(self) -> np.ndarray:
        """Return the left null vectors at the knots of 'each displacement is carried to the next', shape (K, n)."""
        K, _, n, _ = self.inner.shape
        matrix = np.zeros((K, n, K, n))
        i = np.arange(K)
        matrix[i, :, i, :] = np.eye(n)
        matrix[i, :, (i + 1) % K, :] -= np.swapaxes(self.transfers, 1, 2)
        return np.linalg.svd(matrix.reshape(K * n, K * n))[2][-1].reshape(K, n)


def _by_scalar(problem: Problem, scalars: np.ndarray, k: int, points: np.ndarray) -> np.ndarray:
    """Return the derivative of the period times the field by a scalar, at many points, shape (n, m)."""
    shift = _SHIFT * max(abs(scalars[k]), 1e-3)
    sides = []
    for sign in (1, -1):
        moved = scalars.copy()
        moved[k] += sign * shift
        period, F = problem(moved)
        sides.append(period * F.many(points))
    return np.asarray(sides[0] - sides[1]) / (2 * shift)


def phase_condition(reference: Orbit, orbit: Orbit) -> Condition:
    """Return the condition ∫(u − reference)·d(reference)/ds ds = 0 for a step from `orbit`."""
    slope = np.einsum("kj,ijn->ikn", _SLOPES, reference.nodes)
    weights = np.einsum("k,kj,ikn->ijn", _WEIGHTS, _VALUES, slope)
    return Condition(weights, np.zeros(2), float((weights * (reference.nodes - orbit.nodes)).sum()))


def inner_product(a: Orbit, scale: np.ndarray, scalar_scale: np.ndarray) -> Condition:
    """Return the functional b ↦ ∫a·b ds / scale² + the product of the scalars over their scales squared."""
    weights = np.einsum("i,k,kj,ikn->ijn", a.widths, _WEIGHTS, _VALUES, a.at_gauss()) / scale**2
    return Condition(weights, a.scalars / scalar_scale**2)


def applied(condition: Condition, b: Orbit) -> float:
    """Return what a functional makes of an orbit."""
    return float((condition.nodes * b.nodes).sum() + condition.scalars @ b.scalars)


def corrected(
    problem: Problem, guess: Orbit, conditions: Callable[[Orbit], list[Condition]], scale: np.ndarray, rounds: int = 10
) -> tuple[Linearised, int] | None:
    """Return the cycle near `guess`, linearised, and how many steps Newton's method took; None if it fails."""
    orbit = guess
    for k in range(rounds):
        with np.errstate(all="ignore"):
            try:
                linear = Linearised.of(problem, orbit)
                matrix, right = linear.system(conditions(orbit))
                step = linear.expanded(np.linalg.solve(matrix, right))
            except (np.linalg.LinAlgError, ValueError):
                return None
        if not np.isfinite(step.nodes).all() or np.abs(step.nodes / scale).max() > 1e3:
            return None
        orbit = orbit.moved(step)
        if np.abs(step.nodes / scale).max() < _CONVERGED:
            try:
                return Linearised.of(problem, orbit), k + 1
            except (np.linalg.LinAlgError, ValueError):
                return None
    return None
