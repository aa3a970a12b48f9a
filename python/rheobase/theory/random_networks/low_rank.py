"""Weights of low rank beside the random ones: what their vectors have in common, as far as the mean field asks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.values import Described, own


@dataclass(frozen=True, eq=False)
class LowRank(Described):
    """Statistics of weights Σ_r m_i^r n_j^r / N, whose vectors are jointly Gaussian over units.

    Parameters
    ----------
    overlap : float or array_like, shape (R, R)
        Covariance of n^r with m^s, at ``[r, s]``.
    variance : float or array_like, shape (R, R), default 1
        Covariances of the vectors m; a number is that of each.
    left, right : float or array_like, shape (R,), default 0
        Means of the vectors m and n.

    Raises
    ------
    ValueError
        If shapes do not fit, or `variance` is no covariance matrix.

    Examples
    --------
    >>> LowRank(2.0).rank
    1
    """

    overlap: npt.ArrayLike
    variance: npt.ArrayLike = 1.0
    left: npt.ArrayLike = 0.0
    right: npt.ArrayLike = 0.0

    def __post_init__(self) -> None:
        overlap = np.atleast_2d(checks.array("overlap", self.overlap))
        if overlap.ndim != 2 or overlap.shape[0] != overlap.shape[1] or not overlap.size:
            raise ValueError(f"overlap must be a number or have shape (R, R), got {overlap.shape}")
        rank, variance = len(overlap), checks.array("variance", self.variance)
        if variance.shape not in ((), (rank, rank)):
            raise ValueError(f"variance must be a number or have shape {(rank, rank)}, got {variance.shape}")
        matrix = variance * np.eye(rank) if variance.ndim == 0 else variance
        if not np.allclose(matrix, matrix.T) or np.linalg.eigvalsh(matrix)[0] < -1e-12 * np.abs(matrix).max():
            raise ValueError(f"variance must be symmetric without negative eigenvalues, got {matrix}")
        object.__setattr__(self, "overlap", own(overlap))
        object.__setattr__(self, "variance", own(matrix))
        for name in ("left", "right"):
            object.__setattr__(self, name, own(checks.one_or_each(name, getattr(self, name), rank)))

    @property
    def rank(self) -> int:
        """Number R of pairs of vectors."""
        return len(np.asarray(self.overlap))

    def draw(self, n: int, seed: checks.Seed = None) -> np.ndarray:
        """Return such weights of n units, shape (n, n), as ``structure`` of `random_network`.

        The vectors n are the combination of the m that has the overlaps asked for, without noise of their own, which
        does not reach the mean field.

        Raises
        ------
        ValueError
            If the overlaps are with directions in which the vectors m do not vary.

        Examples
        --------
        >>> LowRank(2.0).draw(300, seed=1).shape
        (300, 300)
        """
        n = checks.integer("n", n, low=1)
        checks.memory("n", 16.0 * n**2)
        overlap, variance = np.asarray(self.overlap), np.asarray(self.variance)
        mixing = overlap @ np.linalg.pinv(variance)
        if not np.allclose(mixing @ variance, overlap, atol=1e-9 * np.abs(overlap).max()):
            raise ValueError(f"overlap must lie in the span of variance, got overlap {overlap}, variance {variance}")
        values, axes = np.linalg.eigh(variance)
        varying = checks.generator(seed).standard_normal((n, self.rank)) @ (axes * np.sqrt(np.maximum(values, 0))).T
        return (varying + self.left) @ (varying @ mixing.T + self.right).T / n


def shift(part: LowRank, kappa: np.ndarray) -> float:
    """Mean over units of the input Σ κ_r m^r, with κ of shape (R,)."""
    return float(np.asarray(part.left) @ kappa)


def spread(part: LowRank, kappa: np.ndarray) -> float:
    """Variance over units of the input Σ κ_r m^r."""
    return float(kappa @ np.asarray(part.variance) @ kappa)


def following_overlaps(part: LowRank, kappa: np.ndarray, rate: float, slope: float) -> np.ndarray:
    """Return ⟨nφ⟩ = right ⟨φ⟩ + overlap κ ⟨φ'⟩, where κ moves the units (Stein's lemma)."""
    return np.asarray(part.right) * rate + np.asarray(part.overlap) @ kappa * slope
