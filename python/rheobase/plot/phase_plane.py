"""Phase planes of two-dimensional fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike
from rheobase.dynamics.fixed_points.fixed_points import FixedPoint, fixed_points
from rheobase.dynamics.flows.manifolds import manifolds
from rheobase.dynamics.flows.nullclines import nullclines
from rheobase.dynamics.flows.trajectories import evaluate_on_grid, trajectory
from rheobase.plot.canvas import axes_or_new, styled, with_unit

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

#: Fill and colour of each kind of fixed point.
_MARKERS = {"stable": ("full", "k"), "unstable": ("none", "k"), "saddle": ("left", "k")}


def phase_plane(
    field: FieldLike,
    box: npt.ArrayLike,
    *,
    ax: Axes | None = None,
    arrows: str = "stream",
    separatrices: bool = True,
    trajectories: Sequence[npt.ArrayLike] = (),
    duration: float = 100.0,
    **style: object,
) -> list[Artist]:
    """Draw the phase plane of a planar field: flow, nullclines, fixed points, separatrices and trajectories.

    Stable fixed points are filled, unstable ones open, saddles and the rest half filled; the stable manifolds of the
    saddles are dashed.

    Parameters
    ----------
    field : callable or object
        See `rheobase.dynamics.Field`; its ``names`` label the axes.
    box : array_like, shape (2, 2)
        ``[(x_low, x_high), (y_low, y_high)]``.
    ax : Axes, optional
        Default: a new figure.
    arrows : {"stream", "quiver", "none"}
        Stream lines, arrows of one length on a grid, or neither.
    separatrices : bool
        Draw the stable manifolds of saddles.
    trajectories : sequence of array_like, shape (2,)
        Initial states of trajectories to draw.
    duration : float
        Their duration.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Artist

    Examples
    --------
    >>> artists = phase_plane(rb.FitzHughNagumo(I_x=0.5), [(-2.5, 2.5), (-1, 2)], trajectories=[(0, 0)])
    """
    checks.choice("arrows", arrows, ("stream", "quiver", "none"))
    F = Field(field)
    bounds = F.box(box)
    if len(bounds) != 2:
        raise ValueError(f"box must have two dimensions, shape (2, 2), got shape {bounds.shape}")
    duration = checks.number("duration", duration, above=0)
    separatrices = checks.flag("separatrices", separatrices)
    starts = [
        checks.array("trajectories", start, shape=(2,))
        for start in checks.items("trajectories", trajectories, "a sequence of states")
    ]
    ax = axes_or_new(ax)
    artists: list[Artist] = []
    if arrows != "none":
        artists.append(_flow(F, bounds, ax, arrows))
    curves = nullclines(F, bounds)
    names = F.names or ("x", "y")
    for pieces, color, name in ((curves.x, "C0", names[0]), (curves.y, "C1", names[1])):
        for k, piece in enumerate(pieces):
            artists += ax.plot(*piece.T, color=color, lw=1.8, label=f"{name}-nullcline" if k == 0 else None)
    points = fixed_points(F, bounds)
    for saddle in (p for p in points if p.kind == "saddle" and separatrices):
        if ((saddle.u > bounds[:, 0]) & (saddle.u < bounds[:, 1])).all():
            artists += ax.plot(*manifolds(F, saddle, bounds).stable.T, "k--", lw=1.2)
    for start in starts:
        states = trajectory(F, start, duration, dt=duration / 2000).states
        artists += ax.plot(*states.T, color="C2", lw=1.2)
        artists += ax.plot(*states[0], ".", color="C2")
    artists += [_mark(point, ax) for point in points]
    x, y = (with_unit(name, F.unit(name)) for name in names)
    ax.set(xlim=bounds[0], ylim=bounds[1], xlabel=x, ylabel=y)
    return styled(artists, style)


def _flow(F: Field, bounds: np.ndarray, ax: Axes, arrows: str) -> Artist:
    """Stream lines, or arrows of equal length on the screen."""
    x, y, dx, dy = evaluate_on_grid(F, bounds, points=30 if arrows == "stream" else 18)
    if arrows == "stream":
        return ax.streamplot(x, y, dx, dy, color="0.75", linewidth=0.6, density=1.0, arrowsize=0.8).lines
    # Lengths are compared after scaling to the axes, so that no unit decides every direction.
    width = np.ptp(bounds, axis=1)
    length = np.hypot(dx / width[0], dy / width[1])
    length[length == 0] = 1
    return ax.quiver(x, y, dx / width[0] / length, dy / width[1] / length, color="0.65", angles="uv", pivot="mid")


def _mark(point: FixedPoint, ax: Axes) -> Artist:
    """Marker of a fixed point."""
    fill, color = _MARKERS.get(point.kind.split()[0], ("bottom", "k"))
    (marker,) = ax.plot(*point.u, "o", fillstyle=fill, color=color, markerfacecoloralt="w", ms=8, mew=1.5, zorder=5)
    return marker
