"""f–I curves fitted to measured rates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from rheobase import checks
from rheobase.rates.curves import PowerLaw, Softplus, ThresholdLinear


def fit_threshold_linear(I: npt.ArrayLike, rates: npt.ArrayLike) -> ThresholdLinear:  # noqa: E741
    """Return the threshold-linear curve g (I − θ)₊ nearest to measured rates, in least squares (book 2.3).

    The sum of squares is a parabola in (g, g θ) as long as the same points lie above the threshold, so every such set
    is solved by linear regression and the best is taken: the global minimum, with no starting guess.

    Parameters
    ----------
    I : array_like, shape (K,)
        Mean inputs, mV; at least three different ones.
    rates : array_like, shape (K,)
        Rates, Hz.

    Returns
    -------
    ThresholdLinear

    Raises
    ------
    ValueError
        If the lengths differ, there are too few points, or no curve with a positive gain fits better than none.

    Examples
    --------
    >>> fit_threshold_linear([0, 5, 10, 20], [0, 0, 0, 40]).g
    4.0
    """
    x, y = _points(I, rates)
    best = (float((y**2).sum()), 0.0, 0.0)
    for first in range(len(x) - 1):
        low = x[first - 1] if first else -np.inf
        for g, theta in _candidates(x[first:], y[first:], low):
            if g > 0:
                misfit = float(((y - g * np.maximum(x - theta, 0)) ** 2).sum())
                best = min(best, (misfit, float(g), float(theta)))
    if best[1] <= 0:
        raise ValueError("rates must rise with I for a threshold-linear fit, got rates that do not")
    return ThresholdLinear(best[1], best[2])


def fit_softplus(I: npt.ArrayLike, rates: npt.ArrayLike) -> Softplus:  # noqa: E741
    """Return the softplus curve nearest to measured rates, in least squares: threshold-linear with a smooth corner.

    Parameters
    ----------
    I, rates : array_like, shape (K,)
        Mean inputs, mV, and rates, Hz.

    Returns
    -------
    Softplus

    Raises
    ------
    ValueError
        As `fit_threshold_linear`, from which the search starts.

    Examples
    --------
    >>> x = np.linspace(0, 30, 10)
    >>> round(fit_softplus(x, Softplus(g=3.0, theta=10.0, width=2.0)(x)).width, 6)
    2.0
    """
    x, y = _points(I, rates)
    start = fit_threshold_linear(x, y)

    def curve(p: np.ndarray) -> Softplus:
        return Softplus(float(np.exp(p[0])), float(p[1]), float(np.exp(p[2])))

    p = least_squares(lambda p: curve(p)(x) - y, [np.log(start.g), start.theta, np.log(np.ptp(x) / 10)]).x
    return curve(p)


def fit_power_law(I: npt.ArrayLike, rates: npt.ArrayLike) -> PowerLaw:  # noqa: E741
    """Return the power law k (I − θ)₊^p, p ≥ 1, nearest to measured rates, in least squares.

    Parameters
    ----------
    I, rates : array_like, shape (K,)
        Mean inputs, mV, and rates, Hz.

    Returns
    -------
    PowerLaw

    Raises
    ------
    ValueError
        As `fit_threshold_linear`, from which the search starts.

    Examples
    --------
    >>> x = np.linspace(0, 30, 10)
    >>> round(fit_power_law(x, PowerLaw(k=0.05, p=2.0, theta=3.0)(x)).p, 6)
    2.0
    """
    x, y = _points(I, rates)
    line = fit_threshold_linear(x, y)
    best = None
    for p in (1.0, 1.5, 2.0, 3.0):
        theta = line.theta - (p - 1) * np.ptp(x) / 4
        # The scale follows from the others: it passes through the largest rate.
        k = y.max() / max(float(x.max() - theta), 1e-9) ** p
        found = least_squares(
            lambda q: np.exp(q[0]) * np.maximum(x - q[2], 0) ** q[1] - y,
            [np.log(max(k, 1e-12)), p, theta],
            bounds=([-np.inf, 1.0, -np.inf], [np.inf, 20.0, np.inf]),
            x_scale=[1.0, 0.5, 0.2 * np.ptp(x)],
        )
        best = found if best is None or found.cost < best.cost else best
    assert best is not None
    return PowerLaw(float(np.exp(best.x[0])), float(best.x[1]), float(best.x[2]))


def _candidates(x: np.ndarray, y: np.ndarray, low: float) -> list[tuple[float, float]]:
    """(g, θ) of the regression line, if it crosses zero between `low` and the first point, and of θ at that point."""
    found = []
    if np.ptp(x) > 0:
        g = float(np.sum((x - x.mean()) * (y - y.mean())) / np.sum((x - x.mean()) ** 2))
        if g > 0 and low <= x.mean() - y.mean() / g <= x[0]:
            found.append((g, float(x.mean() - y.mean() / g)))
        above = x - x[0]
        found.append((float(above @ y / (above @ above)), float(x[0])))
    return found


def _points(I: npt.ArrayLike, rates: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:  # noqa: E741
    """Return inputs and rates by increasing input."""
    x, y = checks.reals("I", I, shape=(None,)), checks.reals("rates", rates, shape=(None,))
    if len(x) != len(y):
        raise ValueError(f"I and rates must have one length, got {len(x)} and {len(y)}")
    if len(np.unique(x)) < 3:
        raise ValueError(f"I must hold at least three different inputs for a fit, got {x}")
    order = np.argsort(x, kind="stable")
    return x[order], y[order]
