"""Bifurcation diagrams, in one parameter and in two."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from rheobase import checks
from rheobase.dynamics.bifurcations.bifurcation_curves import BifurcationCurve
from rheobase.dynamics.bifurcations.continuation import Branch
from rheobase.dynamics.bifurcations.parameter_maps import FixedPointMap
from rheobase.plot.canvas import axes_or_new, colour_map, colour_of, styled

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_MARKERS = {"fold": "s", "Hopf": "D", "branch point": "^"}


def bifurcation_diagram(
    branches: Branch | Sequence[Branch],
    component: int = 0,
    *,
    ax: Axes | None = None,
    color: str = "k",
    **style: object,
) -> list[Artist]:
    """Draw branches of fixed points against the parameter: solid where stable, dashed where not.

    Parameters
    ----------
    branches : Branch or sequence of Branch
        From `rheobase.dynamics.continuation`.
    component : int
        Which state variable to draw.
    ax : Axes, optional
        Default: a new figure.
    color : str
        Of the branches.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Artist

    Examples
    --------
    >>> from rheobase.dynamics import continuation
    >>> artists = bifurcation_diagram(continuation(lambda a: lambda x: x**2 + a, [-1.0], -1.0, (-1, 1)))
    """
    several = [branches] if isinstance(branches, Branch) else checks.items("branches", branches, "branches")
    branches = [checks.instance("branches", branch, Branch, "a Branch or a sequence of them") for branch in several]
    color = colour_of("color", color)
    n = min((branch.states.shape[1] for branch in branches), default=1)
    component = checks.integer("component", component, low=0, high=n - 1)
    ax = axes_or_new(ax)
    artists: list[Artist] = []
    seen: set[str] = set()
    for branch in branches:
        for part, stable in _pieces(branch):
            artists += ax.plot(
                branch.parameter[part], branch.states[part, component], "-" if stable else "--", color=color, lw=1.5
            )
        for b in branch.bifurcations:
            label = None if b.kind in seen else b.kind
            seen.add(b.kind)
            artists += ax.plot(b.parameter, b.u[component], _MARKERS[b.kind], color="C3", ms=6, label=label, zorder=4)
    ax.set(xlabel="parameter", ylabel=f"fixed points, component {component}")
    return styled(artists, style)


def _pieces(branch: Branch) -> list[tuple[slice, bool]]:
    """Stretches of one stability, each with the first point of the next, so that no gap shows."""
    stable = branch.stable
    cuts = [0, *(np.flatnonzero(np.diff(stable)) + 1), len(stable)]
    return [(slice(a, b + 1), bool(stable[a])) for a, b in pairwise(cuts)]


def fixed_point_map(
    counts: FixedPointMap,
    folds: Sequence[BifurcationCurve] = (),
    *,
    ax: Axes | None = None,
    cmap: str = "viridis",
    **style: object,
) -> list[Artist]:
    """Draw the number of fixed points over two parameters, with fold curves and cusps on top.

    Parameters
    ----------
    counts : FixedPointMap
        From `rheobase.dynamics.fixed_point_map`.
    folds : sequence of BifurcationCurve
        From `rheobase.dynamics.fold_curve`.
    ax : Axes, optional
        Default: a new figure.
    cmap : str
        Colour map.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Artist
        The image first.

    Examples
    --------
    >>> from rheobase.dynamics import fixed_point_map as count
    >>> counts = count(lambda a, b: lambda x: a + b * x - x**3, [-1, 0, 1], [-1, 0, 1], (-3, 3))
    >>> artists = fixed_point_map(counts)
    """
    from matplotlib import colormaps
    from matplotlib.colors import BoundaryNorm

    checks.instance("counts", counts, FixedPointMap, "a FixedPointMap")
    folds = [
        checks.instance("folds", fold, BifurcationCurve, "a sequence of BifurcationCurve")
        for fold in checks.items("folds", folds, "a sequence of BifurcationCurve")
    ]
    cmap = colour_map("cmap", cmap)
    ax = axes_or_new(ax)
    levels = np.arange(counts.total.min(), counts.total.max() + 2) - 0.5
    colors = colormaps[cmap].resampled(max(len(levels) - 1, 2))
    image = ax.pcolormesh(counts.p, counts.q, counts.total, cmap=colors, norm=BoundaryNorm(levels, colors.N))
    artists: list[Artist] = [image]
    bar = ax.figure.colorbar(image, ax=ax, ticks=np.unique(counts.total))
    bar.set_label("fixed points")
    for curve in folds:
        artists += ax.plot(curve.p, curve.q, "w-", lw=1.5)
        artists += ax.plot(curve.cusps[:, 0], curve.cusps[:, 1], "o", color="C3", ms=6)
    ax.set(
        xlim=(counts.p.min(), counts.p.max()), ylim=(counts.q.min(), counts.q.max()), xlabel="first", ylabel="second"
    )
    return styled(artists, style)
