"""Patterns of ±1 for associative memories: two pictures, random ones, corrupted ones, and their overlap."""

from __future__ import annotations

import numbers

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.learning.storage import sign_patterns

_CROSS = """
#......#
.#....#.
..#..#..
...##...
...##...
..#..#..
.#....#.
#......#
"""

_SMILEY = """
..####..
.#....#.
#.#..#.#
#......#
#.#..#.#
#..##..#
.#....#.
..####..
"""


def cross_pattern() -> np.ndarray:
    """Return the 8×8 'X' of the Hopfield study as a vector of 64 entries ±1 (+1 on the strokes).

    Examples
    --------
    >>> cross_pattern().reshape(8, 8)[0]
    array([ 1., -1., -1., -1., -1., -1., -1.,  1.])
    """
    return _picture(_CROSS)


def smiley_pattern() -> np.ndarray:
    """Return the 8×8 smiley of the Hopfield study as a vector of 64 entries ±1 (+1 on the strokes).

    Examples
    --------
    >>> smiley_pattern().shape
    (64,)
    """
    return _picture(_SMILEY)


def random_patterns(n_patterns: int, n: int, *, seed: checks.Seed = None) -> np.ndarray:
    """Draw independent patterns whose units are +1 or -1 with equal probability.

    Parameters
    ----------
    n_patterns : int
        Number of patterns.
    n : int
        Number of units.
    seed : int, SeedSequence or Generator, optional
        Source of randomness.

    Returns
    -------
    ndarray, (n_patterns, n)
        Entries ±1 (float64).

    Raises
    ------
    ValueError
        If `n_patterns` or `n` is below 1.

    Examples
    --------
    >>> random_patterns(3, 100, seed=1).shape
    (3, 100)
    """
    shape = checks.integer("n_patterns", n_patterns, low=1), checks.integer("n", n, low=1)
    checks.memory("n_patterns and n", 16.0 * shape[0] * shape[1])
    return np.where(checks.generator(seed).random(shape) < 0.5, -1.0, 1.0)


def corrupt(patterns: npt.ArrayLike, flips: int | float, *, seed: checks.Seed = None) -> np.ndarray:
    """Flip the sign of distinct, randomly chosen units, independently for each pattern.

    Parameters
    ----------
    patterns : array of ±1, (N,) or (trials, N)
        What to corrupt; the argument is not changed.
    flips : int or float
        Number of units as an integer, or a fraction of N in [0, 1] as a float (rounded to whole units).
    seed : int, SeedSequence or Generator, optional
        Source of randomness.

    Returns
    -------
    ndarray
        The corrupted patterns, in the shape given.

    Raises
    ------
    ValueError
        If `flips` is negative or more than all units, or an entry is not ±1.

    Examples
    --------
    >>> int((corrupt(cross_pattern(), 0.3, seed=1) != cross_pattern()).sum())
    19
    """
    result = sign_patterns("patterns", patterns).copy()
    count = flip_count(flips, result.shape[1])
    ranks = checks.generator(seed).random(result.shape).argsort(axis=1)
    chosen = ranks[:, :count]
    np.put_along_axis(result, chosen, -np.take_along_axis(result, chosen, axis=1), axis=1)
    return result.reshape(np.shape(patterns))


def flip_count(flips: int | float, n: int) -> int:
    """Return a number of units from an integer count or a float fraction of `n`.

    Raises
    ------
    ValueError
        If it is negative or exceeds `n`.
    """
    if isinstance(flips, numbers.Integral):
        return checks.integer("flips", flips, low=0, high=n)
    return round(checks.number("flips", flips, low=0, high=1) * n)


def overlap(states: npt.ArrayLike, patterns: npt.ArrayLike) -> np.ndarray:
    """Compute the overlap ``m = x·p/N``: 1 at the pattern, -1 at its negative, about 0 far from both.

    Parameters
    ----------
    states : array, (..., N)
        Binary or graded states.
    patterns : array of ±1, (N,) or (n_patterns, N)
        One pattern or several.

    Returns
    -------
    ndarray, (...) for one pattern, (..., n_patterns) for several
        The overlaps.

    Raises
    ------
    ValueError
        If the lengths differ or a pattern has an entry other than ±1.

    Examples
    --------
    >>> float(overlap(corrupt(cross_pattern(), 19, seed=0), cross_pattern()))
    0.40625
    """
    x = checks.array("states", states)
    p = sign_patterns("patterns", patterns)
    if x.ndim == 0 or x.shape[-1] != p.shape[1]:
        raise ValueError(f"states must have {p.shape[1]} units along the last axis as patterns, got shape {x.shape}")
    m = x @ p.T / p.shape[1]
    return m[..., 0] if np.ndim(patterns) == 1 else m


def _picture(drawing: str) -> np.ndarray:
    return np.array([1.0 if mark == "#" else -1.0 for mark in drawing.replace("\n", "")])
