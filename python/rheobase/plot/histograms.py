"""Histograms of interspike intervals and of spike counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.plot.canvas import axes_or_new, styled
from rheobase.plot.palette import BLACK, EXTERNAL, colour
from rheobase.spikes import isi
from rheobase.spikes.reading import Spikes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.patches import StepPatch


def isi_histogram(
    spikes: Spikes,
    *,
    bin_width: float | None = None,
    max_interval: float | None = None,
    poisson: bool = False,
    ax: Axes | None = None,
    **style: object,
) -> list[StepPatch | Line2D]:
    """Draw the density of interspike intervals, pooled over trains.

    Parameters
    ----------
    spikes : SpikeTrains, list of trains or single train
        Spike times in ms.
    bin_width : float, optional
        Width of a bin in ms; by default a fiftieth of `max_interval`.
    max_interval : float, optional
        Longest interval shown, ms; by default the longest there is. Longer ones still count in the density.
    poisson : bool, default False
        Whether to add the density r exp(-r t) of a Poisson process of the same mean interval 1/r.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list
        A StepPatch, and a Line2D if `poisson`.

    Raises
    ------
    ValueError
        If there are no intervals.

    Examples
    --------
    >>> artists = isi_histogram([1.0, 4.0, 12.0, 14.0], bin_width=2.0)
    """
    intervals = isi(spikes)
    if intervals.size == 0:
        raise ValueError("spikes must hold a train with at least two spikes, got no intervals")
    poisson = checks.flag("poisson", poisson)
    longest = float(intervals.max()) if max_interval is None else checks.number("max_interval", max_interval, above=0)
    longest = longest or 1.0  # all spikes at one time
    width = longest / 50 if bin_width is None else checks.number("bin_width", bin_width, above=0)
    if longest / width > 1e6:
        raise ValueError(f"bin_width must leave at most 1e6 bins in max_interval = {longest:g} ms, got {width:g} ms")
    bins = max(int(np.ceil(longest / width - 1e-9)), 1)
    place = np.floor(intervals / width + 1e-9).astype(np.int64)
    # The longest interval belongs to the last bin, also if it lies on its right edge.
    place[intervals <= bins * width] = np.minimum(place[intervals <= bins * width], bins - 1)
    density = np.bincount(place[place < bins], minlength=bins) / (intervals.size * width)
    axes = axes_or_new(ax)
    artists: list[StepPatch | Line2D] = [
        axes.stairs(density, width * np.arange(bins + 1), fill=True, color=EXTERNAL, label="intervals")
    ]
    if poisson:
        rate = 1 / max(float(intervals.mean()), np.finfo(float).tiny)
        t = np.linspace(0, bins * width, 400)
        artists += axes.plot(t, rate * np.exp(-rate * t), color=BLACK, linestyle="--", label="Poisson process")
        axes.legend(framealpha=0.85, edgecolor="none")
    axes.set_xlabel("interspike interval (ms)")
    axes.set_ylabel("density (1/ms)")
    axes.set_xlim(0, bins * width)
    axes.set_ylim(bottom=0)
    return styled(artists, style)


def count_histogram(
    counts: npt.ArrayLike,
    *,
    bin_width: int = 1,
    label: str | None = None,
    index: int = 0,
    ax: Axes | None = None,
    **style: object,
) -> list[StepPatch]:
    """Draw how often each spike count occurs; call it again on the same axes to compare.

    Parameters
    ----------
    counts : array of int, shape (trials,)
        Spike counts.
    bin_width : int, default 1
        Counts to a bin; the bins begin at 0.
    label : str, optional
        Name for the legend.
    index : int, default 0
        Which colour of the palette to use.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of one StepPatch
        Its values are numbers of trials.

    Raises
    ------
    ValueError
        If there are no counts or negative ones.

    Examples
    --------
    >>> artists = count_histogram([3, 4, 4, 6])
    """
    values = checks.array("counts", counts, shape=(None,), low=0)
    width = checks.integer("bin_width", bin_width, low=1, high=2**31 - 1)
    index = checks.integer("index", index, low=0)
    if values.size == 0:
        raise ValueError("counts must hold at least one count, got none")
    trials = np.bincount((values // width).astype(np.int64))
    axes = axes_or_new(ax)
    edges = width * np.arange(trials.size + 1) - 0.5
    patch = axes.stairs(trials, edges, fill=True, color=colour(index), alpha=0.6, label=label)
    axes.set_xlabel("spike count")
    axes.set_ylabel("trials")
    axes.set_ylim(bottom=0, auto=True)  # a second histogram may be higher
    if label is not None:
        axes.legend(framealpha=0.85, edgecolor="none")
    return styled([patch], style)
