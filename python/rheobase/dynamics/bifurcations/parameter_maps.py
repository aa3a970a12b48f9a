"""The number of fixed points over a plane of two parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.bifurcations.critical_curves import PlaneFamily
from rheobase.dynamics.fixed_points.fixed_points import fixed_points
from rheobase.models.values import Brief
from rheobase.progress import counted


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
