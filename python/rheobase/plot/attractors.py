"""Pictures of associative memories: patterns, weights, energy, overlaps, and what is recovered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.attractors.capacity import RecoveryCurves
from rheobase.plot.canvas import axes_or_new, names_of_lines, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import ErrorbarContainer
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D


def patterns(
    states: npt.ArrayLike, *, shape: tuple[int, int] | None = None, ax: Axes | None = None, **style: object
) -> AxesImage:
    """Draw patterns or states as pictures side by side, +1 black and -1 white.

    Parameters
    ----------
    states : array, (N,) or (n_patterns, N)
        What to draw.
    shape : (int, int), optional
        Rows and columns of each picture; a square by default.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    AxesImage
        The image.

    Raises
    ------
    ValueError
        If the units do not fill the shape.

    Examples
    --------
    >>> from rheobase.attractors import cross_pattern, smiley_pattern
    >>> image = patterns([cross_pattern(), smiley_pattern()])
    """
    values = np.atleast_2d(checks.array("states", states))
    values = checks.array("states", values, shape=(None, None))
    count, n = values.shape
    if not values.size:
        raise ValueError(f"states must hold at least one state of at least one unit, got shape {values.shape}")
    sides = [round(n**0.5)] * 2 if shape is None else checks.items("shape", shape, "two integers")
    if len(sides) != 2:
        raise ValueError(f"shape must be two integers, got {len(sides)} entries")
    rows, columns = (checks.integer("shape", side, low=1) for side in sides)
    if rows * columns != n:
        raise ValueError(f"shape must have {n} units in all for states of shape {values.shape}, got {rows}×{columns}")
    canvas = np.full((rows, count * (columns + 1) - 1), np.nan)
    for i, value in enumerate(values):
        canvas[:, i * (columns + 1) : i * (columns + 1) + columns] = value.reshape(rows, columns)
    ax = axes_or_new(ax)
    image = ax.imshow(canvas, cmap="gray_r", vmin=-1, vmax=1, interpolation="nearest")
    ax.set(xticks=[], yticks=[], facecolor="lightgray")
    return styled(image, style)


def hopfield_weights(weights: npt.ArrayLike, *, ax: Axes | None = None, **style: object) -> AxesImage:
    """Draw a weight matrix (post × pre), red positive and blue negative.

    Parameters
    ----------
    weights : array, (n, n)
        Weights.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    AxesImage
        The image; a colour bar stands beside it.

    Examples
    --------
    >>> from rheobase.attractors import cross_pattern
    >>> from rheobase.learning import hebbian
    >>> image = hopfield_weights(hebbian(cross_pattern()))
    """
    w = checks.array("weights", weights, shape=(None, None))
    ax = axes_or_new(ax)
    top = float(np.abs(w).max(initial=0)) or 1.0
    image = ax.imshow(w, cmap="RdBu_r", vmin=-top, vmax=top, interpolation="nearest")
    ax.figure.colorbar(image, ax=ax, label="weight")
    ax.set(xlabel="from unit", ylabel="to unit")
    return styled(image, style)


def hopfield_energy(
    energy: npt.ArrayLike, *, step: str = "sweep", ax: Axes | None = None, **style: object
) -> list[Line2D]:
    """Draw the energy of one or several trials along their runs.

    Parameters
    ----------
    energy : array, (steps,) or (trials, steps)
        For example `Recall.energy` or `EnergyPath.energy`.
    step : str, default "sweep"
        What the horizontal axis counts.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Line2D
        A line per trial.

    Examples
    --------
    >>> lines = hopfield_energy([[-1.0, -2.0, -2.0]])
    """
    values = checks.array("energy", np.atleast_2d(checks.array("energy", energy)), shape=(None, None))
    step = checks.text("step", step)
    ax = axes_or_new(ax)
    lines = ax.plot(values.T, color="C0", alpha=max(1 / len(values) ** 0.5, 0.1))
    ax.set(xlabel=step, ylabel="energy")
    return styled(lines, style)


def overlaps(
    times: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    ax: Axes | None = None,
    **style: object,
) -> list[Line2D]:
    """Draw overlaps with patterns against time.

    Parameters
    ----------
    times : array, (samples,)
        Times or numbers of steps.
    values : array, (samples,) or (samples, lines)
        Overlaps, in [-1, 1] for binary states.
    labels : sequence of str, optional
        One per line; adds a legend.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Line2D
        The lines.

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> lines = overlaps([0, 1, 2], [0.4, 0.9, 1.0], labels=["X"])
    """
    t = checks.array("times", times, shape=(None,))
    m = checks.array("values", values)
    m = m[:, None] if m.ndim == 1 else m
    if m.ndim != 2 or len(m) != len(t):
        raise ValueError(f"values must have shape ({len(t)}, any), a row for each of times, got {m.shape}")
    labels = names_of_lines("labels", labels, m.shape[1])
    ax = axes_or_new(ax)
    lines = ax.plot(t, m)
    ax.set(
        xlabel="time", ylabel="overlap", ylim=(min(-0.05, m.min(initial=0) - 0.05), max(1.05, m.max(initial=0) + 0.05))
    )
    if labels is not None:
        ax.legend(lines, labels, frameon=False)
    return styled(lines, style)


def recovery_curves(
    curves: RecoveryCurves, *, along: str = "counts", ax: Axes | None = None, **style: object
) -> list[ErrorbarContainer]:
    """Draw the fraction of patterns recovered with its standard error.

    Parameters
    ----------
    curves : RecoveryCurves
        From `rheobase.attractors.recovery_curves`.
    along : {"counts", "flips"}
        Against the number of patterns (capacity) or the corruption (basins).
    ax : Axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of ErrorbarContainer
        A curve per corruption or per number of patterns.

    Raises
    ------
    ValueError
        If `along` is neither.

    Examples
    --------
    >>> from rheobase import attractors
    >>> bars = recovery_curves(attractors.recovery_curves(64, [2, 8], networks=2, seed=1))
    """
    checks.instance("curves", curves, RecoveryCurves, "a RecoveryCurves")
    capacity = checks.choice("along", along, ("counts", "flips")) == "counts"
    fraction, error = curves.recovered, curves.standard_error
    x, others, values, errors = (
        (curves.counts, curves.flips, fraction.T, error.T)
        if capacity
        else (curves.flips / curves.n, curves.counts, fraction, error)
    )
    ax = axes_or_new(ax)
    names = [f"{k / curves.n:.0%} flipped" if capacity else f"{k} patterns" for k in others]
    bars = [
        ax.errorbar(x, v, e, marker="o", markersize=4, capsize=2, label=name)
        for v, e, name in zip(values, errors, names, strict=True)
    ]
    if capacity:
        ax.axvline(0.138 * curves.n, color="gray", linestyle=":", label="0.138 N")
    ax.set(
        xlabel="stored patterns" if capacity else "fraction flipped", ylabel="fraction recovered", ylim=(-0.03, 1.03)
    )
    ax.legend(frameon=False)
    return styled(bars, style)
