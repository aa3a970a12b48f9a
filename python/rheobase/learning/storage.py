"""Storage of ±1 patterns in the weights of a Hopfield network: Hebbian, pseudo-inverse and Storkey rules."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheobase import checks


def hebbian(patterns: npt.ArrayLike, *, diagonal: bool = False) -> np.ndarray:
    """Store patterns by the outer-product rule ``W = (1/N) Σ p pᵀ``.

    Eqs. 4 and 6 of the Hopfield study; each pattern and its negative become attractors while few are stored.

    Parameters
    ----------
    patterns : array of ±1, (n_patterns, N)
        One pattern per row; a single pattern may be a vector.
    diagonal : bool, default False
        Keep the self-connections ``W_jj = n_patterns/N``; by default the identity part is removed.

    Returns
    -------
    ndarray, (N, N)
        Symmetric weights, post × pre.

    Raises
    ------
    ValueError
        If an entry is not +1 or -1, or nothing is given to store.

    Examples
    --------
    >>> hebbian([[1, -1, 1, -1]])[0]
    array([ 0.  , -0.25,  0.25, -0.25])
    """
    p = sign_patterns("patterns", patterns)
    weights = p.T @ p / p.shape[1]
    return _finished(weights, diagonal)


def pseudo_inverse(patterns: npt.ArrayLike, *, diagonal: bool = False) -> np.ndarray:
    """Store patterns by projection onto their span, ``W = Ξ⁺ Ξ`` with the patterns in the rows of Ξ.

    Every pattern satisfies ``W p = p`` exactly, correlated ones too, up to N linearly independent patterns
    (Personnaz, Guyon & Dreyfus 1985; without the diagonal: Kanter & Sompolinsky 1987).

    Parameters
    ----------
    patterns : array of ±1, (n_patterns, N)
        One pattern per row.
    diagonal : bool, default False
        Keep the self-connections. Removing them leaves the patterns fixed and widens their basins.

    Returns
    -------
    ndarray, (N, N)
        Symmetric weights, post × pre.

    Raises
    ------
    ValueError
        If an entry is not +1 or -1, or nothing is given to store.

    Examples
    --------
    >>> p = np.array([[1, 1, 1, -1], [1, 1, -1, -1]])
    >>> bool(np.allclose(p @ pseudo_inverse(p, diagonal=True), p))
    True
    """
    p = sign_patterns("patterns", patterns)
    weights = np.linalg.pinv(p) @ p
    weights = (weights + weights.T) / 2  # rounding leaves it a little asymmetric, which the energy would notice
    return _finished(weights, diagonal)


def storkey(patterns: npt.ArrayLike) -> np.ndarray:
    """Store patterns one after the other by the rule of Storkey and Valabregue (1999).

    ``ΔW_ij = (p_i p_j - p_i h_ji - h_ij p_j)/N`` with ``h_ij = Σ_{k≠i,j} W_ik p_k``: local and incremental as the
    Hebbian rule, but with a larger capacity. The diagonal is zero.

    Parameters
    ----------
    patterns : array of ±1, (n_patterns, N)
        One pattern per row, stored in this order.

    Returns
    -------
    ndarray, (N, N)
        Symmetric weights, post × pre.

    Raises
    ------
    ValueError
        If an entry is not +1 or -1, or nothing is given to store.

    Examples
    --------
    >>> bool(np.array_equal(storkey([[1, -1, 1, -1]]), hebbian([[1, -1, 1, -1]])))
    True
    """
    patterns = sign_patterns("patterns", patterns)
    n = patterns.shape[1]
    weights = np.zeros((n, n))
    for p in patterns:
        h = (weights @ p)[:, None] - weights * p  # h_ij; the term k = i is zero with W_ii
        h_p = h * p
        weights += (np.outer(p, p) - h_p - h_p.T) / n
        np.fill_diagonal(weights, 0.0)
    return weights


def sign_patterns(name: str, value: npt.ArrayLike, n: int | None = None) -> np.ndarray:
    """Return `value` as a float array (patterns, units) of ±1, or say what is wrong with it.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like
        A vector or a matrix with a pattern per row.
    n : int, optional
        Number of units required.

    Raises
    ------
    ValueError
        If it is empty, has another length than `n`, or holds anything but +1 and -1.
    """
    result = checks.array(name, value)
    if result.ndim == 1:
        result = result[None]
    result = checks.array(name, result, shape=(None, n))
    if result.size == 0:
        raise ValueError(f"{name} must hold at least one pattern of at least one unit, got shape {result.shape}")
    wrong = np.abs(result) != 1
    if wrong.any():
        row, unit = (int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{name} must be +1 or -1, got {result[row, unit]:g} in pattern {row} at unit {unit}")
    return result


def _finished(weights: np.ndarray, diagonal: bool) -> np.ndarray:
    """Return weights, without their diagonal unless that is wanted."""
    if not checks.flag("diagonal", diagonal):
        np.fill_diagonal(weights, 0.0)
    return weights
