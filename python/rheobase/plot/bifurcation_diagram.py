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
from rheobase.dynamics.cycles.cycle_branches import CycleBifurcation, CycleBranch
from rheobase.plot.canvas import axes_or_new, colour_map, colour_of, styled

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_MARKERS = {
    "fold": "s",
    "Hopf": "D",
    "branch point": "^",
    "unexplained": "X",
    "period doubling": "v",
    "Neimark-Sacker": "o",
    "homoclinic": "*",
    "infinite period": "P",
}


def bifurcation_diagram(
    branches: Branch | CycleBranch | Sequence[Branch | CycleBranch],
    component: int = 0,
    *,
    ax: Axes | None = None,
    color: str = "k",
    **style: object,
) -> list[Artist]:
    """Draw branches of fixed points and limit cycles against the parameter: solid where stable, dashed where not.

    Of cycles the largest and the smallest values are drawn. Bifurcations have markers, which a legend names.

    Parameters
    ----------
    branches : Branch, CycleBranch or sequence of them
        From `rheobase.dynamics.continuation` and `cycle_continuation`.
    component : int
        Which state variable to draw.
    ax : Axes, optional
        Default: a new figure.
    color : str
        Of the branches of fixed points; those of cycles are blue.
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
    if isinstance(branches, (Branch, CycleBranch)):
        branches = [branches]
    several = list(checks.items("branches", branches, "a Branch, a CycleBranch or a sequence of them"))
    for branch in several:
        kind = CycleBranch if isinstance(branch, CycleBranch) else Branch
        checks.instance("branches", branch, kind, "a Branch, a CycleBranch or a sequence of them")
    color = colour_of("color", color)
    values = [_drawn(branch) for branch in several]
    n = min((lines[0].shape[1] for lines in values), default=1)
    component = checks.integer("component", component, low=0, high=n - 1)
    ax = axes_or_new(ax)
    artists: list[Artist] = []
    seen: set[str] = set()
    for branch, lines in zip(several, values, strict=True):
        shade = "C0" if isinstance(branch, CycleBranch) else color
        for part, stable in _pieces(branch):
            for line in lines:
                artists += ax.plot(
                    branch.parameter[part], line[part, component], "-" if stable else "--", color=shade, lw=1.5
                )
        for b in branch.bifurcations:
            label = None if b.kind in seen else b.kind
            seen.add(b.kind)
            at = [b.cycle.high, b.cycle.low] if isinstance(b, CycleBifurcation) else [b.u]
            places = np.full(len(at), b.parameter), [u[component] for u in at]
            artists += ax.plot(*places, _MARKERS[b.kind], color="C3", ms=6, label=label, zorder=4)
    what = dict.fromkeys("cycles" if isinstance(branch, CycleBranch) else "fixed points" for branch in several)
    ax.set(xlabel="parameter", ylabel=f"{' and '.join(what)}, component {component}")
    if seen:
        ax.legend(framealpha=0.85, edgecolor="none")
    return styled(artists, style)


def _drawn(branch: Branch | CycleBranch) -> list[np.ndarray]:
    """Return what is drawn of a branch, each of shape (K, n)."""
    return [branch.high, branch.low] if isinstance(branch, CycleBranch) else [branch.states]


def _pieces(branch: Branch | CycleBranch) -> list[tuple[slice, bool]]:
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
