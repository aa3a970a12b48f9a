"""Correlograms: how often spikes come at each lag from another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rheobase.plot.canvas import axes_or_new, styled
from rheobase.plot.palette import BLACK, EXTERNAL
from rheobase.spikes import Correlogram
from rheobase.units import PER_MS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.patches import StepPatch


def correlogram(correlogram: Correlogram, *, ax: Axes | None = None, **style: object) -> list[StepPatch | Line2D]:
    """Draw a correlogram: the target's rate at each lag from a reference spike.

    Parameters
    ----------
    correlogram : Correlogram
        From `rheobase.spikes.autocorrelogram` or `cross_correlogram`.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list
        A StepPatch, then the dashed Line2D expected without correlation, both in Hz.

    Raises
    ------
    TypeError
        If `correlogram` is not a Correlogram.
    ValueError
        If it has no reference spikes.

    Examples
    --------
    >>> from rheobase.spikes import autocorrelogram
    >>> artists = correlogram(autocorrelogram([0.0, 10.0, 20.0], 20.0, 2.0, t_stop=30.0))
    """
    if not isinstance(correlogram, Correlogram):
        raise TypeError(
            f"correlogram must be a Correlogram (see rheobase.spikes.autocorrelogram), got {type(correlogram).__name__}"
        )
    if correlogram.references == 0:
        raise ValueError("correlogram must have reference spikes, got none")
    axes = axes_or_new(ax)
    width = correlogram.bin_width
    edges = np.append(correlogram.lags - width / 2, correlogram.lags[-1] + width / 2)
    artists: list[StepPatch | Line2D] = [axes.stairs(correlogram.rate, edges, fill=True, color=EXTERNAL)]
    expected = correlogram.expected / (correlogram.references * width * PER_MS)
    artists += axes.plot(
        correlogram.lags, expected, color=BLACK, linestyle="--", linewidth=1.2, label="without correlation"
    )
    axes.set_xlabel("lag (ms)")
    axes.set_ylabel("rate (Hz)")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)
    axes.legend(framealpha=0.85, edgecolor="none")
    return styled(artists, style)
