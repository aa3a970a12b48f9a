"""Response curves: rate over stimulus, and rate over input current."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.plot.canvas import axes_or_new, paired, styled
from rheobase.plot.palette import BLACK, EXCITATORY, INHIBITORY
from rheobase.spikes import TuningCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import ErrorbarContainer
    from matplotlib.lines import Line2D


def tuning_curve(
    curve: TuningCurve, *, xlabel: str = "orientation (°)", ax: Axes | None = None, **style: object
) -> list[ErrorbarContainer]:
    """Draw a tuning curve: the mean rate at each stimulus, with its standard error.

    Parameters
    ----------
    curve : TuningCurve
        From `rheobase.spikes.tuning_curve`.
    xlabel : str, default "orientation (°)"
        What the stimulus is, with its unit.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of one ErrorbarContainer
        Rates in Hz.

    Raises
    ------
    TypeError
        If `curve` is not a TuningCurve.

    Examples
    --------
    >>> import rheobase.spikes
    >>> artists = tuning_curve(rheobase.spikes.tuning_curve([[2, 4], [4, 8]], [0.0, 90.0], 1000.0))
    """
    if not isinstance(curve, TuningCurve):
        raise TypeError(f"curve must be a TuningCurve (see rheobase.spikes.tuning_curve), got {type(curve).__name__}")
    axes = axes_or_new(ax)
    bars = axes.errorbar(
        curve.stimuli, curve.rates, yerr=curve.sem, color=BLACK, marker="o", markersize=4, linewidth=1.2, capsize=2
    )
    axes.set_xlabel(xlabel)
    axes.set_ylabel("rate ± s.e. (Hz)")
    axes.set_ylim(bottom=0)
    return styled([bars], style)


def fi_curve(
    currents: npt.ArrayLike,
    rates: npt.ArrayLike,
    *,
    fit: Callable[[np.ndarray], npt.ArrayLike] | None = None,
    threshold: float | None = None,
    xlabel: str = "mean input (mV)",
    ax: Axes | None = None,
    **style: object,
) -> list[Line2D]:
    """Draw an f–I curve: firing rate over input current (Rosenbaum, figure 2.6C).

    Parameters
    ----------
    currents : array of float, shape (points,)
        Input, mV.
    rates : array of float, shape (points,)
        Firing rates, Hz.
    fit : function, optional
        Takes inputs in mV, shape (400,), and returns rates in Hz; drawn as a dashed line.
    threshold : float, optional
        The threshold (rheobase) current in mV, drawn as a vertical dotted line.
    xlabel : str, default "mean input (mV)"
        What the input is, with its unit.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Line2D
        The points, then the fit and the threshold if given.

    Raises
    ------
    ValueError
        If shapes do not fit each other.

    Examples
    --------
    >>> lines = fi_curve([0.0, 10.0, 20.0], [0.0, 5.0, 37.0], threshold=15.0)
    """
    inputs, outputs = paired("currents", currents, "rates", rates)
    xlabel = checks.text("xlabel", xlabel)
    if inputs.size == 0:
        raise ValueError("currents must hold at least one value, got none")
    level = None if threshold is None else checks.number("threshold", threshold)
    fine = np.linspace(inputs.min(), inputs.max(), 400)
    fitted = None
    if fit is not None:
        fitted = checks.array("fit(currents)", checks.function("fit", fit)(fine), shape=fine.shape)
    axes = axes_or_new(ax)
    lines = list(axes.plot(inputs, outputs, color=EXCITATORY, marker="o", markersize=4, linewidth=1.2, label="rate"))
    if fitted is not None:
        lines += axes.plot(fine, fitted, color=BLACK, linestyle="--", linewidth=1.2, label="fit")
    if level is not None:
        lines.append(axes.axvline(level, color=INHIBITORY, linestyle=":", linewidth=1.5, label="threshold"))
    axes.set_xlabel(xlabel)
    axes.set_ylabel("rate (Hz)")
    axes.set_ylim(bottom=0)
    if len(lines) > 1:
        axes.legend(framealpha=0.85, edgecolor="none")
    return styled(lines, style)
