"""Nullclines: the curves of a planar vector field on which one component vanishes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase.dynamics.fields import Field, FieldLike, beyond_numbers
from rheobase.dynamics.flows.trajectories import plane_axes
from rheobase.models.values import Brief


@dataclass(frozen=True, eq=False, repr=False)
class Nullclines(Brief):
    """The nullclines of x' = F₁(x, y), y' = F₂(x, y).

    Attributes
    ----------
    x, y : tuple of ndarray, each of shape (K, 2)
        Pieces of the curves x' = 0 and y' = 0, as points (x, y) in order along the piece; a closed piece repeats its
        first point. The flow crosses the x-nullcline vertically and the y-nullcline horizontally.
    """

    x: tuple[np.ndarray, ...]
    y: tuple[np.ndarray, ...]


@beyond_numbers()
def nullclines(field: FieldLike, box: npt.ArrayLike, *, points: int = 301) -> Nullclines:
    """Trace the nullclines of a planar field, however they fold or split.

    They are contours on a grid, with each point then moved onto the curve by Newton steps along the gradient.

    Parameters
    ----------
    field : callable or object
        Planar field, see `Field`.
    box : array_like, shape (2, 2)
    points : int
        Grid points along each axis.

    Returns
    -------
    Nullclines

    Raises
    ------
    ValueError
        If `box` is not planar, or the field not finite anywhere in it.

    Examples
    --------
    >>> pieces = nullclines(lambda u: np.stack([u[1] - u[0] ** 2, -u[1]]), [(-1, 1), (-1, 1)]).x
    >>> len(pieces), pieces[0].shape[1]
    (1, 2)
    """
    from contourpy import contour_generator

    F = Field(field)
    x, y = plane_axes(F.box(box), points)
    values = F.many(np.stack(np.meshgrid(x, y)).reshape(2, -1)).reshape(2, len(y), len(x))
    if not np.isfinite(values).any():
        raise ValueError("field must be finite somewhere in the box, got no finite value on the whole grid")
    cell = np.array([x[1] - x[0], y[1] - y[0]])
    curves = []
    for k in range(2):
        lines = contour_generator(x, y, np.ma.masked_invalid(values[k])).lines(0.0)
        curves.append(tuple(_onto_curve(F, np.asarray(line), k, cell) for line in lines))
    return Nullclines(*curves)


def _onto_curve(F: Field, line: np.ndarray, k: int, cell: np.ndarray) -> np.ndarray:
    """Move the points of a contour onto F_k = 0 along the gradient, by no more than a cell."""
    start, u = line.T, line.T.copy()
    h = 1e-4 * cell
    for _ in range(3):
        value = F.many(u)[k]
        shift = np.diag(h)
        gradient = np.stack(
            [(F.many(u + shift[:, [d]])[k] - F.many(u - shift[:, [d]])[k]) / (2 * h[d]) for d in range(2)]
        )
        # Measure lengths in cells, lest an axis of small numbers take the whole step.
        scaled = gradient * cell[:, None]
        step = -value / (scaled**2).sum(axis=0) * scaled * cell[:, None]
        u = u + np.where(np.isfinite(step), step, 0.0)
    moved = (np.abs(u - start) <= cell[:, None]).all(axis=0)
    return np.where(moved, u, start).T
