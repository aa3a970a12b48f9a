"""Phase lines of one-dimensional fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike
from rheobase.dynamics.flows.trajectories import phase_line as compute
from rheobase.plot.canvas import axes_or_new, colour_of, styled, with_unit

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes


def phase_line(
    field: FieldLike, low: float, high: float, *, ax: Axes | None = None, color: str = "C0", **style: object
) -> list[Artist]:
    """Draw f(x) against x with the fixed points of x' = f(x) and arrows along the flow (book Fig. A.6).

    Stable fixed points are filled, unstable ones open, half-stable ones half filled.

    Parameters
    ----------
    field : callable or object
        One-dimensional field, see `rheobase.dynamics.Field`; its variable labels the axes.
    low, high : float
    ax : Axes, optional
        Default: a new figure.
    color : str
        Of the curve.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Artist

    Examples
    --------
    >>> artists = phase_line(lambda x: x**2 - 1, -2, 2)
    """
    low = checks.number("low", low)
    high = checks.number("high", high)
    if low >= high:
        raise ValueError(f"low must lie below high, got {low:g} and {high:g}")
    color = colour_of("color", color)
    line = compute(field, low, high)
    ax = axes_or_new(ax)
    artists: list[Artist] = [ax.axhline(0, color="0.6", lw=0.8, zorder=1)]
    artists += ax.plot(line.x, line.velocity, color=color, zorder=2)
    edges = [low, *(p.u[0] for p in line.fixed_points), high]
    for left, right, way in zip(edges[:-1], edges[1:], line.arrows, strict=True):
        if way:
            artists += ax.plot((left + right) / 2, 0, marker=">" if way > 0 else "<", color="0.3", ms=7, zorder=3)
    for point in line.fixed_points:
        fill = {"stable": "full", "unstable": "none"}.get(point.kind, "left")
        artists += ax.plot(
            point.u[0], 0, "o", fillstyle=fill, color="k", markerfacecoloralt="w", ms=8, mew=1.5, zorder=4
        )
    F = Field(field)
    (name,) = F.names or ("x",)
    unit = F.unit(name)
    speed = with_unit(f"d{name}/dt", f"{unit}/ms" if unit else "")
    ax.set(xlabel=with_unit(name, unit), ylabel=speed, xlim=(low, high))
    return styled(artists, style)
