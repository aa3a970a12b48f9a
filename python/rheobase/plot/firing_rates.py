"""Firing rates in time: of populations, and around a stimulus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from rheobase import checks
from rheobase.experiments import Trials
from rheobase.plot.canvas import axes_or_new, styled
from rheobase.plot.palette import BLACK, colour, colours_of
from rheobase.plot.populations import Populations, populations
from rheobase.spikes import Filter, binned_rate, smoothed_rate
from rheobase.spikes import psth as averaged_over_trials
from rheobase.spikes.reading import Spikes, read

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import FillBetweenPolyCollection
    from matplotlib.lines import Line2D
    from matplotlib.patches import StepPatch


def population_rate(
    spikes: Populations,
    *,
    bin_width: float = 5.0,
    filter: Filter | None = None,
    mean_field: Mapping[str, float] | float | None = None,
    ax: Axes | None = None,
    t_start: float | None = None,
    t_stop: float | None = None,
    **style: object,
) -> list[Line2D]:
    """Draw the rate averaged over each population, in time.

    Parameters
    ----------
    spikes : SpikeTrains, list of trains, or mapping of names to these
        One or several populations; those of a mapping are coloured by their role where that tells them apart.
    bin_width : float, default 5
        Width of the bins in ms, if no filter is given; a whole number of them fills the window.
    filter : Filter, optional
        Smooth with this filter instead, such as ``gaussian_filter(10, dt=0.1)``; the rate is unbiased at the edges.
    mean_field : mapping of names to Hz, or float, optional
        Rates of a theory, drawn as dashed lines; a number where there is one population.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Line2D
        One per population, then one per mean-field rate in the order of `mean_field`.

    Raises
    ------
    ValueError
        If bins do not fill the window or `mean_field` names a population that is not there.

    Examples
    --------
    >>> from rheobase.spikes import poisson
    >>> lines = population_rate({"e": poisson(8.0, 500.0, 80, seed=1)}, mean_field={"e": 8.0})
    """
    records = populations(spikes, t_start, t_stop)
    theory = _by_name(mean_field, list(records))
    curves = {
        name: binned_rate(record, bin_width, average=True)
        if filter is None
        else smoothed_rate(record, filter, average=True, edges="unbiased")
        for name, record in records.items()
    }
    axes = axes_or_new(ax)
    colours = role_colours(list(records))
    lines = []
    for name, curve in curves.items():
        lines += axes.plot(curve.times, curve.values, color=colours[name], linewidth=1.2, label=name or None)
    for name, level in theory.items():
        lines.append(_dashed(axes, level, colours[name], f"{name} mean field".strip()))
    axes.set_xlabel("time (ms)")
    axes.set_ylabel("rate (Hz)")
    axes.set_xlim(min(r.t_start for r in records.values()), max(r.t_stop for r in records.values()))
    axes.set_ylim(bottom=0)
    if len(lines) > 1:
        axes.legend(framealpha=0.85, edgecolor="none")
    return styled(lines, style)


def psth(
    trials: Spikes,
    bin_width: float,
    *,
    filter: Filter | None = None,
    ax: Axes | None = None,
    t_start: float | None = None,
    t_stop: float | None = None,
    **style: object,
) -> list[StepPatch | Line2D]:
    """Draw the peristimulus time histogram: the trial-averaged rate in bins.

    Parameters
    ----------
    trials : SpikeTrains or list of arrays
        One train per trial, times in ms; see `rheobase.spikes.align`.
    bin_width : float
        Width of a bin in ms; a whole number of them fills the window.
    filter : Filter, optional
        Draw the rate smoothed with this filter as well.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list
        A StepPatch, and a Line2D if there is a filter.

    Raises
    ------
    ValueError
        If the bins do not fill the window.

    Examples
    --------
    >>> artists = psth([[12.0, 31.0], [14.0]], 10.0, t_stop=50.0)
    """
    record, _ = read(trials, t_start, t_stop, name="trials")
    bins = (record.t_stop - record.t_start) / checks.number("bin_width", bin_width, above=0)
    checks.memory("bin_width and t_stop", 32.0 * bins)
    rate = averaged_over_trials(record, bin_width)
    smooth = None if filter is None else smoothed_rate(record, filter, average=True, edges="unbiased")
    axes = axes_or_new(ax)
    edges = np.append(rate.times - rate.dt / 2, record.t_stop)
    artists: list[StepPatch | Line2D] = [axes.stairs(rate.values, edges, fill=True, color="#C8C8C8")]
    if smooth is not None:
        artists += axes.plot(smooth.times, smooth.values, color=BLACK, linewidth=1.2)
    axes.set_xlabel("time (ms)")
    axes.set_ylabel("rate (Hz)")
    axes.set_xlim(record.t_start, record.t_stop)
    axes.set_ylim(bottom=0)
    return styled(artists, style)


def role_colours(names: list[str]) -> dict[str, str]:
    """Colour lines by the roles of their populations, unless two would then look the same."""
    if names == [""]:
        return {"": BLACK}
    by_role = colours_of(names)
    alike = len(set(by_role.values())) < len(names)
    return {name: colour(i) for i, name in enumerate(names)} if alike else by_role


def _by_name(mean_field: Mapping[str, float] | float | None, names: list[str]) -> dict[str, float]:
    if mean_field is None:
        return {}
    if not isinstance(mean_field, Mapping):
        if len(names) > 1:
            raise ValueError(f"mean_field must map names to Hz where there are several populations, got {mean_field!r}")
        mean_field = {names[0]: mean_field}
    for name in mean_field:
        if name not in names:
            raise checks.unknown("mean_field", name, names)
    return {name: checks.number(f"mean_field[{name!r}]", level) for name, level in mean_field.items()}


def _dashed(axes: Axes, level: float, colour: str, label: str) -> Line2D:
    """Draw a dashed line with a white rim, so that it shows on top of a noisy trace of its colour."""
    from matplotlib import patheffects

    rim = [patheffects.Stroke(linewidth=3.5, foreground="white"), patheffects.Normal()]
    return axes.axhline(level, color=colour, linestyle="--", linewidth=1.6, path_effects=rim, zorder=3, label=label)


def trial_average(
    trials: Trials,
    population: str,
    bin_width: float = 5.0,
    *,
    ax: Axes | None = None,
    **style: object,
) -> tuple[Line2D, FillBetweenPolyCollection]:
    """Draw the rate of a population averaged over trials, with a band of one standard error of the mean.

    Parameters
    ----------
    trials : Trials
        What `rheobase.trials` returned.
    population : str
        Its name.
    bin_width : float, default 5
        Width of the bins in ms; a whole number of them fills a trial.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    Line2D, FillBetweenPolyCollection
        The mean, and the band.

    Raises
    ------
    ValueError
        If bins do not fill a trial, or trials differ in their length.

    Examples
    --------
    >>> net = rb.Network()
    >>> x = net.add(rb.Poisson(rate=20), 100, name="x")
    >>> line, band = trial_average(rb.trials(net, 5, 100), "x")
    """
    checks.instance("trials", trials, Trials, "what rb.trials returned")
    rate = trials.psth(population, bin_width)
    axes = axes_or_new(ax)
    shade = role_colours([population])[population]
    (line,) = axes.plot(rate.times, rate.values, color=shade, linewidth=1.2, label=population)
    band = axes.fill_between(rate.times, rate.values - rate.sem, rate.values + rate.sem, color=shade, alpha=0.3, lw=0)
    axes.set_xlabel("time (ms)")
    axes.set_ylabel("rate (Hz)")
    axes.set_ylim(bottom=0)
    return styled((line, band), style)
