"""Curves on which a field keeps its direction: they lead from one zero of the field to others.

Where F(u) = λd with one d, u lies on a curve, and wherever λ = 0 it passes a zero of F (Branin 1972). In high dimension
few random starts are near a zero, but along the directions in which F is soft, other zeros are near known ones.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np
from scipy import sparse

from rheobase.dynamics.fields import Field
from rheobase.dynamics.fixed_points.newton_steps import (
    BATCH,
    batch_size,
    bounded_newton,
    in_batches,
    solve_all,
    solve_at,
    solve_sparse,
    speeds,
)

#: Batches of starts by Newton's method before its yield decides whether it goes on.
_TRIAL = 2

#: Curves that are tried for each start, from other zeros, and by how much later ones may be longer than the first.
_ATTEMPTS, _LONGER = 10, 0.75

#: First and longest step next to `max_step`, and the correction, next to the step, that is aimed at. A step is refused
#: where its correction is longer than itself and than the first step: a short one also mends what was left before.
_FIRST, _LONGEST, _AIM = 0.1, 2.0, 0.3

#: A curve that is so much farther out than the starts is taken to go to infinity.
_FAR = 3.0

#: Curves that are followed side by side. At the mean step a third of them is under way, and a step of a few takes
#: Python as long as one of many.
_ABREAST = 4 * BATCH

#: Newton steps from where λ passes 0.
_LANDING = 8

#: An end this close to where the curve began, next to the size of the state, is no other zero.
_SAME = 1e-5


def follow_curves(
    F: Field,
    starts: np.ndarray,
    ends: np.ndarray,
    settled: np.ndarray,
    tolerance: float,
    max_step: float,
    max_iterations: int,
    pool: Executor,
    show: Callable[[int], None],
) -> None:
    """Bring starts to zeros of F; fill the ends, shape (n, m), and which of them are zeros, as they are found.

    Newton's method is tried first. Once it loses more starts than it brings home, the field at each start that is left
    gives the direction of a curve that begins at a zero found before. Where all of the first are lost, a zero is sought
    from their mean and from the origin.
    """
    known, tried = _by_newton(F, starts, ends, settled, tolerance, max_step, max_iterations, pool)
    show(int(settled.sum()))
    random = np.random.default_rng(0)
    reach = _FAR * float(np.sqrt(np.mean(starts**2, axis=0)).max()) + max_step
    few = _TRIAL * batch_size(len(starts))
    for attempt in range(_ATTEMPTS if settled.any() or known.size else 0):
        waiting = np.flatnonzero(~settled)
        steps = int(max_iterations * 2 / 3 * (1 + _LONGER * attempt))
        while waiting.size:
            # A few at a time: what they find serves those that come after.
            zeros = _distinct(np.concatenate([ends[:, settled], known], axis=1))
            some, waiting = np.split(waiting, [min(waiting.size, max(few, 2 * zeros.shape[1]), 16 * BATCH)])
            origins = zeros[:, random.integers(zeros.shape[1], size=some.size)]
            parts = [slice(i, i + _ABREAST) for i in range(0, some.size, _ABREAST)]

            def walk(part: slice, some: np.ndarray = some, origins: np.ndarray = origins) -> np.ndarray:
                directions = _soft_directions(F, origins[:, part], F.many(starts[:, some[part]]))
                return _Curves(F, origins[:, part], directions, max_step).ends(steps, reach, tolerance)  # noqa: B023

            found = np.concatenate(list(pool.map(walk, parts)), axis=1)
            size = np.maximum(np.sqrt(np.mean(origins**2, axis=0)), 1.0)
            # NaN where a curve was given up.
            elsewhere = np.sqrt(np.mean((found - origins) ** 2, axis=0)) > _SAME * size
            ends[:, some[elsewhere]], settled[some[elsewhere]] = found[:, elsewhere], True
            show(int(settled.sum()))
    # Where there is one zero only, no curve finds another.
    left = tried + np.flatnonzero(~settled[tried:])
    last, done = starts[:, left], settled[left]
    _by_newton(F, last, last, done, tolerance, max_step, max_iterations, pool, 0.0)
    ends[:, left], settled[left] = last, done


def _by_newton(
    F: Field,
    starts: np.ndarray,
    ends: np.ndarray,
    settled: np.ndarray,
    tolerance: float,
    max_step: float,
    max_iterations: int,
    pool: Executor,
    yield_wanted: float = 0.5,
) -> tuple[np.ndarray, int]:
    """Newton's method from the starts in turn, as long as no zero is known or it brings as many home as is wanted.

    Fill the ends, and which of them are zeros; return zeros from the middle if they were needed, (n, 0 to 2), and how
    many starts were tried.
    """
    count, size = starts.shape[1], batch_size(len(starts))
    known = starts[:, :0]
    for begin in range(0, count, _TRIAL * size):
        stop = min(begin + _TRIAL * size, count)
        batches = [starts[:, i : min(i + size, stop)] for i in range(begin, stop, size)]
        found = pool.map(lambda batch: bounded_newton(F, batch, tolerance, max_step, max_iterations), batches)
        ends[:, begin:stop] = np.concatenate(list(found), axis=1)
        settled[begin:stop] = speeds(F, ends[:, begin:stop]) < tolerance
        if settled[:stop].mean() >= yield_wanted:
            continue
        if not begin and not settled[:stop].any():
            middle = np.column_stack([starts.mean(axis=1), np.zeros(len(starts))])
            middle = bounded_newton(F, middle, tolerance, max_step, max_iterations)
            known = middle[:, speeds(F, middle) < tolerance]
        if settled[:stop].any() or known.size:
            return known, stop
    return known, count


def _distinct(zeros: np.ndarray) -> np.ndarray:
    """Return each of the zeros, shape (n, m), about once."""
    direction = np.cos(1.0 + np.arange(len(zeros), dtype=float) ** 2)
    return np.asarray(zeros[:, np.unique(np.round(direction @ zeros, 6), return_index=True)[1]])


def _soft_directions(F: Field, zeros: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the directions (Jᵀ)⁻¹v, of the size of v: mostly those in which F changes little about a zero.

    Along these F soon bends back to zero. With (JJᵀ)⁻¹v the way is shorter still, but leads to the same few zeros.
    """
    size = batch_size(len(zeros))
    parts = [slice(i, i + size) for i in range(0, zeros.shape[1], size)]
    soft = np.concatenate([solve_at(F, zeros[:, part], values[:, part], transposed=True) for part in parts], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(soft * (np.linalg.norm(values, axis=0) / np.linalg.norm(soft, axis=0)))


class _Curves:
    """Points that move along curves F(u) = λd away from zeros, each by steps of its own length."""

    def __init__(self, F: Field, zeros: np.ndarray, directions: np.ndarray, max_step: float) -> None:
        count = zeros.shape[1]
        self.F, self.directions, self.max_step = F, directions, max_step
        #: The last points on the curves with their λ and tangents (of mean square 1), and what lies ahead of them.
        self.behind, self.height_behind, self.tangent = zeros.copy(), np.zeros(count), np.zeros_like(zeros)
        self.rise = np.ones(count)
        self.x, self.height = zeros.copy(), np.zeros(count)
        self.step = np.full(count, _FIRST * max_step)
        self.begun = False
        #: Room for the linear systems of a batch, so that each does not ask for fresh memory.
        room = 0 if F.thin else min(count, batch_size(len(zeros)))
        self.matrices = np.empty((room, len(zeros) + 1, len(zeros) + 1))

    def ends(self, steps: int, reach: float, tolerance: float) -> np.ndarray:
        """Return the zeros at which the curves arrive within this many steps and this reach, NaN for the others."""
        landed = np.full_like(self.x, np.nan)
        active = np.arange(self.x.shape[1])
        arrived, places = np.full(active.size, False), np.zeros_like(self.x)
        for _ in range(steps):
            distance = np.sqrt(np.mean(self.behind[:, active] ** 2, axis=0))
            active = active[(self.step[active] > 1e-3 * self.max_step) & (distance < reach)]
            if not active.size:
                break
            passed, where = self._advance(active)
            arrived[passed], places[:, passed] = True, where
            active = active[~arrived[active]]
        # All of them at once: few arrive in one step.
        if arrived.any():
            landing = places[:, arrived]
            ends = in_batches(lambda x: bounded_newton(self.F, x, tolerance, self.max_step, _LANDING), landing)
            landed[:, arrived] = np.where(speeds(self.F, ends) < tolerance, ends, np.nan)
        return landed

    def _advance(self, active: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Correct the points, move them on, and return which have passed λ = 0, and where."""
        shift, rise_of_shift, tangent, rise = self._solve(active)
        size = np.sqrt(np.mean(shift**2, axis=0))
        good = size < np.maximum(self.step[active], _FIRST * self.max_step) if self.begun else np.isfinite(size)
        refused, kept = active[~good], active[good]
        self.step[refused] *= 0.4 if self.begun else 0.0
        here, height = self.x[:, kept] + shift[:, good], self.height[kept] + rise_of_shift[good]
        below = (height <= 0) & self.begun
        drop = np.where(below, self.height_behind[kept] - height, 1.0)
        places = self.behind[:, kept] + (self.height_behind[kept] / drop) * (here - self.behind[:, kept])
        if self.begun:
            pace = np.sqrt(_AIM * self.step[kept] / np.maximum(size[good], 1e-12 * self.step[kept]))
            self.step[kept] *= np.clip(pace, 0.5, 1.6)
        self.step[kept] = np.minimum(self.step[kept], _LONGEST * self.max_step)
        self.behind[:, kept], self.height_behind[kept] = here, height
        self.tangent[:, kept], self.rise[kept] = tangent[:, good], rise[good]
        self.x[:, active] = self.behind[:, active] + self.step[active] * self.tangent[:, active]
        self.height[active] = self.height_behind[active] + self.step[active] * self.rise[active]
        self.begun = True
        return kept[below], places[:, below]

    def _solve(self, active: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return the corrections of u and λ across the curves, and the tangents there, from one decomposition each."""
        n = len(self.x)
        size = batch_size(n)
        parts = [active[i : i + size] for i in range(0, active.size, size)]
        solution = np.concatenate([self._solve_batch(part) for part in parts])
        tangent, rise = solution[:, :n, 1].T, solution[:, n, 1]
        length = np.sqrt(np.mean(tangent**2, axis=0))
        return solution[:, :n, 0].T, solution[:, n, 0], tangent / length, rise / length

    def _solve_batch(self, active: np.ndarray) -> np.ndarray:
        n = len(self.x)
        d = self.directions[:, active].T
        across, corner = self.tangent[:, active].T / n, 0 if self.begun else 1
        right = np.zeros((active.size, n + 1, 2))
        right[:, :n, 0] = self.height[active, None] * d - self.F.many(self.x[:, active]).T
        right[:, n, 1] = 1
        if self.F.thin:
            for k, index in enumerate(active):
                jacobian = self.F.sparse_jacobian(self.x[:, index])
                rows = [[jacobian, -d[k, :, None]], [across[k, None], np.array([[corner]])]]
                right[k] = solve_sparse(sparse.block_array(rows, format="csc"), right[k])
            return right
        matrices = self.matrices[: active.size]
        matrices[:, :n, :n] = self.F.many_jacobians(self.x[:, active])
        matrices[:, :n, n] = -d
        matrices[:, n, :n] = across
        matrices[:, n, n] = corner
        return solve_all(matrices, right)
