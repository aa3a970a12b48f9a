"""Raster plots: a mark for every spike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import checks
from rheobase.plot.canvas import axes_or_new, styled
from rheobase.plot.palette import BLACK, colours_of
from rheobase.plot.populations import Populations, populations
from rheobase.spikes import SpikeTrains

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


def raster(
    spikes: Populations,
    *,
    ax: Axes | None = None,
    t_start: float | None = None,
    t_stop: float | None = None,
    max_neurons: int = 2000,
    rows: str = "neuron",
    **style: object,
) -> list[Line2D]:
    """Draw a mark for every spike, over time and neuron (or trial).

    Parameters
    ----------
    spikes : SpikeTrains, list of trains, single train, or mapping of names to these
        Populations of a mapping are stacked from the bottom up, coloured by their role, each as tall as it has
        neurons.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording.
    max_neurons : int, default 2000
        Where there are more, evenly spaced ones are drawn, in the same share of each population, and the label of
        the axis says so. The others leave gaps: neurons stay at their number.
    rows : str, default "neuron"
        What a train is, for the label; "trial", say.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Line2D
        One per population; its data are the spike times (ms) and rows. Drawn as pixels in vector formats.

    Raises
    ------
    ValueError
        If the window is not inside the recordings, or as the statistics of `rheobase.spikes`.

    Examples
    --------
    >>> from rheobase.spikes import poisson
    >>> lines = raster({"e": poisson(8.0, 500.0, 80, seed=1), "i": poisson(20.0, 500.0, 20, seed=2)})
    """
    rows = checks.text("rows", rows)
    limit = checks.integer("max_neurons", max_neurons, low=1)
    bounded = t_start is not None or t_stop is not None or not _bare(spikes)
    records = populations(spikes, t_start, t_stop, window=bounded)
    axes = axes_or_new(ax)
    total = sum(record.n for record in records.values())
    share = min(1.0, limit / max(total, 1))
    colours = colours_of(records) if len(records) > 1 or "" not in records else {"": BLACK}
    height = axes.bbox.height * 72 / axes.figure.dpi / max(total, 1)  # points per row
    mark = _ticks(height) if height >= 2.5 else {"marker": ".", "markersize": 2.0, "markeredgewidth": 0.0}
    lines, shown, base = [], 0, 0
    for name, record in records.items():
        drawn = np.zeros(record.n, dtype=bool)
        drawn[_evenly_spaced(record, share)] = True
        kept = drawn[record.indices]
        (line,) = axes.plot(
            record.times[kept],
            base + record.indices[kept],
            linestyle="none",
            color=colours[name],
            label=name or None,
            rasterized=True,
            **mark,
        )
        lines.append(line)
        shown += int(drawn.sum())
        base += record.n
    _label(axes, records, colours, rows, shown, total)
    if bounded:
        axes.set_xlim(min(r.t_start for r in records.values()), max(r.t_stop for r in records.values()))
    return styled(lines, style)


def _bare(spikes: Any) -> bool:
    """Tell plain lists of times, which do not know when the recording ended, from records and their mappings."""
    parts = spikes.values() if hasattr(spikes, "values") else [spikes]
    return any(not hasattr(part, "t_stop") and not callable(getattr(part, "spikes", None)) for part in parts)


def _evenly_spaced(record: SpikeTrains, share: float) -> np.ndarray:
    """Choose a share of the trains, at least one, spread over all of them."""
    count = max(int(share * record.n), min(record.n, 1))
    return (np.arange(count) * record.n) // max(count, 1)


def _ticks(height: float) -> dict[str, Any]:
    return {"marker": "|", "markersize": min(0.8 * height, 14.0), "markeredgewidth": 0.8}


def _label(
    axes: Axes, records: dict[str, SpikeTrains], colours: dict[str, str], rows: str, shown: int, total: int
) -> None:
    note = f" ({shown:,} of {total:,} shown)" if shown < total else ""
    axes.set_xlabel("time (ms)")
    axes.set_ylabel(rows + note)
    axes.set_ylim(-0.5, max(total, 1) - 0.5)
    if len(records) == 1:
        axes.locator_params(axis="y", integer=True)
        return
    middles = np.cumsum([record.n for record in records.values()]) - [record.n / 2 for record in records.values()]
    axes.set_yticks(middles - 0.5, [f"{name} ({record.n:,})" for name, record in records.items()])
    axes.tick_params(axis="y", length=0)
    for tick, name in zip(axes.yaxis.get_major_ticks(), records, strict=True):
        tick.label1.set_color(colours[name])  # label1 is there on shared axes, too, where it is hidden
