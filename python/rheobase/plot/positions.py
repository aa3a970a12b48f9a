"""Neurons where they are, coloured by a value of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.network.population import Population
from rheobase.network.selection import Selection
from rheobase.plot.canvas import axes_or_new
from rheobase.plot.palette import BLACK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection


def positions(
    population: Population | Selection,
    values: npt.ArrayLike | None = None,
    *,
    ax: Axes | None = None,
    label: str = "",
    area: float = 12.0,
    **style: object,
) -> PathCollection:
    """Draw a mark for every neuron where it is; of three axes the first two are shown, of one it is the abscissa.

    Parameters
    ----------
    population : Population or Selection
        With positions, see `Network.add`.
    values : array of shape (n,), optional
        Colours the marks, with a bar beside the axes: rates, say, or potentials.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    label : str, default ""
        What `values` are, beside their bar; or without values the name in a legend.
    area : float, default 12
        Of a mark (points squared).
    **style
        Goes to matplotlib's ``scatter``, such as ``color`` or ``cmap``.

    Returns
    -------
    PathCollection

    Examples
    --------
    >>> net = rb.Network()
    >>> sheet = net.add(rb.LIF(), 400, positions=rb.Grid((20, 20)), V=rb.Uniform(-70, -55))
    >>> marks = positions(sheet, sheet["V"], label="V (mV)")
    """
    if not isinstance(population, Population | Selection):
        raise TypeError(f"population must be a population or a selection of one, got {population!r}")
    points = population.positions
    label, area = checks.text("label", label), checks.number("area", area, above=0)
    colours = None if values is None else checks.array("values", values, shape=(len(points),))
    axes = axes_or_new(ax)
    marked: dict[str, Any] = {"s": area, "linewidths": 0, "label": label}
    marked |= ({"color": BLACK} if colours is None else {"c": colours}) | style
    height = points[:, 1] if points.shape[1] > 1 else np.zeros(len(points))
    marks = axes.scatter(points[:, 0], height, **marked)
    axes.set_xlabel("x")
    if points.shape[1] > 1:
        axes.set_ylabel("y")
        axes.set_aspect("equal")
    else:
        axes.set_yticks([])
    if colours is not None:
        axes.figure.colorbar(marks, ax=axes, label=label)
    return marks
