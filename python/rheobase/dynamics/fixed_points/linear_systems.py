"""Square linear systems that are decomposed together, and solved for right-hand sides that come one after the other.

The engine decomposes small full matrices, in a half of LAPACK's time or less and many in one call; large ones are
LAPACK's, and sparse ones, whose factors stay thin, SuperLU's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
from scipy import sparse
from scipy.linalg.lapack import dgetrf, dgetrs, sgetrf, sgetrs
from scipy.sparse.linalg import splu

from rheobase import _engine
from rheobase.dynamics.fields import Field

#: Of the factors of matrices.
Precision = type[np.float32] | type[np.float64]

#: Share of the entries of a Jacobian, and of its sparse factors, above which factors of the filled one are faster, and
#: the number of variables below which they always are, for making a sparse matrix takes Python a millisecond. From as
#: many on LAPACK is faster than the engine.
_SPARSE, _THIN, _LARGE = 0.1, 0.15, 500


class Systems(ABC):
    """Square systems with their factors."""

    @abstractmethod
    def solve(self, sides: np.ndarray, which: np.ndarray | None = None) -> np.ndarray:
        """Replace right-hand sides (k, m, n) of some systems by the solutions, which are returned.

        They must be contiguous, and as precise as the factors. Those of a matrix that is not finite become NaN, those
        of a singular one far out along its null vector. Default of `which`: the first k.
        """


class FullSystems(Systems):
    """Those of full matrices, of which as many as there is room for are filled in, and then decomposed in their place.

    Attributes
    ----------
    matrices : ndarray, shape (count, n, n)
    """

    matrices: np.ndarray

    @abstractmethod
    def decompose(self, count: int) -> None:
        """Decompose the first `count` matrices."""

    @property
    @abstractmethod
    def singular(self) -> np.ndarray:
        """Which matrices were exactly singular, shape (count,)."""


class _SmallSystems(FullSystems):
    """Those that the engine decomposes."""

    def __init__(self, count: int, n: int, dtype: Precision) -> None:
        room = _engine.SingleLinearSystems if dtype is np.float32 else _engine.LinearSystems
        self._systems: Any = room(count, n)
        self.matrices = self._systems.matrices

    def decompose(self, count: int) -> None:
        self._systems.decompose(count)

    @property
    def singular(self) -> np.ndarray:
        return np.array(self._systems.singular, dtype=bool)

    def solve(self, sides: np.ndarray, which: np.ndarray | None = None) -> np.ndarray:
        self._systems.solve(np.arange(len(sides)) if which is None else which, sides)
        return sides


class _LargeSystems(FullSystems):
    """Those that LAPACK decomposes."""

    def __init__(self, count: int, n: int, dtype: Precision) -> None:
        self.matrices = np.empty((count, n, n), dtype)
        self._getrf, self._getrs = (sgetrf, sgetrs) if dtype is np.float32 else (dgetrf, dgetrs)
        self._pivots: list[np.ndarray | None] = [None] * count
        self._singular = np.zeros(count, dtype=bool)

    def decompose(self, count: int) -> None:
        for k, matrix in enumerate(self.matrices[:count]):
            self._pivots[k], self._singular[k] = None, False
            if np.isfinite(matrix).all():
                largest = np.abs(matrix).max()
                # LAPACK reads columns, so that this is the transposed matrix.
                _, self._pivots[k], singular = self._getrf(matrix.T, overwrite_a=1)
                self._singular[k] = singular > 0
                diagonal = np.einsum("ii->i", matrix)
                diagonal[diagonal == 0] = np.finfo(float).eps * largest

    @property
    def singular(self) -> np.ndarray:
        return self._singular

    def solve(self, sides: np.ndarray, which: np.ndarray | None = None) -> np.ndarray:
        for k, rows in zip(range(len(sides)) if which is None else which, sides, strict=True):
            if (pivots := self._pivots[k]) is None:
                rows[...] = np.nan
            else:
                self._getrs(self.matrices[k].T, pivots, rows.T, trans=1, overwrite_b=1)
        return sides


class SparseSystems(Systems):
    """Those of sparse matrices; one that is singular or not finite is filled."""

    def __init__(self, matrices: Sequence[sparse.csc_array]) -> None:
        self._factors = [_thin_factors(matrix) or decomposed(matrix.toarray()[None]) for matrix in matrices]

    def solve(self, sides: np.ndarray, which: np.ndarray | None = None) -> np.ndarray:
        """Solve them one by one."""
        for k, rows in zip(range(len(sides)) if which is None else which, sides, strict=True):
            factors = self._factors[k]
            if isinstance(factors, Systems):
                factors.solve(rows[None])
            else:
                rows[...] = factors.solve(rows.T).T
        return sides


def _thin_factors(matrix: sparse.csc_array) -> Any:
    """Return SuperLU's factors; None of a matrix that is exactly singular or not finite."""
    if not np.isfinite(matrix.data).all():
        return None
    try:
        return splu(matrix)
    except RuntimeError:
        return None


def full_systems(count: int, n: int, dtype: Precision = np.float64) -> FullSystems:
    """Return room for matrices of n rows each."""
    return _SmallSystems(count, n, dtype) if n < _LARGE else _LargeSystems(count, n, dtype)


def decomposed(matrices: np.ndarray) -> FullSystems:
    """Return the systems of matrices, (m, n, n), which are kept."""
    systems = full_systems(*matrices.shape[:2])
    systems.matrices[...] = matrices
    systems.decompose(len(matrices))
    return systems


def systems_at(F: Field, x: np.ndarray) -> Systems:
    """Return the systems of the Jacobians of a field at states, (n, m)."""
    if F.thin:
        return SparseSystems([F.sparse_jacobian(state) for state in x.T])
    return decomposed(F.many_jacobians(x))


def solve_at(F: Field, x: np.ndarray, right: np.ndarray, transposed: bool = False) -> np.ndarray:
    """Solve J(x) s = right, or Jᵀ(x) s = right, at each state: states, sides and solutions (n, m)."""
    if not F.thin:
        jacobians = F.many_jacobians(x)
        return solve_each(np.swapaxes(jacobians, 1, 2) if transposed else jacobians, right)
    solution = np.empty_like(right)
    for k in range(x.shape[1]):
        jacobian = F.sparse_jacobian(x[:, k])
        solution[:, k] = solve_sparse(jacobian.T.tocsc() if transposed else jacobian, right[:, k])
    return solution


def solve_sparse(matrix: sparse.csc_array, right: np.ndarray) -> np.ndarray:
    """Solve one linear system, (n,), by sparse factors; a singular one in the sense of least squares."""
    factors = _thin_factors(matrix) if np.isfinite(right).all() else None
    if factors is not None:
        return np.asarray(factors.solve(right))
    return solve_each(matrix.toarray()[None], right[:, None])[:, 0]


def solve_each(matrices: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve one linear system per state: matrices (m, n, n), right-hand sides and solutions (n, m).

    A singular one is solved in the sense of least squares: such a step of Newton's method still descends.
    """
    systems = decomposed(matrices)
    solution = systems.solve(np.array(right.T, dtype=float, order="C")[:, None])[:, 0]
    for k in np.flatnonzero(systems.singular):
        if np.isfinite(right[:, k]).all():
            solution[k] = np.linalg.lstsq(matrices[k], right[:, k], rcond=None)[0]
    return solution.T


def choose_solver(F: Field, u: np.ndarray) -> None:
    """Let systems with the Jacobian of F be solved sparse if its factors at one state stay thin."""
    jacobian = F.sparse_jacobian(u) if u.size >= _LARGE else None
    if jacobian is None or jacobian.nnz > _SPARSE * u.size**2:
        return
    factors = _thin_factors(jacobian)
    F.thin = factors is not None and factors.L.nnz + factors.U.nnz < _THIN * u.size**2


def one_blas_thread() -> AbstractContextManager[object]:
    """Hold LAPACK to one thread, if `threadpoolctl` is installed: its threads slow down small matrices."""
    try:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
    except ImportError:
        return nullcontext()
    return threadpool_limits(1, user_api="blas")
