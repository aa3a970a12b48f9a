"""Iterations that carry many states at once to zeros of a field: Newton, least squares, and a flow that ends there.

All take states as columns, shape (n, m), and return new ones.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import numpy as np
from scipy import sparse
from scipy.linalg.lapack import dgetrf, dgetrs, sgetrf, sgetrs
from scipy.sparse.linalg import splu

from rheobase.dynamics.fields import Field

#: States whose Jacobians fit into the cache together, and entries that those of large fields may have together.
BATCH, ROOM = 32, 8_000_000

#: Share of the entries of a Jacobian, and of its sparse factors, above which LAPACK is faster on filled ones, and the
#: number of variables below which it always is, for making a sparse matrix takes Python a millisecond.
_SPARSE, _THIN, _LARGE = 0.1, 0.15, 500


def batch_size(n: int) -> int:
    """Return how many states of n variables are taken together."""
    return max(1, min(BATCH, ROOM // n**2))


def choose_solver(F: Field, u: np.ndarray) -> None:
    """Let systems with the Jacobian of F be solved sparse if its factors at one state stay thin."""
    jacobian = F.sparse_jacobian(u) if u.size >= _LARGE else None
    if jacobian is None or not np.isfinite(jacobian.data).all() or jacobian.nnz > _SPARSE * u.size**2:
        return
    try:
        factors = splu(jacobian)
    except RuntimeError:  # exactly singular
        return
    F.thin = factors.L.nnz + factors.U.nnz < _THIN * u.size**2


def in_batches(iterate: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return what `iterate` makes of the states `x`, taken a few at a time."""
    size = batch_size(len(x))
    parts = [iterate(x[:, i : i + size]) for i in range(0, x.shape[1], size)]
    return np.concatenate(parts, axis=1) if parts else x


def one_blas_thread() -> AbstractContextManager[object]:
    """Hold LAPACK to one thread, if `threadpoolctl` is installed: its threads slow down small matrices."""
    try:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
    except ImportError:
        return nullcontext()
    return threadpool_limits(1, user_api="blas")


def speeds(F: Field, x: np.ndarray) -> np.ndarray:
    """Return the length of F at each state, shape (m,); infinite where the field is not finite."""
    if not x.shape[1]:
        return np.zeros(0)
    v = np.linalg.norm(F.many(x), axis=0)
    return np.where(np.isfinite(v), v, np.inf)


def bounded_newton(F: Field, x: np.ndarray, tolerance: float, max_step: float, max_iterations: int) -> np.ndarray:
    """Newton's method with steps of bounded length, as a root mean square over the coordinates."""
    x = x.copy()
    active = np.arange(x.shape[1])
    for _ in range(max_iterations):
        active, v = _going(F, x, active, tolerance)
        if not active.size:
            break
        step = solve_at(F, x[:, active], -v)
        length = np.sqrt(np.mean(step**2, axis=0))
        # No demand that the speed falls: a start that may climb escapes the minima in which descent gets stuck.
        x[:, active] += step * (max_step / np.maximum(length, max_step))
    return x


def thrifty_newton(F: Field, x: np.ndarray, tolerance: float, max_step: float, decompositions: int) -> np.ndarray:
    """Newton's method near zeros: with the factors of one Jacobian three steps are made while they shrink."""
    x = x.copy()
    active = np.arange(x.shape[1])
    for _ in range(decompositions):
        active, v = _going(F, x, active, tolerance)
        if not active.size:
            break
        factors = _factors_at(F, x[:, active])
        allowed = np.full(active.size, np.inf)
        for _ in range(3):
            step = np.ascontiguousarray(-v.T)
            for one, sides in zip(factors, step, strict=True):
                one.solve(sides[None])
            length = np.sqrt(np.mean(step**2, axis=1))
            bounded = np.where(length < allowed, max_step / np.maximum(length, max_step), 0.0)
            x[:, active] += step.T * bounded
            allowed = 0.3 * length
            v = F.many(x[:, active])
    return x


def _going(F: Field, x: np.ndarray, active: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return which active states are not yet at zeros, and the field there."""
    v = F.many(x[:, active])
    # One step beyond the tolerance costs little and brings rounding accuracy.
    going = (np.linalg.norm(v, axis=0) > 1e-3 * tolerance) & np.isfinite(v).all(axis=0)
    return active[going], v[:, going]


def least_squares(F: Field, x: np.ndarray, tolerance: float, max_iterations: int) -> tuple[np.ndarray, np.ndarray]:
    """Levenberg–Marquardt on ½|F|²; returns the ends and whether each is a minimum or a zero of the speed."""
    x = x.copy()
    count = x.shape[1]
    settled, damping, steepest = np.zeros(count, dtype=bool), np.ones(count), np.zeros(count)
    if not count:
        return x, settled
    v = F.many(x)
    speed = np.linalg.norm(v, axis=0)
    active = np.flatnonzero(np.isfinite(speed))
    for _ in range(max_iterations):
        if not active.size:
            break
        jacobian = F.many_jacobians(x[:, active])
        transposed = np.swapaxes(jacobian, 1, 2)
        slope = np.einsum("bij,jb->ib", transposed, v[:, active])
        # Against the largest Jacobian met, for at a slow point the Jacobian itself may vanish.
        steepest[active] = np.maximum(steepest[active], np.linalg.norm(jacobian, axis=(1, 2)))
        settled[active] = (speed[active] <= 1e-3 * tolerance) | (
            np.linalg.norm(slope, axis=0) < 1e-7 * steepest[active] * speed[active]
        )
        going = ~settled[active]
        active, slope, transposed, jacobian = active[going], slope[:, going], transposed[going], jacobian[going]
        if not active.size:
            break
        normal = transposed @ jacobian
        np.einsum("bii->bi", normal)[...] += damping[active, None]
        trial = x[:, active] - solve_each(normal, slope)
        trial_v = F.many(trial)
        trial_speed = np.linalg.norm(trial_v, axis=0)
        better = trial_speed < speed[active]
        moved = active[better]
        x[:, moved], v[:, moved], speed[moved] = trial[:, better], trial_v[:, better], trial_speed[better]
        damping[active] *= np.where(better, 0.25, 6.0)
        # Nothing is left to gain once even tiny steps do not help: rounding has been reached.
        stuck = damping[active] > 1e12
        settled[active[stuck]] = speed[active[stuck]] < tolerance
        active = active[~stuck]
        damping = np.maximum(damping, 1e-14)
    return x, settled | (speed < tolerance)


def flow_to_rest(F: Field, x: np.ndarray, tolerance: float, max_iterations: int = 200) -> np.ndarray:
    """Follow the flow by implicit Euler steps that grow as it slows down, so that it ends at what attracts.

    The first step is short next to the time scales of the field; later ones grow by no more than a quarter each, so
    that the path stays near the flow until Newton's method takes over.
    """
    x = x.copy()
    n, count = x.shape
    if not count:
        return x
    pace = np.linalg.norm(F.many_jacobians(x), axis=(1, 2)) / np.sqrt(n)
    h = 0.2 / np.maximum(np.where(np.isfinite(pace), pace, 1.0), 1e-12)
    active = np.arange(count)
    v = F.many(x)
    for _ in range(max_iterations):
        going = (np.linalg.norm(v, axis=0) > 1e-3 * tolerance) & np.isfinite(v).all(axis=0)
        active, v = active[going], v[:, going]
        if not active.size:
            break
        matrix = -F.many_jacobians(x[:, active])
        np.einsum("bii->bi", matrix)[...] += 1 / h[active, None]
        x[:, active] += solve_each(matrix, v)
        before, v = np.linalg.norm(v, axis=0), F.many(x[:, active])
        slowing = before / np.maximum(np.linalg.norm(v, axis=0), 1e-300)
        h[active] *= np.clip(np.nan_to_num(slowing, nan=0.5), 0.7, 1.25)
    return x


def settle(F: Field, x: np.ndarray, max_iterations: int = 300) -> np.ndarray:
    """Carry states that are all but zeros of the field to where Newton's steps vanish.

    Where the Jacobian is singular Newton's method converges slowly, and a small speed says little about the distance:
    at a zero of x³ a speed of 1e-9 leaves 1e-3. At a zero of any order the speed falls by more than half per step;
    where it does not, rounding is reached, and the state stays.
    """
    x = x.copy()
    active = np.arange(x.shape[1])
    speed = speeds(F, x)
    for _ in range(max_iterations):
        if not active.size:
            break
        step = solve_at(F, x[:, active], -F.many(x[:, active]))
        trial = x[:, active] + step
        size = np.maximum(np.abs(x[:, active]), 1.0)
        found = speeds(F, trial)
        better = (found < 0.5 * speed[active]) & (np.abs(step) < 0.05 * size).all(axis=0)
        x[:, active[better]], speed[active[better]] = trial[:, better], found[better]
        active = active[better & (np.abs(step) > 1e-13 * size).any(axis=0) & (found > 0)]
    return x


def solve_at(F: Field, x: np.ndarray, right: np.ndarray, transposed: bool = False) -> np.ndarray:
    """Solve J(x) s = right, or Jᵀ(x) s = right, at each state: states, sides and solutions (n, m)."""
    if not F.thin:
        jacobians = F.many_jacobians(x)
        return solve_each(np.swapaxes(jacobians, 1, 2) if transposed else jacobians, right)
    solution = np.empty_like(right)
    for k in range(x.shape[1]):
        jacobian = F.sparse_jacobian(x[:, k])
        solution[:, k] = solve_sparse(jacobian.T.tocsc() if transposed else jacobian, right[:, k, None])[:, 0]
    return solution


class Factors(ABC):
    """Triangular factors of a square matrix."""

    @abstractmethod
    def solve(self, sides: np.ndarray) -> None:
        """Replace right-hand sides, one per row, by the solutions."""


class _FullFactors(Factors):
    """Those of a full matrix, whose place they take."""

    def __init__(self, matrix: np.ndarray) -> None:
        # LAPACK reads columns, so that this is the transposed matrix.
        single = matrix.dtype == np.float32
        self._getrs = sgetrs if single else dgetrs
        _, self._pivots, singular = (sgetrf if single else dgetrf)(matrix.T, overwrite_a=1)
        self._factors = matrix.T
        if singular:
            # Moved by as much as rounding does, it has a solution, far out along the null vector.
            diagonal = np.einsum("ii->i", matrix)
            diagonal[diagonal == 0] = np.finfo(float).eps * np.abs(matrix).max()

    def solve(self, sides: np.ndarray) -> None:
        self._getrs(self._factors, self._pivots, sides.T, trans=1, overwrite_b=1)


class _SparseFactors(Factors):
    """Those of a sparse matrix."""

    def __init__(self, matrix: sparse.csc_array) -> None:
        self._factors = splu(matrix)

    def solve(self, sides: np.ndarray) -> None:
        sides[...] = self._factors.solve(sides.T).T


class _NoFactors(Factors):
    """What stands for those of a matrix that is not finite."""

    def solve(self, sides: np.ndarray) -> None:
        sides[...] = np.nan


def full_factors(matrices: np.ndarray) -> list[Factors]:
    """Decompose matrices, (m, n, n), which are lost."""
    finite = np.isfinite(matrices).all(axis=(1, 2))
    return [_FullFactors(matrix) if ok else _NoFactors() for matrix, ok in zip(matrices, finite, strict=True)]


def sparse_factors(matrix: sparse.csc_array) -> Factors:
    """Decompose a sparse matrix."""
    if np.isfinite(matrix.data).all():
        try:
            return _SparseFactors(matrix)
        except RuntimeError:  # exactly singular
            pass
    return full_factors(matrix.toarray()[None])[0]


def _factors_at(F: Field, x: np.ndarray) -> list[Factors]:
    """Decompose the Jacobians at states, (n, m)."""
    if F.thin:
        return [sparse_factors(F.sparse_jacobian(state)) for state in x.T]
    return full_factors(F.many_jacobians(x))


def solve_sparse(matrix: sparse.csc_array, right: np.ndarray) -> np.ndarray:
    """Solve one linear system of k right-hand sides, (n, k), by sparse factors."""
    if np.isfinite(matrix.data).all() and np.isfinite(right).all():
        try:
            return np.asarray(splu(matrix).solve(right))
        except RuntimeError:  # exactly singular
            pass
    return solve_all(matrix.toarray()[None], right[None])[0]


def solve_each(matrices: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve one linear system per state: matrices (m, n, n), right-hand sides and solutions (n, m)."""
    return solve_all(matrices, right.T[:, :, None])[:, :, 0].T


def solve_all(matrices: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve linear systems of k right-hand sides each: matrices (m, n, n), sides and solutions (m, n, k)."""
    finite = np.isfinite(matrices).all(axis=(1, 2)) & np.isfinite(right).all(axis=(1, 2))
    solution = np.full_like(right, np.nan)
    if not finite.any():
        return solution
    A, b = (matrices, right) if finite.all() else (matrices[finite], right[finite])
    try:
        solution[finite] = np.linalg.solve(A, b)
    except np.linalg.LinAlgError:  # one of them is exactly singular; the least-squares step is still a descent step
        solution[finite] = np.array([np.linalg.lstsq(a, c, rcond=None)[0] for a, c in zip(A, b, strict=True)])
    return solution
