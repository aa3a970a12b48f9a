"""Flows of autonomous vector fields: trajectories, arrows on a grid, phase lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike, as_box, beyond_numbers
from rheobase.dynamics.fixed_points.fixed_points import FixedPoint, fixed_points, flow_beside
from rheobase.dynamics.solvers import SOLVERS
from rheobase.models.values import Brief


@dataclass(frozen=True, eq=False, repr=False)
class Trajectory(Brief):
    """A solution of u' = F(u).

    Attributes
    ----------
    times : ndarray, shape (K,)
    states : ndarray, shape (K, n)
    """

    times: np.ndarray
    states: np.ndarray

    @property
    def end(self) -> np.ndarray:
        """The last state, shape (n,)."""
        return self.states[-1]


def trajectory(
    field: FieldLike, x0: npt.ArrayLike, duration: float, dt: float = 0.1, *, method: str = "adaptive"
) -> Trajectory:
    """Solve u' = F(u) from `x0` for a time `duration`.

    Parameters
    ----------
    field : callable or object
        See `Field`.
    x0 : array_like, shape (n,)
    duration : float
        Time to follow the solution, a multiple of `dt`.
    dt : float
        Spacing of the times returned, and the step of ``"euler"`` and ``"rk4"``.
    method : {"adaptive", "rk4", "euler"}

    Returns
    -------
    Trajectory

    Raises
    ------
    ValueError
        If the field or the solution is not finite; the message says how far the solution got.

    Examples
    --------
    >>> trajectory(lambda u: u**2 - 1, [0.6], 5, dt=0.01, method="euler").end.round(5)
    array([-0.99966])
    """
    F = Field(field)
    checks.choice("method", method, SOLVERS)
    start = F.at("x0", x0)
    dt = checks.number("dt", dt, unit="", above=0)
    count = checks.steps("duration", duration, dt, unit="")
    checks.memory("duration", 8 * count * (start.size + 1))
    times = dt * np.arange(count + 1)
    return Trajectory(times, SOLVERS[method](lambda u, t: F(u), start, times))


def flow_map(field: FieldLike, x0: npt.ArrayLike, t: float) -> np.ndarray:
    """Return the flow map φ_t(x0): the state reached from `x0` after time `t` (backwards where `t` < 0).

    Parameters
    ----------
    field : callable or object
        See `Field`.
    x0 : array_like, shape (n,)
    t : float

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> flow_map(lambda u: -u, [1.0], 1.0).round(6)
    array([0.367879])
    """
    F = Field(field)
    start, t = F.at("x0", x0), checks.number("t", t, unit="")
    if t == 0:
        return start
    sign = np.sign(t)
    return SOLVERS["adaptive"](lambda u, s: sign * F(u), start, [0.0, abs(t)])[-1]


def evaluate_on_grid(
    field: FieldLike, box: npt.ArrayLike, points: int = 20
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Evaluate a planar field on a grid, ready for ``quiver`` or ``streamplot``.

    Parameters
    ----------
    field : callable or object
        Planar field, see `Field`.
    box : array_like, shape (2, 2)
        ``[(x_low, x_high), (y_low, y_high)]``.
    points : int
        Grid points along each axis.

    Returns
    -------
    x, y : ndarray, shape (points,)
    dx, dy : ndarray, shape (points, points)
        Indexed ``[y, x]``.

    Examples
    --------
    >>> x, y, dx, dy = evaluate_on_grid(lambda u: -u, [(-1, 1), (-1, 1)], points=3)
    >>> dx[0]
    array([ 1., -0., -1.])
    """
    F = Field(field)
    x, y = plane_axes(F.box(box), points)
    grid = np.stack(np.meshgrid(x, y)).reshape(2, -1)
    dx, dy = F.many(grid).reshape(2, len(y), len(x))
    return x, y, dx, dy


def plane_axes(box: npt.ArrayLike, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the two axes of a grid over a planar `box`, shape (points,) each."""
    bounds = as_box(box)
    if len(bounds) != 2:
        raise ValueError(f"box must have two dimensions, shape (2, 2), got shape {bounds.shape}")
    points = checks.integer("points", points, low=2)
    checks.memory("points", 64 * points**2)
    (left, right), (bottom, top) = bounds
    return np.linspace(left, right, points), np.linspace(bottom, top, points)


@dataclass(frozen=True, eq=False, repr=False)
class PhaseLine(Brief):
    """The phase line of x' = f(x) (book A.7).

    Attributes
    ----------
    x, velocity : ndarray, shape (K,)
        Positions and f there.
    fixed_points : tuple of FixedPoint
        Where the slope vanishes, the flow on either side tells ``"stable"``, ``"unstable"`` and ``"half-stable"``.
    arrows : ndarray, shape (number of fixed points + 1,)
        Direction of the flow between consecutive fixed points, from left to right: +1 right, −1 left.
    """

    x: np.ndarray
    velocity: np.ndarray
    fixed_points: tuple[FixedPoint, ...]
    arrows: np.ndarray


@beyond_numbers()
def phase_line(field: FieldLike, low: float, high: float, points: int = 401) -> PhaseLine:
    """Return the phase line of a one-dimensional field between `low` and `high`.

    Parameters
    ----------
    field : callable or object
        One-dimensional field, see `Field`.
    low, high : float
    points : int
        Positions at which f is evaluated.

    Returns
    -------
    PhaseLine

    Examples
    --------
    >>> phase_line(lambda x: x**2 - 1, -2, 2).arrows
    array([ 1, -1,  1])
    """
    F = Field(field)
    low, high = checks.number("low", low), checks.number("high", high)
    if low >= high:
        raise ValueError(f"low must lie below high, got {low:g} and {high:g}")
    points = checks.integer("points", points, low=2)
    checks.memory("points", 32 * points)
    found = fixed_points(F, (low, high))
    x = np.linspace(low, high, points)
    return PhaseLine(x, F.many(x[None])[0], tuple(found), flow_beside(F, low, high, found))
