"""A plastic network's spikes and the rates of its mean field in one panel (Fig. 4.1 E, F)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rheobase import checks
from rheobase.circuits.overlay import Overlay
from rheobase.plot.canvas import axes_or_new, styled
from rheobase.plot.firing_rates import population_rate
from rheobase.plot.palette import BLACK
from rheobase.spikes import half_gaussian_filter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


def overlay(both: Overlay, *, sigma: float = 25.0, ax: Axes | None = None, **style: object) -> list[Line2D]:
    """Draw smoothed population rates, and on top of them, dashed, those of the rate network.

    Parameters
    ----------
    both : Overlay
        What `rheobase.circuits.overlay` returned.
    sigma : float, default 25
        Width of the causal half-Gaussian that smooths the spikes, ms.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Line2D
        The two populations' spikes, their rates, and the target.

    Examples
    --------
    >>> net, i_to_e = rb.circuits.cortex(200), {"weight": -45, "plasticity": rb.InhibitorySTDP()}
    >>> net.connect(net["i"], net["e"], rb.FixedInDegree(40), synapse=rb.Exponential(tau=4), **i_to_e)
    >>> lines = rb.plot.overlay(rb.circuits.overlay(net, 20, tau=(30, 15)))
    """
    checks.instance("both", both, Overlay, "what rb.circuits.overlay returned")
    with checks.made_from("sigma"):
        smoothing = half_gaussian_filter(checks.number("sigma", sigma, above=0), both.spiking.dt)
    trains = {name: both.spiking.spikes(name) for name in both.rates.names}
    axes = axes_or_new(ax)
    lines = population_rate(trains, filter=smoothing, ax=axes)
    for name, line in zip(both.rates.names, list(lines), strict=True):
        line.set_alpha(0.5)
        label = f"{name}, rate network"
        lines += axes.plot(both.rates.times, both.rates[name], "--", color=line.get_color(), label=label)
    lines.append(axes.axhline(both.model.r_0, color=BLACK, linewidth=0.8, linestyle=":", label="target"))
    axes.legend(framealpha=0.85, edgecolor="none")
    return styled(lines, style)
