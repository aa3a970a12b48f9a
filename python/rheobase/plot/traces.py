"""Traces: signals such as membrane potentials and currents over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy.typing as npt

from rheobase import checks
from rheobase.plot.canvas import axes_or_new, names_of_lines, styled
from rheobase.plot.palette import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


def traces(
    times: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    ylabel: str = "membrane potential (mV)",
    spacing: float = 0.0,
    ax: Axes | None = None,
    **style: object,
) -> list[Line2D]:
    """Draw signals over time.

    Parameters
    ----------
    times : array of float, shape (T,)
        ms.
    values : array of float, shape (T,) or (T, n)
        One column per signal, as recorded states have it. NaN leaves a gap.
    labels : sequence of `n` str, optional
        Names for a legend.
    ylabel : str, default "membrane potential (mV)"
        What is drawn, with its unit.
    spacing : float, default 0
        Draw signal k higher by k × `spacing`, in the unit of the values.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Line2D
        One per signal.

    Raises
    ------
    ValueError
        If the shapes do not fit each other.

    Examples
    --------
    >>> lines = traces([0.0, 1.0, 2.0], [-70.0, -65.0, -68.0])
    """
    time = checks.array("times", times, shape=(None,))
    table = checks.array("values", values, finite=False)
    if table.ndim not in (1, 2) or table.shape[0] != time.size:
        raise ValueError(f"values must have shape ({time.size},) or ({time.size}, n), got {table.shape}; see times")
    columns = table[:, None] if table.ndim == 1 else table
    labels, ylabel = names_of_lines("labels", labels, columns.shape[1]), checks.text("ylabel", ylabel)
    spacing = checks.number("spacing", spacing)
    axes = axes_or_new(ax)
    lines = []
    for k in range(columns.shape[1]):
        name = None if labels is None else labels[k]
        lines += axes.plot(time, columns[:, k] + k * spacing, color=_tone(k, columns.shape[1]), linewidth=1, label=name)
    axes.set_xlabel("time (ms)")
    axes.set_ylabel(ylabel)
    if labels is not None:
        axes.legend(framealpha=0.85, edgecolor="none")
    return styled(lines, style)


def _tone(k: int, n: int) -> str:
    """Draw a lone signal in black, several in the colours of the cycle."""
    return "#000000" if n == 1 else colour(k)
