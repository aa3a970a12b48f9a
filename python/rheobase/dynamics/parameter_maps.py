"""Two parameters at once: the number of fixed points over a plane, its fold curves and their cusps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.arclength import Curve, trace
from rheobase.dynamics.continuation import state_scales
from rheobase.dynamics.events import events_along
from rheobase.dynamics.fields import Field, FieldLike, as_box, numerical_jacobian
from rheobase.dynamics.fixed_points import fixed_points, newton
from rheobase.models.values import Brief
from rheobase.progress import counted

#: A function from two parameters to a vector field.
PlaneFamily = Callable[[float, float], FieldLike]


@dataclass(frozen=True, eq=False, repr=False)
class FixedPointMap(Brief):
    """Numbers of fixed points over a plane of two parameters.

    Attributes
    ----------
    p : ndarray, shape (P,)
    q : ndarray, shape (Q,)
    total, stable : ndarray of int, shape (Q, P)
        Number of fixed points, and of stable ones, at ``(p[j], q[i])``.
    """

    p: np.ndarray
    q: np.ndarray
    total: np.ndarray
    stable: np.ndarray


def fixed_point_map(
    family: PlaneFamily,
    p: npt.ArrayLike,
    q: npt.ArrayLike,
    box: npt.ArrayLike,
    *,
    points: int | None = None,
    progress: bool = False,
) -> FixedPointMap:
    """Count the fixed points in a box at every point of a grid of two parameters.

    Parameters
    ----------
    family : callable
        From the parameters (p, q) to a vector field, see `Field`.
    p, q : array_like
        The values of the parameters, shapes (P,) and (Q,).
    box : array_like, shape (n, 2)
    points : int, optional
        See `fixed_points`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    FixedPointMap

    Examples
    --------
    >>> fixed_point_map(lambda a, b: lambda x: a + b * x - x**3, [0.0], [-1, 1], (-3, 3)).total.ravel()
    array([1, 3])
    """
    family = checks.function("family", family)
    p_values, q_values = checks.array("p", p, shape=(None,)), checks.array("q", q, shape=(None,))
    total = np.zeros((len(q_values), len(p_values)), dtype=int)
    stable = np.zeros_like(total)
    for i, b in enumerate(counted(q_values, "fixed points", "line", progress)):
        for j, a in enumerate(p_values):
            found = fixed_points(family(float(a), float(b)), box, points=points)
            total[i, j], stable[i, j] = len(found), sum(point.stable for point in found)
    return FixedPointMap(p_values, q_values, total, stable)


@dataclass(frozen=True, eq=False, repr=False)
class FoldCurve(Brief):
    """A curve of folds in the plane of two parameters.

    Attributes
    ----------
    p, q : ndarray, shape (K,)
    states : ndarray, shape (K, n)
        The fixed point that folds.
    cusps : ndarray, shape (C, 2)
        Points (p, q) at which two folds meet and vanish.
    ended : tuple of str
        As in `Branch`.
    """

    p: np.ndarray
    q: np.ndarray
    states: np.ndarray
    cusps: np.ndarray
    ended: tuple[str, str]


def fold_curve(
    family: PlaneFamily,
    x0: npt.ArrayLike,
    p0: float,
    q0: float,
    p_range: tuple[float, float],
    q_range: tuple[float, float],
    *,
    box: npt.ArrayLike | None = None,
    step: float = 0.02,
    max_steps: int = 2000,
) -> FoldCurve:
    """Follow a fold through the plane of two parameters, around its cusps.

    The fold solves F(u, p, q) = 0, J v = 0, v·v = 1 for u, v and p, and is continued in q by pseudo-arclength. A cusp
    is a zero of the quadratic coefficient w·D²F(v, v), with w the left null vector of J.

    Parameters
    ----------
    family : callable
        From the parameters (p, q) to a vector field, see `Field`.
    x0 : array_like, shape (n,)
        The fold, near enough for Newton's method, as found by `continuation` in p at `q0`.
    p0, q0 : float
        Its parameters.
    p_range, q_range : tuple of float
    box : array_like, shape (n, 2), optional
        Its widths set the scales of the state. Default: max(abs(x0), 1).
    step : float
        Longest step, relative to the ranges and the scales.
    max_steps : int
        Most points in each direction.

    Returns
    -------
    FoldCurve

    Raises
    ------
    ValueError
        If no fold can be reached from the start.

    Examples
    --------
    >>> curve = fold_curve(lambda a, b: lambda x: a + b * x - x**3, [0.6], -0.4, 1.0, (-1, 1), (-1, 1))
    >>> bool(abs(curve.cusps).max() < 1e-8)
    True
    """
    step, max_steps = checks.number("step", step, above=0, high=0.5), checks.integer("max_steps", max_steps, low=1)
    family = checks.function("family", family)
    p_bounds, q_bounds = as_box(p_range, "p_range")[0], as_box(q_range, "q_range")[0]
    p0 = checks.number("p0", p0, low=p_bounds[0], high=p_bounds[1])
    q0 = checks.number("q0", q0, low=q_bounds[0], high=q_bounds[1])
    u = Field(family(p0, q0)).at("x0", x0)
    n = u.size
    scale = np.concatenate([state_scales(u, box), np.ones(n), [np.ptp(p_bounds), np.ptp(q_bounds)]])

    def fold(q: float) -> Callable[[np.ndarray], np.ndarray]:
        def residual(y: np.ndarray) -> np.ndarray:
            F = Field(family(float(y[-1]), q))
            v = y[n : 2 * n]
            return np.concatenate([F(y[:n]), F.jacobian(y[:n]) @ v, [v @ v - 1]])

        return residual

    v = np.linalg.svd(Field(family(p0, q0)).jacobian(u))[2][-1]
    try:
        y = newton(fold(q0), np.concatenate([u, v, [p0]]))
    except ValueError as error:
        raise ValueError(f"no fold could be reached from x0 = {u}, p0 = {p0:g}, q0 = {q0:g}") from error

    def margin(z: np.ndarray) -> float:
        at, bounds = z[-2:] * scale[-2:], np.stack([p_bounds, q_bounds])
        return float((np.minimum(at - bounds[:, 0], bounds[:, 1] - at) / scale[-2:]).min() + 1e-12)

    def cusp(curve: Curve, z: np.ndarray, t: np.ndarray) -> float:
        at = z * scale
        F, point, v = Field(family(float(at[-2]), float(at[-1]))), at[:n], at[n : 2 * n]
        left = np.linalg.svd(F.jacobian(point))[0][:, -1]
        # The sign of a singular vector is arbitrary: fix it by dF/dp, whose part along it stays away from 0.
        by_p = numerical_jacobian(lambda p: Field(family(float(p[0]), float(at[-1])))(point), at[-2:-1])[:, 0]
        curvature = numerical_jacobian(lambda s: F.jacobian(point + s[0] * v) @ v, [0.0])[:, 0]
        return float(left @ curvature * np.sign(left @ by_p))

    curve = Curve(fold, scale, fixed_points=False)
    start = np.append(y, q0) / scale
    tangent = curve.tangent(start, np.eye(len(start))[-1])
    back = trace(curve, start, -tangent, margin, step, max_steps)
    ahead = trace(curve, start, tangent, margin, step, max_steps)
    path = [*back.points[:0:-1], *ahead.points]
    events = events_along(curve, path, path[1] - path[0] if len(path) > 1 else tangent, {"cusp": cusp})
    points = np.array(path) * scale
    cusps = np.array([(event.point * scale)[-2:] for event in events]).reshape(-1, 2)
    return FoldCurve(points[:, -2], points[:, -1], points[:, :n], cusps, (back.ended, ahead.ended))
