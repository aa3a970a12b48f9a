"""Stable and unstable manifolds of a planar saddle; the stable one is the separatrix of the basins on its sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike
from rheobase.dynamics.fixed_points.fixed_points import FixedPoint, linearise
from rheobase.dynamics.solvers import integrate
from rheobase.models.values import Brief


@dataclass(frozen=True, eq=False, repr=False)
class Manifolds(Brief):
    """The invariant curves through a planar saddle.

    Attributes
    ----------
    saddle : FixedPoint
    stable, unstable : ndarray, shape (K, 2)
        Points in order along the curve, through the saddle. The stable manifold flows into the saddle and separates
        the initial states that end on either side of it; the unstable one flows out of it.
    """

    saddle: FixedPoint
    stable: np.ndarray
    unstable: np.ndarray


def manifolds(
    field: FieldLike, saddle: npt.ArrayLike | FixedPoint, box: npt.ArrayLike, *, duration: float | None = None
) -> Manifolds:
    """Trace the stable and unstable manifolds of a saddle until they leave a box or end at another fixed point.

    Each starts on an eigenvector, 1e-6 of the box from the saddle, and follows the flow, backwards in time for the
    stable manifold: there errors across the curve decay.

    Parameters
    ----------
    field : callable or object
        Planar field, see `Field`.
    saddle : FixedPoint or array_like, shape (2,)
    box : array_like, shape (2, 2)
    duration : float, optional
        Longest time to follow a branch. Default: 60 times the slower time constant of the saddle.

    Returns
    -------
    Manifolds

    Raises
    ------
    ValueError
        If the fixed point is not a planar saddle.

    Examples
    --------
    >>> m = manifolds(lambda u: np.array([u[0], -u[1]]), [0, 0], [(-1, 1), (-1, 1)])
    >>> abs(m.stable[:, 0]).max() < 1e-9
    np.True_
    """
    F = Field(field)
    bounds = F.box(box)
    point = saddle if isinstance(saddle, FixedPoint) else linearise(F, F.at("saddle", saddle))
    if point.kind != "saddle" or point.u.size != 2 or len(bounds) != 2:
        raise ValueError(f"saddle must be a saddle of a planar field, got a {point.kind} at {point.u}")
    values, vectors = np.linalg.eig(point.jacobian)
    if duration is None:
        duration = 60 / np.abs(values).min()
    duration = checks.number("duration", duration, unit="", above=0)
    curves = []
    for sign, k in ((-1, int(np.argmin(values.real))), (1, int(np.argmax(values.real)))):
        sides = [_follow(F, point.u, side * vectors[:, k].real, sign, bounds, duration) for side in (-1, 1)]
        curves.append(np.concatenate([sides[0][::-1], point.u[None], sides[1]]))
    return Manifolds(point, *curves)


def _follow(
    F: Field, saddle: np.ndarray, direction: np.ndarray, sign: int, bounds: np.ndarray, duration: float
) -> np.ndarray:
    """One side of a manifold, as points about 1/400 of the box apart."""
    width = np.ptp(bounds, axis=1)
    eps = 1e-6 / np.linalg.norm(direction / width)

    def outside(t: float, u: np.ndarray) -> float:
        return float(np.minimum(u - bounds[:, 0], bounds[:, 1] - u).min())

    outside.terminal = True  # type: ignore[attr-defined]
    if outside(0, saddle) <= 0:
        raise ValueError(f"box must contain the saddle, got a saddle at {saddle}")
    path = integrate(
        lambda u, t: sign * F(u),
        saddle + eps * direction,
        (0, duration),
        method="DOP853",
        events=outside,
        rtol=1e-10,
        atol=1e-12 * width.min(),
        dense_output=True,
    )
    # The solver's own steps are few where the curve is smooth: fill them in for drawing.
    times = np.unique(np.concatenate([np.linspace(a, b, 9) for a, b in zip(path.t[:-1], path.t[1:], strict=True)]))
    states = path.sol(times).T
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(states, axis=0) / width, axis=1))])
    keep = np.concatenate([[True], np.diff(np.floor(lengths * 400)) > 0])
    keep[-1] = True
    return states[keep]
