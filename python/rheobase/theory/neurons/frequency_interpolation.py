"""Smooth functions of the frequency at many frequencies, from their values at some."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.interpolate import CubicSpline

#: Frequency, Hz, below which nothing changes.
_SLOWEST = 1e-3

#: Largest error of an interpolated value, next to the largest value of its function, and the frequency, Hz, above which
#: it grows in proportion: synapses, bins and windows pass the less of what is faster.
TOLERANCE, _SLOW = 1e-3, 100.0


def interpolated(
    function: Callable[[np.ndarray], np.ndarray],
    hertz: np.ndarray,
    first: int,
    marks: tuple[float, ...] = (),
    tolerance: float = TOLERANCE,
) -> np.ndarray:
    """Return a function of the size of frequencies, from its values at some of them where they are many.

    Cubic splines over the logarithm of the frequency are compared with the function in the middle of every interval,
    and intervals are halved until they agree; the middles become points of the spline, so that the error is smaller.

    Parameters
    ----------
    function : callable
        From frequencies, shape (K,), Hz, to values, shape (..., K).
    hertz : ndarray, shape (L,)
        Of either sign.
    first : int
        Points of the first grid.
    marks : tuple of float
        Frequencies near which the function may have peaks, Hz.
    tolerance : float
        Largest difference in the middles, next to the largest value; above 100 Hz more, in proportion.

    Returns
    -------
    ndarray, shape (..., L)
        Exact where the grid would have as many points as there are frequencies.
    """
    size = np.maximum(np.abs(hertz), _SLOWEST)
    different, which = np.unique(size, return_inverse=True)
    if len(different) > 2 * first:
        log = np.log(different)
        peaks = [x for x in np.log(np.maximum(marks, _SLOWEST)) if log[0] < x < log[-1]]
        at = np.unique(np.append(np.linspace(log[0], log[-1], first), peaks))
        values, doubtful = function(np.exp(at)), np.ones(len(at) - 1, dtype=bool)
        while len(at) + doubtful.sum() < len(different):
            at, values, doubtful = _halved(function, at, values, doubtful, tolerance)
            if not doubtful.any():
                return np.asarray(CubicSpline(at, values, axis=-1)(log)[..., which])
    return np.asarray(function(np.abs(hertz)))


def _halved(
    function: Callable[[np.ndarray], np.ndarray],
    at: np.ndarray,
    values: np.ndarray,
    doubtful: np.ndarray,
    tolerance: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the grid with the doubtful intervals halved, the values there, and the intervals that are doubtful now."""
    before = np.flatnonzero(doubtful)
    middle = (at[before] + at[before + 1]) / 2
    found = function(np.exp(middle))
    scale = np.maximum(np.abs(values).max(-1, keepdims=True), np.abs(found).max(-1, keepdims=True))
    allowed = tolerance * np.maximum(1.0, np.exp(middle) / _SLOW)
    missed = np.abs(CubicSpline(at, values, axis=-1)(middle) - found) > allowed * scale
    wrong = missed.reshape(-1, len(middle)).any(0)
    halves = np.insert(np.zeros_like(doubtful), before + 1, wrong)
    # The lower half of an interval keeps its place; the upper one follows.
    halves[before + np.arange(len(before))] = wrong
    return np.insert(at, before + 1, middle), np.insert(values, before + 1, found, axis=-1), halves
