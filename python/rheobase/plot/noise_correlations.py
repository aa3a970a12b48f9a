"""Noise correlations of theory against the size of the network, with those of simulations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import checks
from rheobase.plot.canvas import axes_or_new, styled
from rheobase.plot.firing_rates import role_colours
from rheobase.plot.populations import populations
from rheobase.spikes import mean_correlation
from rheobase.theory import NoiseCorrelations

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


def noise_correlations(
    theory: NoiseCorrelations,
    measured: dict[int, Any] | None = None,
    *,
    ax: Axes | None = None,
    t_start: float | None = None,
    t_stop: float | None = None,
    **style: object,
) -> list[Line2D]:
    """Draw the correlations of spike counts within each population against the size, and what simulations have.

    Parameters
    ----------
    theory : NoiseCorrelations
        What `rheobase.theory.noise_correlations` returned.
    measured : dict of int to Result, or to a mapping of names to spike trains, optional
        Results of simulations by size; a whole number of windows of `theory` fills what is drawn of each.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    t_start, t_stop : float, optional
        Window in ms of the simulations; by default the whole recording.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Line2D
        Theory, one per population, then what was measured in the same order.

    Raises
    ------
    ValueError
        If a simulation lacks a population, or windows do not fill it.

    Examples
    --------
    >>> theory = rb.theory.NoiseCorrelations(("e",), 100.0, np.array([50]), np.array([[[0.02]]]))
    >>> lines = rb.plot.noise_correlations(theory, {50: {"e": rb.spikes.poisson(20.0, 1000.0, 50, seed=1)}})
    """
    checks.instance("theory", theory, NoiseCorrelations, "what rb.theory.noise_correlations returned")
    points = _measured(theory, measured, t_start, t_stop)
    axes, colours = axes_or_new(ax), role_colours(list(theory.names))
    order = np.argsort(theory.sizes)
    lines: list[Line2D] = []
    for name in theory.names:
        lines += axes.plot(theory.sizes[order], theory.of(name)[order], color=colours[name], label=f"{name} theory")
    for name, (sizes, found) in points.items():
        lines += axes.plot(sizes, found, "o", color=colours[name], label=name)
    drawn = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in lines])
    axes.set(xlabel="number of neurons", ylabel="noise correlation", xscale="log")
    axes.set_yscale("log" if (drawn[np.isfinite(drawn)] > 0).all() else "linear")
    axes.legend(framealpha=0.85, edgecolor="none")
    return styled(lines, style)


def _measured(
    theory: NoiseCorrelations, measured: dict[int, Any] | None, t_start: float | None, t_stop: float | None
) -> dict[str, tuple[list[int], list[float]]]:
    """Return sizes and correlations by population."""
    if measured is None:
        return {}
    records = {}
    for size, result in checks.instance("measured", measured, dict, "a dictionary of sizes to results").items():
        with checks.made_from("measured"):
            records[checks.integer("measured", size, low=1)] = populations(result, t_start, t_stop)
    for size, record in records.items():
        for name in theory.names:
            checks.choice(f"populations of measured[{size}]", name, tuple(record))
    with checks.made_from("theory.window, measured, t_start and t_stop"):
        return {
            name: (list(records), [mean_correlation(record[name], theory.window) for record in records.values()])
            for name in theory.names
        }
