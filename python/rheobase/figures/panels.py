"""Lettered panels, and the small marks that many figures share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase.plot import circuit
from rheobase.plot.diagram.reading import Drawable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def panels(
    layout: str, size: tuple[float, float] = (8.0, 4.5), *, letters: bool = True, **options: Any
) -> tuple[Figure, dict[str, Axes]]:
    """Return a figure and its axes by letter.

    Parameters
    ----------
    layout : str
        One letter per panel, rows separated by ";", as in "AB;CC"; "." leaves a place empty. Small letters are not
        written: they stand for further parts of a panel.
    size : (float, float)
        Width and height in inches.
    letters : bool, default True
        Write each panel's letter at its corner.
    **options
        For `matplotlib.pyplot.subplot_mosaic`: `sharex`, `height_ratios`, `per_subplot_kw` and so on.

    Examples
    --------
    >>> picture, axes = panels("AB;CC", sharex=False)
    """
    import matplotlib.pyplot as plt

    picture, axes = plt.subplot_mosaic(layout, figsize=size, **options)
    if letters and len(axes) > 1:
        for letter, ax in axes.items():
            _write_letter(ax, letter)
    return picture, axes


def schematic(picture: Figure, axes: dict[str, Axes], letter: str, network: Drawable, **options: Any) -> None:
    """Draw a network's circuit into a panel, which shares no axis with others; `options` are those of the plot."""
    place = axes[letter].get_subplotspec()
    assert place is not None
    axes[letter].remove()
    axes[letter] = picture.add_subplot(place)
    _write_letter(axes[letter], letter)
    circuit(network, ax=axes[letter], **options)


def shows_tick_labels(ax: Axes) -> bool:
    """Tell whether the ticks along x have labels, which those of inner panels with a shared axis have not."""
    return ax.xaxis.get_major_ticks(1)[0].label1.get_visible()


def _write_letter(ax: Axes, letter: str) -> None:
    if letter.isupper():
        ax.set_title(letter, loc="left", fontweight="bold")


def level(ax: Axes, value: float, text: str = "", color: str = "0.3", style: str = "--") -> None:
    """Draw a horizontal line at `value` with a white rim, named at its right end."""
    from matplotlib import patheffects

    rim = [patheffects.Stroke(linewidth=3.0, foreground="white"), patheffects.Normal()]
    ax.axhline(value, color=color, linestyle=style, linewidth=1.3, zorder=3, path_effects=rim)
    if text:
        ax.annotate(
            text,
            (1.0, value),
            xycoords=("axes fraction", "data"),
            xytext=(-2, 3),
            textcoords="offset points",
            ha="right",
            va="bottom",
            color=color,
            path_effects=rim,
        )


def with_spikes(times: np.ndarray, V: np.ndarray, spikes: np.ndarray, top: float) -> np.ndarray:
    """Return the trace `V`, shape (T,), with a peak at `top` where the neuron spiked; for the eye alone."""
    drawn = V.copy()
    drawn[np.clip(np.searchsorted(times, spikes - 1e-6) - 1, 0, None)] = top
    return drawn
