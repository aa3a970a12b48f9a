"""The trace–determinant plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rheobase import checks
from rheobase.dynamics.fixed_points.fixed_points import FixedPoint
from rheobase.plot.canvas import axes_or_new, styled

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes


def trace_determinant(
    points: Sequence[FixedPoint] = (), *, ax: Axes | None = None, extent: float | None = None, **style: object
) -> list[Artist]:
    """Draw the trace–determinant plane with its five regions (book Fig. A.10), and fixed points in it.

    Parameters
    ----------
    points : sequence of FixedPoint
        Planar fixed points to mark.
    ax : Axes, optional
        Default: a new figure.
    extent : float, optional
        Half the width of the trace axis. Default: wide enough for `points`, or 4.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Artist

    Raises
    ------
    ValueError
        If a fixed point is not planar.

    Examples
    --------
    >>> artists = trace_determinant()
    """
    points = checks.items("points", points, "a sequence of FixedPoint")
    for point in points:
        checks.instance("points", point, FixedPoint, "a sequence of FixedPoint")
        if point.u.size != 2:
            raise ValueError(f"points must be planar fixed points, got one with {point.u.size} variables")
    if extent is None:
        reach = [1.3 * max(abs(p.trace), 2 * np.sqrt(abs(p.determinant) / 1.3)) for p in points]
        extent = max(reach, default=4.0) or 4.0
    extent = checks.number("extent", extent, above=0, high=1e100)
    height = extent**2 / 2.5
    ax = axes_or_new(ax)
    T = np.linspace(-extent, extent, 401)
    artists: list[Artist] = [*ax.plot(T, T**2 / 4, "k-", lw=1.2)]
    artists += [ax.axhline(0, color="k", lw=1.2), ax.plot([0, 0], [0, height], "k-", lw=1.2)[0]]
    for x, y, name in (
        (-0.32, 0.7, "stable\nspiral"),
        (0.32, 0.7, "unstable\nspiral"),
        (-0.8, 0.14, "stable\nnode"),
        (0.8, 0.14, "unstable\nnode"),
        (0, -0.3, "saddle"),
    ):
        artists.append(ax.text(x * extent, y * height, name, ha="center", va="center", color="0.35"))
    for point in points:
        artists += ax.plot(point.trace, point.determinant, "o", color="C3", ms=6, zorder=4)
    ax.set(xlim=(-extent, extent), ylim=(-0.6 * height, height), xlabel="T, trace", ylabel="D, determinant")
    return styled(artists, style)
