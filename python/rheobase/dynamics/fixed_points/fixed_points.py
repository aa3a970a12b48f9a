"""Fixed points: where a vector field vanishes, and what happens next to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import optimize
from scipy.stats import qmc

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike, beyond_numbers
from rheobase.dynamics.fixed_points.continua import change_around, continuum_dimension
from rheobase.dynamics.fixed_points.linear_systems import one_blas_thread
from rheobase.dynamics.fixed_points.newton_steps import (
    bounded_newton,
    flow_to_rest,
    in_batches,
    least_squares,
    settle,
    speeds,
)
from rheobase.dynamics.fixed_points.slow_points import distinct_points, is_odd
from rheobase.dynamics.stability import classify
from rheobase.models.values import Brief

#: Indices in one dimension, where the flow on either side tells.
_INDICES = {"stable": 1, "unstable": -1, "half-stable": 0}


#: Points that stand for a region of the plane in which a field vanishes, about.
_STILL = 30

#: Points that stand for a continuum of fixed points.
_STAND_FOR = 12

#: Slope on a line, next to those around it, up to which the flow beside a fixed point tells more of it.
_LEVEL = 1e-6


@dataclass(frozen=True, eq=False, repr=False)
class FixedPoint(Brief):
    """A fixed point u* of u' = F(u), with F linearised there.

    Attributes
    ----------
    u : ndarray, shape (n,)
    jacobian : ndarray, shape (n, n)
    eigenvalues : ndarray of complex, shape (n,)
        By decreasing real part.
    kind : str
        See `classify`; ``"degenerate"`` where the field has no slope, with NaN for eigenvalues. In one dimension the
        flow on either side tells where the slope is zero, and a point that draws from one side is ``"half-stable"``.
    continuum : int, default 0
        Dimension of the set of fixed points around it: 0 for an isolated point, 1 on a line of them (a line or ring
        attractor), 2 on a surface. The Jacobian is singular along the set.
    """

    u: np.ndarray
    jacobian: np.ndarray
    eigenvalues: np.ndarray
    kind: str
    continuum: int = 0

    @property
    def stable(self) -> bool:
        """Whether every eigenvalue has a negative real part, or the flow on both sides of a phase line comes here.

        A point on a continuum is not: what is moved along the set does not come back.
        """
        if self.continuum:
            return False
        if len(self.u) == 1 and self.kind in _INDICES:
            return self.kind == "stable"
        return bool((self.eigenvalues.real < 0).all()) and self.kind not in ("centre", "degenerate")

    @property
    def index(self) -> int:
        """Poincaré–Hopf index (−1)^k with k unstable directions, +1 for a node and −1 for a planar saddle.

        It is 0 for a half-stable point, and for a degenerate one or one on a continuum, where the linearisation does
        not tell.
        """
        if self.continuum:
            return 0
        if len(self.u) == 1 and self.kind in _INDICES:
            return _INDICES[self.kind]
        return 0 if self.kind == "degenerate" else 1 - 2 * int((self.eigenvalues.real > 0).sum() % 2)

    @property
    def trace(self) -> float:
        """Trace of the Jacobian, the sum of the eigenvalues (eq. A.31)."""
        return float(np.trace(self.jacobian))

    @property
    def determinant(self) -> float:
        """Determinant of the Jacobian, the product of the eigenvalues (eq. A.31); a stable planar point has D > 0."""
        return float(np.linalg.det(self.jacobian))

    def _repr_html_(self) -> str:
        at = ", ".join(f"{x:.6g}" for x in self.u)
        values = ", ".join(f"{x:.4g}" for x in self.eigenvalues)
        where = f", not isolated: on a continuum of dimension {self.continuum}" if self.continuum else ""
        return f"<b>{self.kind}</b>{where}, at ({at}); eigenvalues {values}"


class FixedPoints(tuple[FixedPoint, ...]):
    """Fixed points found in a box: a tuple of them, and what tells whether some are missing.

    Attributes
    ----------
    inward : bool
        Whether the field points into the box wherever its boundary was looked at.

    Where fixed points are not isolated but fill a line or a surface, a dozen of them, spread over it, stand for all;
    see `FixedPoint.continuum`.
    """

    inward: bool

    def __new__(cls, points: Iterable[FixedPoint] = (), inward: bool = False) -> FixedPoints:
        """Hold `points` and what was seen of the boundary."""
        made = super().__new__(cls, points)
        made.inward = inward
        return made

    def __getnewargs__(self) -> tuple[tuple[FixedPoint, ...], bool]:
        return tuple(self), self.inward

    @property
    def index_sum(self) -> int | None:
        """Sum of the Poincaré–Hopf indices; None where a degenerate point has none to add."""
        return None if any(point.index == 0 for point in self) else sum(point.index for point in self)

    @property
    def complete(self) -> bool | None:
        """Whether the indices add up to 1, as those of all fixed points do where the field points into the box.

        False: some are missing. True: none or several are, such that their indices cancel. None: this cannot be told,
        since the field does not point inward, or a point is degenerate.
        """
        return None if not self.inward or self.index_sum is None else self.index_sum == 1

    def _repr_html_(self) -> str:
        rows = "".join(f"<li>{point._repr_html_()}</li>" for point in self)
        verdict = {True: "1, as it must be", False: f"{self.index_sum}, so that some are missing"}
        told = verdict[self.complete] if self.complete is not None else "not telling here"
        spread = sum(point.continuum > 0 for point in self)
        note = f"; {spread} of them are not isolated and stand for a continuum of fixed points" if spread else ""
        return f"<b>{len(self)} fixed points</b>{note}; sum of indices {told}<ul>{rows}</ul>"


@beyond_numbers()
def linearise(field: FieldLike, u: npt.ArrayLike) -> FixedPoint:
    """Return the fixed point at `u`, which is taken as given, with its Jacobian, eigenvalues and kind.

    Parameters
    ----------
    field : callable or object
        See `Field`.
    u : array_like, shape (n,)

    Returns
    -------
    FixedPoint

    Examples
    --------
    >>> linearise(lambda u: -u, [0.0]).kind
    'stable'
    """
    F = Field.precise(field)
    u = F.at("u", u)
    jacobian = F.jacobian(u)
    if not np.isfinite(jacobian).all():  # as of √x at 0, where the field ends
        return FixedPoint(u, jacobian, np.full(u.size, complex(np.nan)), "degenerate")
    eigenvalues = np.linalg.eigvals(jacobian).astype(complex)
    kind = "degenerate" if _flat(F, u, jacobian) else classify(jacobian)
    return FixedPoint(u, jacobian, eigenvalues[np.argsort(-eigenvalues.real, kind="stable")], kind)


def _flat(F: Field, u: np.ndarray, jacobian: np.ndarray) -> bool:
    """Whether a field is flat at its zero `u`: eigenvalues are all small only next to the slopes around it."""
    h = 1e-6 * max(float(np.abs(u).max()), 1.0)
    shifts = h * np.eye(u.size)
    around = np.abs(F.many(np.concatenate([u[:, None] + shifts, u[:, None] - shifts], axis=1))).max() / h
    return bool(np.abs(jacobian).max() < 0.1 * around)


class NotReached(ValueError):
    """An iteration did not arrive at a fixed point."""


@beyond_numbers()
def newton(field: FieldLike, x0: npt.ArrayLike) -> np.ndarray:
    """Return the fixed point reached from `x0` by Newton's method with a trust region (MINPACK's hybrj).

    Parameters
    ----------
    field : callable or object
        See `Field`.
    x0 : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        If the iteration does not converge; the message says where it ended.

    Examples
    --------
    >>> newton(lambda u: u**2 - 1, [0.7])
    array([1.])
    """
    F = Field.precise(field)
    start = F.at("x0", x0)
    found = _polish(F, start)
    if found is None:
        raise NotReached(f"no fixed point could be reached from x0 = {start}")
    return found


@beyond_numbers()
def fixed_points(
    field: FieldLike,
    box: npt.ArrayLike,
    *,
    points: int | None = None,
    starts: int = 300,
    seed: checks.Seed = 0,
) -> FixedPoints:
    """Find the fixed points in a box.

    In one dimension they are the changes of sign of F on a grid, refined by Brent's method, and the places where F
    touches zero. In two dimensions the candidates are the cells of a grid which both nullclines cross, and those where
    the speed is lowest. In three or more dimensions there are many starts that fill the box evenly: some are carried to
    zeros by Newton's method, which finds points of every kind, and as many follow the flow, which finds what attracts.
    Rounds of starts go on until each point was met twice and the indices add up, or enough were made. If the field is
    odd, F(−u) = −F(u), the mirror image of each point is one, too.

    No search by starts can promise that none is missing. `FixedPoints.complete` tells what the indices say: where the
    field points into the box, those of all fixed points add up to 1.

    Parameters
    ----------
    field : callable or object
        See `Field`.
    box : array_like, shape (n, 2)
        ``[(low, high), ...]``; a single pair in one dimension.
    points : int, optional
        Grid points along each axis, in one (default 2001) and two (default 201) dimensions. Fixed points closer
        together than a cell may be missed.
    starts : int, default 300
        Number of starts of either sort per round, in three and more dimensions.
    seed : int, SeedSequence or Generator, default 0
        For the starts in three and more dimensions.

    Returns
    -------
    FixedPoints
        A tuple of `FixedPoint` in lexicographic order of the location; empty if none was found.

    Raises
    ------
    ValueError
        If the field is finite nowhere in the box.

    Examples
    --------
    >>> [p.kind for p in fixed_points(lambda x: x**2 - 1, (-2, 2))]
    ['stable', 'unstable']
    """
    F = Field.precise(field)
    bounds = F.box(box)
    n = len(bounds)
    if points is None:
        points = 2001 if n == 1 else 201
    points = checks.integer("points", points, low=3)
    checks.memory("points", 64 * points ** min(n, 2))
    if n == 1:
        found = _roots(F, bounds, points)
    elif n == 2:
        crossed, lowest = _cells(F, bounds, points)
        ends = [u for guess in crossed if (u := _polish(F, guess)) is not None]
        found = _distinct(F, bounds, np.array([*ends, *_touching(F, lowest)]).reshape(-1, 2).T)
    else:
        starts, random = checks.integer("starts", starts, low=1), checks.generator(seed)
        checks.memory("starts", 64 * starts * n)
        with one_blas_thread():
            found = _search(F, bounds, starts, random)
    order = [linearise(F, u) for u in sorted(found, key=lambda u: tuple(u))]
    order = _told_by_sides(F, bounds, order) if n == 1 else order
    return FixedPoints(_thinned(F, bounds, order), _points_inward(F, bounds))


def _thinned(F: Field, bounds: np.ndarray, points: list[FixedPoint]) -> list[FixedPoint]:
    """Return the fixed points, those on a continuum named so, and of these but some that are far from each other."""
    width = np.ptp(bounds, axis=1)
    sizes = [continuum_dimension(F, point.u, point.jacobian, width) for point in points]
    apart = [point for point, size in zip(points, sizes, strict=True) if not size]
    joined = [replace(point, continuum=size) for point, size in zip(points, sizes, strict=True) if size]
    if not joined:
        return points
    at = np.array([point.u for point in joined]) / width
    chosen, distance = [0], np.linalg.norm(at - at[0], axis=1)
    while len(chosen) < min(_STAND_FOR, len(joined)):
        chosen.append(int(np.argmax(distance)))
        distance = np.minimum(distance, np.linalg.norm(at - at[chosen[-1]], axis=1))
    return sorted(apart + [joined[k] for k in chosen], key=lambda point: tuple(point.u))


def _mostly_joined(F: Field, bounds: np.ndarray, points: np.ndarray) -> bool:
    """Whether many points were found, (n, m), and most are on a continuum, of which more rounds only find more."""
    some, width = points.T[:: 1 + points.shape[1] // _STAND_FOR], np.ptp(bounds, axis=1)
    if points.shape[1] <= 2 * _STAND_FOR:
        return False
    sizes = [continuum_dimension(F, u, F.jacobian(u), width) for u in some]
    return bool(np.mean(np.array(sizes) > 0) > 0.5)


#: Cells into which a box is divided along each axis, and what part of the field around it may be left of it at a zero.
_CELLS, _SMALL = 200, 1e-6

#: What a fixed point of slope 0 on a line is, by the direction of the flow on its left and on its right.
_SIDES = {(1, 1): "half-stable", (-1, -1): "half-stable", (1, -1): "stable", (-1, 1): "unstable"}


def flow_beside(F: Field, low: float, high: float, points: Iterable[FixedPoint]) -> np.ndarray:
    """Return the direction of the flow on a line, −1, 0 or 1, before the first of M points and after each, (M + 1,)."""
    edges = np.concatenate([[low], [p.u[0] for p in points], [high]])
    return np.sign(np.nan_to_num(F.many((edges[None, 1:] + edges[None, :-1]) / 2)[0])).astype(int)


def _told_by_sides(F: Field, bounds: np.ndarray, points: list[FixedPoint]) -> list[FixedPoint]:
    """Return the fixed points of a line, in order, those of slope zero named by the flow beside them.

    A slope that differences give may have the wrong sign where it is next to nothing, as at the zero of x⁵.
    """
    width = np.ptp(bounds, axis=1)

    def is_level(point: FixedPoint) -> bool:
        slope = abs(float(point.jacobian[0, 0])) * float(width[0])
        return point.kind == "degenerate" or slope <= _LEVEL * change_around(F, point.u, width, 0.1)

    flow = flow_beside(F, bounds[0, 0], bounds[0, 1], points).tolist()
    return [
        replace(point, kind=_SIDES[left, right]) if left * right and is_level(point) else point
        for point, left, right in zip(points, flow[:-1], flow[1:], strict=True)
    ]


def _roots(F: Field, bounds: np.ndarray, points: int) -> list[np.ndarray]:
    """Zeros of a scalar field: changes of sign, exact zeros and places where the field touches zero."""
    x = np.linspace(bounds[0, 0], bounds[0, 1], points)
    y = _finite_somewhere(F.many(x[None]))[0]
    found = [x[[k]] for k in np.flatnonzero(y == 0)]
    for k in np.flatnonzero(y[:-1] * y[1:] < 0):
        # A pole and a jump change sign too: a root must make the field small.
        root = optimize.brentq(lambda v: F([v])[0], x[k], x[k + 1], xtol=1e-14 * np.ptp(bounds), rtol=1e-15)
        if abs(F([root])[0]) <= 1e-3 * min(abs(y[k]), abs(y[k + 1])) + 1e-9 * np.nanmedian(np.abs(y)):
            found.append(np.array([root]))
    size = np.abs(y)
    inner = size[1:-1]
    dips = 1 + np.flatnonzero((inner < size[:-2]) & (inner <= size[2:]) & (y[:-2] * y[2:] > 0) & (y[1:-1] * y[2:] > 0))
    for k in dips[size[dips] < 0.01 * np.nanmax(size)]:
        found += _roots_of_dip(F, x[k - 1], x[k + 1], float(np.sign(y[k])), 1e-12 * float(np.nanmax(size)))
    found.sort(key=lambda u: float(u[0]))
    apart = [u for k, u in enumerate(found) if not k or u[0] - found[k - 1][0] > 1e-12 * np.ptp(bounds)]
    return apart


def _roots_of_dip(F: Field, low: float, high: float, sign: float, zero: float) -> list[np.ndarray]:
    """Zeros of a scalar field between two points of one sign: two close ones, one that it touches, or none."""
    bottom = optimize.minimize_scalar(
        lambda v: sign * F([v])[0], bounds=(low, high), method="bounded", options={"xatol": 1e-13}
    )
    if abs(bottom.fun) < zero:
        return [np.array([bottom.x])]
    if bottom.fun > 0:
        return []
    edges = ((low, bottom.x), (bottom.x, high))
    return [np.array([optimize.brentq(lambda v: F([v])[0], a, b, xtol=1e-14, rtol=1e-15)]) for a, b in edges]


def _cells(F: Field, bounds: np.ndarray, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Return guesses in the plane, one per row: in cells that both nullclines cross, and where the speed is lowest."""
    x, y = (np.linspace(b[0], b[1], points) for b in bounds)
    values = _finite_somewhere(F.many(np.stack(np.meshgrid(x, y, indexing="ij")).reshape(2, -1)))
    values = values.reshape(2, points, points)
    corners = np.stack([values[:, :-1, :-1], values[:, 1:, :-1], values[:, :-1, 1:], values[:, 1:, 1:]])
    crossed = ((corners.min(axis=0) <= 0) & (corners.max(axis=0) >= 0)).all(axis=0)
    # Where a field vanishes all over, a few of its points stand for the others.
    still = np.flatnonzero((corners == 0).all(axis=(0, 1)))
    looked_at = crossed.copy()
    looked_at.ravel()[np.setdiff1d(still, still[:: 1 + len(still) // _STILL])] = False
    i, j = np.nonzero(looked_at)
    # The centre and two opposite corners, so that a pair of points in one cell (near a fold) is found whole.
    guesses = np.concatenate(
        [
            np.stack([x[i] + a * (x[1] - x[0]), y[j] + b * (y[1] - y[0])], axis=1)
            for a, b in ((0.5, 0.5), (0.05, 0.05), (0.95, 0.95))
        ]
    )
    # Where the field touches zero without a change of sign the speed, each component in units of its own, has a dip.
    unit = np.nanmax(np.where(np.isfinite(values), np.abs(values), np.nan), axis=(1, 2), keepdims=True)
    speed = np.nan_to_num(np.linalg.norm(values / np.maximum(unit, 1e-300), axis=0), nan=np.inf, posinf=np.inf)
    around = np.stack(
        [
            np.pad(speed, 1, constant_values=np.inf)[1 + a : points + 1 + a, 1 + b : points + 1 + b]
            for a in (-1, 0, 1)
            for b in (-1, 0, 1)
            if (a, b) != (0, 0)
        ]
    )
    near = np.pad(crossed, 1)
    taken = near[:-1, :-1] | near[1:, :-1] | near[:-1, 1:] | near[1:, 1:]
    i, j = np.nonzero((speed <= around.min(axis=0)) & (speed < 0.05) & ~taken)
    return guesses, np.stack([x[i], y[j]], axis=1)[:500]


def _touching(F: Field, guesses: np.ndarray) -> list[np.ndarray]:
    """Zeros reached from the lowest speeds of a grid, guesses and results one per row."""
    if not len(guesses):
        return []
    ends, _ = least_squares(F, guesses.T, 1e-9, 100)
    ends = settle(F, ends)
    scale = np.linalg.norm(F.many_jacobians(guesses.T), axis=(1, 2)) + 1e-300
    return list(ends.T[speeds(F, ends) < 1e-12 * np.maximum(scale, 1e-3 * scale.max())])


def _search(F: Field, bounds: np.ndarray, starts: int, random: np.random.Generator) -> list[np.ndarray]:
    """Find fixed points in three and more dimensions, by rounds of starts."""
    width = np.ptp(bounds, axis=1)
    symmetric = bool((np.abs(bounds.sum(axis=1)) < 1e-9 * width).all())
    inward = _points_inward(F, bounds)
    tolerance, step = 1e-9, 0.25 * float(np.sqrt(np.mean(width**2)))
    ends = points = np.zeros((len(bounds), 0))
    # In many dimensions a round takes long, and finds what it can.
    for _ in range(min(max(200 // len(bounds), 3), 20)):
        unit = qmc.LatinHypercube(len(bounds), rng=random).random(2 * starts)
        cloud = (bounds[:, 0] + unit * width).T
        cloud = cloud[:, np.isfinite(_finite_somewhere(F.many(cloud))).all(axis=0)]
        # Next to the smaller values of the field, for it may grow exponentially in most of the box.
        sized = tolerance * max(1.0, float(np.quantile(np.linalg.norm(F.many(cloud), axis=0), 0.02)))
        half = cloud.shape[1] // 2
        direct, path = cloud[:, :half], cloud[:, half:]
        if points.shape[1] > 1:
            # Saddles lie between points that are known.
            direct[:, ::2] = points[:, random.integers(points.shape[1], size=(2, (half + 1) // 2))].mean(axis=1)
        fresh = [_newton_in_batches(F, direct, sized, step)]
        # On its way to what attracts the flow passes by saddles, which Newton's method then finds.
        for _ in range(2):
            path = _flow_in_batches(F, path, sized, 8)
            fresh.append(_newton_in_batches(F, path, sized, step))
        found = np.concatenate([*fresh, _flow_in_batches(F, path, sized, 200)], axis=1)
        found = found[:, speeds(F, found) < sized]
        if symmetric and is_odd(F, cloud):
            found = np.concatenate([found, -found], axis=1)
        inside = ((bounds[:, 0] - 1e-9 * width <= found.T) & (bounds[:, 1] + 1e-9 * width >= found.T)).all(axis=1)
        ends = np.concatenate([ends, found[:, inside]], axis=1)
        points, hits = distinct_points(F, ends, sized)
        if not ends.shape[1] or _mostly_joined(F, bounds, points):
            break
        if (hits > 1).all() and (not inward or _index_sum(F, points) in (None, 1)):
            break
    return _distinct(F, bounds, points)


def _newton_in_batches(F: Field, x: np.ndarray, tolerance: float, step: float) -> np.ndarray:
    return in_batches(lambda some: bounded_newton(F, some, tolerance, step, 40), x)


def _flow_in_batches(F: Field, x: np.ndarray, tolerance: float, max_iterations: int) -> np.ndarray:
    return in_batches(lambda some: flow_to_rest(F, some, tolerance, max_iterations), x)


def _index_sum(F: Field, points: np.ndarray) -> int | None:
    return FixedPoints(linearise(F, u) for u in points.T).index_sum


def _polish(F: Field, guess: np.ndarray) -> np.ndarray | None:
    """Newton's method from `guess`; None where it does not end at a zero of the field."""
    slope = F(guess)
    if not np.isfinite(slope).all():
        return None
    # The trial steps may leave the domain of the field: MINPACK then only shortens them.
    with np.errstate(all="ignore"):
        result = optimize.root(
            F, guess, jac=lambda u: np.nan_to_num(F.jacobian(u)), method="hybr", options={"xtol": 1e-13}
        )
        u, residual = result.x, F(result.x)
        # What remains must be explained by rounding: an error of 1e-9 in u, or a field flat to second order.
        allowed = 1e-9 * np.abs(F.jacobian(u)) @ np.maximum(np.abs(u), 1) + 1e-12 * (1 + np.abs(slope))
    return u if np.isfinite(residual).all() and (np.abs(residual) <= allowed).all() else None


def _distinct(F: Field, bounds: np.ndarray, found: np.ndarray) -> list[np.ndarray]:
    """Keep one of each group of points closer than 1e-6 of the box, shape (n, m), and only points inside it."""
    width = np.ptp(bounds, axis=1)
    ends = settle(F, found).T
    ends = ends[((ends >= bounds[:, 0] - 1e-9 * width) & (ends <= bounds[:, 1] + 1e-9 * width)).all(axis=1)]
    ends = np.array([u for u in ends if _vanishes(F, u, width)])
    kept: list[np.ndarray] = []
    while len(ends):
        kept.append(ends[0])
        ends = ends[(np.abs(ends - ends[0]) > 1e-6 * width).any(axis=1)]
    return kept


def _vanishes(F: Field, u: np.ndarray, width: np.ndarray) -> bool:
    """Return whether the field at a state is small next to what it is around, within a cell of the box.

    Where it grows exponentially somewhere in the box, what is small next to that may be large here.
    """
    shifts = np.diag(np.maximum(width / _CELLS, 1e-3 * np.abs(u)))
    values = F.many(np.concatenate([u[:, None], u[:, None] + shifts, u[:, None] - shifts], axis=1))
    sizes = np.nan_to_num(np.linalg.norm(values, axis=0), nan=0.0, posinf=0.0)
    return bool(sizes[0] <= _SMALL * sizes.max())


def _points_inward(F: Field, bounds: np.ndarray) -> bool:
    """Return whether the field points into the box at random places of each of its faces, and at their middles."""
    n = len(bounds)
    unit = np.random.default_rng(0).random((n, 12))
    unit[:, 0] = 0.5
    for k in range(n):
        for side, sign in ((0, 1.0), (1, -1.0)):
            face = bounds[:, :1] + unit * np.ptp(bounds, axis=1)[:, None]
            face[k] = bounds[k, side]
            if not (sign * F.many(face)[k] > 0).all():
                return False
    return True


def _finite_somewhere(values: np.ndarray) -> np.ndarray:
    """Return field `values` if any is finite, else complain."""
    if not np.isfinite(values).all(axis=0).any():
        raise ValueError("field must be finite somewhere in the box, got no finite value on the whole grid")
    return values
