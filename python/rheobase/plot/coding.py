"""Pictures of population codes: tuning, the discriminant of two stimuli, and d′² against population size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.coding.discriminant import FisherDiscriminant
from rheobase.coding.information import two_classes
from rheobase.coding.tuning import TuningCurve
from rheobase.plot.canvas import axes_or_new, paired, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.container import BarContainer
    from matplotlib.lines import Line2D

#: More bins than that no picture shows.
MAX_BINS = 10**6


def tuning_fit(
    stimuli: npt.ArrayLike,
    responses: npt.ArrayLike,
    curve: TuningCurve | None = None,
    *,
    ax: Axes | None = None,
    **style: object,
) -> list[Line2D]:
    """Draw mean responses with standard errors (ddof = 1) and a tuning curve through them.

    Parameters
    ----------
    stimuli, responses : array, (m,)
        Stimulus (deg) and response of each trial.
    curve : VonMises, Gaussian or Cosine, optional
        A curve, for example `TuningFit.curve`.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Line2D
        The points, and the curve if given.

    Raises
    ------
    ValueError
        If the lengths differ or are zero.

    Examples
    --------
    >>> from rheobase.coding import Cosine
    >>> lines = tuning_fit([0, 90, 180, 270], [15, 10, 5, 10], Cosine(10, 5, 0))
    """
    theta, r = paired("stimuli", stimuli, "responses", responses)
    if curve is not None:
        checks.function("curve", curve)
    if not len(theta):
        raise ValueError("stimuli must hold at least one trial, got none")
    kinds, index, trials = np.unique(theta, return_inverse=True, return_counts=True)
    mean = np.bincount(index, r) / trials
    squares = np.bincount(index, (r - mean[index]) ** 2)
    error = np.sqrt(squares / np.maximum(trials - 1, 1) / trials)
    ax = axes_or_new(ax)
    lines = [ax.errorbar(kinds, mean, error, fmt="o", color="black", capsize=2)[0]]
    if curve is not None:
        fine = np.linspace(kinds[0], kinds[-1], 400)
        lines += ax.plot(fine, curve(fine), color="C0")
    ax.set(xlabel="stimulus (deg)", ylabel="response")
    return styled(lines, style)


def discriminant(
    fitted: FisherDiscriminant, x: npt.ArrayLike, y: npt.ArrayLike, *, ax: Axes | None = None, **style: object
) -> tuple[list[PathCollection], Line2D]:
    """Draw the responses of two neurons to two stimuli and the line ``w·n = z`` that parts them.

    Parameters
    ----------
    fitted : FisherDiscriminant
        Fitted on two neurons.
    x : array, (trials, 2)
        Responses.
    y : array, (trials,)
        Labels of the two stimuli.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    points : list of PathCollection
        One cloud per stimulus.
    line : Line2D
        The discriminant.

    Raises
    ------
    ValueError
        If there are not two neurons and two stimuli.

    Examples
    --------
    >>> from rheobase.coding import FisherDiscriminant
    >>> x, y = np.random.default_rng(1).normal(size=(20, 2)) + np.repeat([[0], [2]], 10, axis=0), [0] * 10 + [1] * 10
    >>> points, line = discriminant(FisherDiscriminant().fit(x, y), x, y)
    """
    _fitted(fitted).project(x)
    a, b, kinds = two_classes(checks.array("x", x, shape=(None, 2)), y)
    ax = axes_or_new(ax)
    points = [
        ax.scatter(cloud[:, 0], cloud[:, 1], s=15, color=colour, label=_stimulus(kind))
        for cloud, colour, kind in zip((a, b), ("C0", "C3"), kinds, strict=True)
    ]
    w, z = fitted.weights_, fitted.threshold_
    ax.autoscale_view()
    limits = ax.get_xlim(), ax.get_ylim()
    foot = z * w / (w @ w)
    line = ax.axline(foot, foot + np.array([-w[1], w[0]]) / np.linalg.norm(w), color="black", linestyle="--")
    ax.set(xlim=limits[0], ylim=limits[1], xlabel="neuron 1", ylabel="neuron 2")
    ax.legend()
    return styled((points, line), style)


def discriminant_histogram(
    fitted: FisherDiscriminant,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    bins: int = 15,
    ax: Axes | None = None,
    **style: object,
) -> tuple[list[BarContainer], Line2D]:
    """Draw histograms of the projections ``w·n`` of two stimuli with the threshold z.

    Parameters
    ----------
    fitted : FisherDiscriminant
        Fitted on any number of neurons.
    x : array, (trials, neurons)
        Responses.
    y : array, (trials,)
        Labels of the two stimuli.
    bins : int, default 15
        Number of bins.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    histograms : list of BarContainer
        One per stimulus.
    line : Line2D
        The threshold.

    Raises
    ------
    ValueError
        If the data do not fit the discriminant.

    Examples
    --------
    >>> from rheobase.coding import FisherDiscriminant
    >>> x, y = np.random.default_rng(1).normal(size=(20, 3)) + np.repeat([[0], [2]], 10, axis=0), [0] * 10 + [1] * 10
    >>> histograms, line = discriminant_histogram(FisherDiscriminant().fit(x, y), x, y)
    """
    _fitted(fitted)
    a, b, kinds = two_classes(x, y)
    values = [fitted.project(a), fitted.project(b)]
    edges = np.histogram_bin_edges(np.concatenate(values), checks.integer("bins", bins, low=1, high=MAX_BINS))
    ax = axes_or_new(ax)
    histograms = [
        cast("BarContainer", ax.hist(value, edges.tolist(), color=colour, alpha=0.6, label=_stimulus(kind))[2])
        for value, colour, kind in zip(values, ("C0", "C3"), kinds, strict=True)
    ]
    line = ax.axvline(fitted.threshold_, color="black", linestyle="--")
    ax.set(xlabel="projection w·n", ylabel="trials")
    ax.legend(frameon=False)
    return styled((histograms, line), style)


def discriminability(
    sizes: npt.ArrayLike, curves: Mapping[str, npt.ArrayLike], *, ax: Axes | None = None, **style: object
) -> list[Line2D]:
    """Draw d′² against the number of neurons.

    Parameters
    ----------
    sizes : array, (S,)
        Numbers of neurons K.
    curves : mapping of str to array (S,)
        Name and d′² of each curve.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Line2D
        The curves.

    Raises
    ------
    ValueError
        If a length differs.

    Examples
    --------
    >>> from rheobase.coding import pool_discriminability
    >>> k = np.arange(1, 200)
    >>> lines = discriminability(k, {f"c = {c}": pool_discriminability(k, correlation=c) for c in (0.01, 0.1)})
    """
    curves = checks.mapping("curves", curves)
    pairs = {name: paired("sizes", sizes, f"curves[{name!r}]", values) for name, values in curves.items()}
    ax = axes_or_new(ax)
    lines = []
    for name, (k, values) in pairs.items():
        lines += ax.plot(k, values, label=name)
    ax.set(xlabel="number of neurons K", ylabel="d′²")
    ax.set_ylim(bottom=0)
    if lines:
        ax.legend(frameon=False)
    return styled(lines, style)


def _fitted(fitted: FisherDiscriminant) -> FisherDiscriminant:
    return checks.instance("fitted", fitted, FisherDiscriminant, "a FisherDiscriminant")


def _stimulus(label: object) -> str:
    return f"stimulus {label:g}" if isinstance(label, float) else f"stimulus {label}"
