"""Curves that lead to zeros of a field: from zeros that are known, and from any state.

Where F(u) = λd with one d, u lies on a curve, and wherever λ = 0 it passes a zero of F (Branin 1972). In high dimension
few random starts are near a zero, but along the directions in which F is soft, other zeros are near known ones.

Where (1 − λ)F(u) = λp(u − s) with p > 0, u = s at λ = 1 and F(u) = 0 at λ = 0. If F points inward on a large ball, the
curve from almost every s arrives there (Chow, Mallet-Paret & Yorke 1978). The curves are short where zeros are few.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

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

#: Rounds in which each start that is left gets another curve.
_ATTEMPTS = 10

#: Steps of the first curves, next to `max_iterations`: long and short ones from zeros, and from starts. Those that do
#: not come back within 20 steps often take very long, but lead to zeros that short ones do not reach.
_LONG, _SHORT, _STARTS = range(3)
_STEPS = (2 / 3, 1 / 3, 2.5)

#: By how much those of later rounds may be longer.
_LONGER = (0.75, 0.75, 0.0)

#: Share of new zeros among the ends of long curves from which on they are taken whatever they cost.
_NEW = 0.02

#: First and longest step next to `max_step`, and the correction, next to the step, that is aimed at. A step is refused
#: where its correction is longer than itself and than the first step; what was left before is then mended without one.
_BEGIN, _FIRST, _LONGEST, _AIM = 0.3, 0.1, 2.0, 0.3

#: A curve that is so much farther out than the starts is taken to go to infinity.
_FAR = 3.0

#: Curves that are followed side by side. At the mean step a third of them is under way, and a step of a few takes
#: Python as long as one of many.
_ABREAST = 4 * BATCH

#: Newton steps from where λ passes 0.
_LANDING = 8

#: An end this close to where the curve began, next to the size of the state, is no other zero.
_SAME = 1e-5

#: Entries of the matrices that are filled and solved together: what fits into the cache beside the Jacobians.
_CACHED = 80_000


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

    Newton's method is tried first. Where it loses more starts than it brings home, curves take over: from the starts
    themselves, or from zeros that were found before, with the direction that the field has at a start; `_Ways` tells
    which. Where all of the first are lost, a zero is sought from their mean and from the origin, too.
    """
    known, tried = _by_newton(F, starts, ends, settled, tolerance, max_step, max_iterations, pool)
    show(int(settled.sum()))
    random = np.random.default_rng(0)
    reach = _FAR * float(np.sqrt(np.mean(starts**2, axis=0)).max()) + max_step
    few = _TRIAL * batch_size(len(starts))
    ways = _Ways(few)
    for attempt in range(_ATTEMPTS):
        waiting = np.flatnonzero(~settled)
        while waiting.size:
            # A few at a time: what they find serves those that come after.
            zeros = _distinct(np.concatenate([ends[:, settled], known], axis=1))
            way, size = ways.choose(zeros.shape[1], attempt > 0)
            some, waiting = np.split(waiting, [min(waiting.size, size)])
            origins = zeros[:, random.integers(zeros.shape[1], size=some.size)] if way != _STARTS else starts[:, some]
            steps = int(max_iterations * _STEPS[way] * (1 + _LONGER[way] * attempt))
            # What came off its curve from a start goes by another one.
            pull = np.exp(0.5 * bool(attempt) * random.standard_normal((len(starts), 1)))
            parts = [slice(i, i + _ABREAST) for i in range(0, some.size, _ABREAST)]
            walk = partial(_walk, F, way, pull, max_step, steps, reach, tolerance)
            walked = list(
                pool.map(walk, [origins[:, part] for part in parts], [starts[:, some[part]] for part in parts])
            )
            found = np.concatenate([where for where, _ in walked], axis=1)
            size_of = np.maximum(np.sqrt(np.mean(origins**2, axis=0)), 1.0)
            apart = np.sqrt(np.mean((found - origins) ** 2, axis=0)) > _SAME * size_of
            home = np.isfinite(found[0]) & (apart | (way == _STARTS))
            ends[:, some[home]], settled[some[home]] = found[:, home], True
            both = _distinct(np.concatenate([zeros, found[:, home]], axis=1))
            ways.took(way, sum(systems for _, systems in walked), int(home.sum()), both.shape[1] - zeros.shape[1])
            show(int(settled.sum()))
        if not settled.any() and not known.size:
            break
    # Where no curve leads to a zero, Newton's method may still.
    left = tried + np.flatnonzero(~settled[tried:])
    last, done = starts[:, left], settled[left]
    _by_newton(F, last, last, done, tolerance, max_step, max_iterations, pool, 0.0)
    ends[:, left], settled[left] = last, done


def _walk(
    F: Field,
    way: int,
    pull: np.ndarray,
    max_step: float,
    steps: int,
    reach: float,
    tolerance: float,
    begin: np.ndarray,
    starts: np.ndarray,
) -> tuple[np.ndarray, int]:
    """Return where curves for some starts end, NaN for those given up, and how many linear systems they took."""
    curves: _Curves
    if way == _STARTS:
        curves = _FromStarts(F, begin, pull, max_step)
    else:
        curves = _FromZeros(F, begin, _soft_directions(F, begin, F.many(starts)), max_step)
    return curves.ends(steps, reach, tolerance), curves.systems


class _Ways:
    """Which curves are taken next: long ones from zeros while they lead to new ones, then what costs least."""

    def __init__(self, few: int) -> None:
        self.few, self.turn = few, 0
        #: Linear systems that each way took, and starts that it brought to zeros, at first and in later rounds.
        self.systems, self.home = np.zeros((2, 3)), np.zeros((2, 3))
        self.fresh = self.again = False

    def choose(self, zeros: int, again: bool) -> tuple[int, int]:
        """Return the way, and how many starts are to go it; `again` if these were not brought home before."""
        self.turn, self.again = self.turn + 1, again
        many = 16 * BATCH
        size = min(max(self.few, 2 * zeros), many)
        if not zeros:
            return _STARTS, size
        # Now and then once more, for they find zeros that other curves do not.
        if self.fresh or (self.turn & (self.turn - 1) == 0 and not again):
            return _LONG, size
        untried = np.flatnonzero(self.systems.sum(axis=0) == 0)
        if untried.size:
            return int(untried[0]), self.few if untried[0] != _STARTS else max(1, self.few // 4)
        known = np.where(self.systems[1] > 0, 1, 0) if again else np.where(self.systems[0] > 0, 0, 1)
        with np.errstate(divide="ignore"):
            price = ((self.systems + 1) / self.home)[known, np.arange(3)]
        # Long ones where none leads anywhere. Few new zeros are found, so none waits for them.
        return int(np.argmin(price)), many

    def took(self, way: int, systems: int, home: int, new: int) -> None:
        """Add what a turn took and brought."""
        self.systems[int(self.again), way] += systems
        self.home[int(self.again), way] += home
        if way == _LONG:
            self.fresh = new > _NEW * home


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
    """Newton's method from the starts in turn, as long as it brings as many home as is wanted.

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


class _Curves(ABC):
    """Points that move along curves G(u, λ) = 0 towards λ = 0, each by steps of its own length."""

    #: Which way λ goes at first.
    heading: float
    #: What a change of λ counts for in the length of a step.
    weight: float

    def __init__(self, F: Field, begin: np.ndarray, height: float, max_step: float) -> None:
        n, count = begin.shape
        self.F, self.max_step = F, max_step
        #: The last points on the curves with their λ and tangents (of mean square 1), and what lies ahead of them.
        self.behind, self.height_behind, self.tangent = begin.copy(), np.full(count, height), np.zeros_like(begin)
        self.rise = np.ones(count)
        self.x, self.height = begin.copy(), np.full(count, height)
        self.step = np.full(count, _BEGIN * max_step)
        #: Whether the last step was refused, so that what lies ahead is the last point itself.
        self.mending = np.zeros(count, dtype=bool)
        self.begun = False
        #: Linear systems that were solved.
        self.systems = 0
        #: Room for those of a batch, so that each does not ask for fresh memory.
        self.batch = max(1, min(batch_size(n), _CACHED // n**2))
        room = 0 if F.thin else min(count, self.batch)
        self.matrices = np.empty((room, n + 1, n + 1))

    @abstractmethod
    def _equations(self, active: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return G, (n, k), its slope in λ, (n, k), and a, (k,), and b, (n, k), of its Jacobian aJ − diag b in u."""

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
        size = self._length(shift, rise_of_shift)
        mending = self.mending[active]
        allowed = np.where(mending, self.max_step, np.maximum(self.step[active], _FIRST * self.max_step))
        good = size < allowed if self.begun else np.isfinite(size)
        # A first step may lead beyond the next zero: it is then too long, for nothing tells where λ passed 0.
        good &= (self.height_behind[active] > 0) | (self.height[active] + rise_of_shift > 0) | (not self.begun)
        kept, on = active[good], active[good & ~mending]
        # Where mending fails, too, or not even the tangent at the first point is known, the curve is given up.
        self.step[active[~good]] *= np.where(mending[~good], 0.0, 0.4) if self.begun else 0.0
        here, height = self.x[:, kept] + shift[:, good], self.height[kept] + rise_of_shift[good]
        below = (height <= 0) & self.begun
        drop = np.where(below, self.height_behind[kept] - height, 1.0)
        places = self.behind[:, kept] + (self.height_behind[kept] / drop) * (here - self.behind[:, kept])
        if self.begun:
            pace = np.sqrt(_AIM * self.step[on] / np.maximum(size[good & ~mending], 1e-12 * self.step[on]))
            self.step[on] = np.minimum(self.step[on] * np.clip(pace, 0.5, 2.0), _LONGEST * self.max_step)
        self.behind[:, kept], self.height_behind[kept] = here, height
        self.tangent[:, kept], self.rise[kept] = tangent[:, good], rise[good]
        self.mending[active] = ~good
        move = np.where(good, self.step[active], 0.0)
        self.x[:, active] = self.behind[:, active] + move * self.tangent[:, active]
        self.height[active] = self.height_behind[active] + move * self.rise[active]
        self.begun = True
        return kept[below], places[:, below]

    def _solve(self, active: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return the corrections of u and λ across the curves, and the tangents there, from one decomposition each."""
        n = len(self.x)
        self.systems += active.size
        parts = [active[i : i + self.batch] for i in range(0, active.size, self.batch)]
        solution = np.concatenate([self._solve_batch(part) for part in parts])
        tangent, rise = solution[:, :n, 1].T, solution[:, n, 1]
        with np.errstate(invalid="ignore", divide="ignore"):
            length = self._length(tangent, rise)
            return solution[:, :n, 0].T, solution[:, n, 0], tangent / length, rise / length

    def _length(self, way: np.ndarray, rise: np.ndarray) -> np.ndarray:
        """Return the lengths of steps in u, (n, k), and λ, (k,)."""
        return np.asarray(np.sqrt(np.mean(way**2, axis=0) + (self.weight * rise) ** 2))

    def _solve_batch(self, active: np.ndarray) -> np.ndarray:
        n = len(self.x)
        value, slope, scale, less = self._equations(active)
        across = self.tangent[:, active].T / n
        corner = self.weight**2 * self.rise[active] if self.begun else np.full(active.size, self.heading)
        right = np.zeros((active.size, n + 1, 2))
        right[:, :n, 0] = -value.T
        right[:, n, 1] = 1
        if self.F.thin:
            for k, index in enumerate(active):
                jacobian = scale[k] * self.F.sparse_jacobian(self.x[:, index]) - sparse.diags_array(less[:, k])
                rows = [[jacobian, slope[:, k, None]], [across[k, None], corner[k, None, None]]]
                right[k] = solve_sparse(sparse.block_array(rows, format="csc"), right[k])
            return right
        matrices = self.matrices[: active.size]
        np.multiply(self.F.many_jacobians(self.x[:, active]), scale[:, None, None], out=matrices[:, :n, :n])
        np.einsum("bii->bi", matrices[:, :n, :n])[...] -= less.T
        matrices[:, :n, n] = slope.T
        matrices[:, n, :n] = across
        matrices[:, n, n] = corner
        return solve_all(matrices, right)


class _FromZeros(_Curves):
    """Curves F(u) = λd away from zeros, on which λ rises from 0 and falls back to it at another zero."""

    heading = 1.0
    weight = 0.0

    def __init__(self, F: Field, zeros: np.ndarray, directions: np.ndarray, max_step: float) -> None:
        super().__init__(F, zeros, 0.0, max_step)
        self.directions = directions

    def _equations(self, active: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        d = self.directions[:, active]
        return self.F.many(self.x[:, active]) - self.height[active] * d, -d, np.ones(active.size), np.zeros_like(d)


class _FromStarts(_Curves):
    """Curves (1 − λ)F(u) = λp(u − s) from starts s, with pulls p > 0 of the variables, on which λ falls from 1 to 0."""

    heading = -1.0

    def __init__(self, F: Field, starts: np.ndarray, pull: np.ndarray, max_step: float) -> None:
        super().__init__(F, starts, 1.0, max_step)
        self.starts, self.pull = starts, pull
        # Near a small start the zero at the end of λ = 1 is next to it, and u tells little of how fast λ goes.
        self.weight = max_step

    def _equations(self, active: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        x, height = self.x[:, active], self.height[active]
        flow, away = self.F.many(x), self.pull * (x - self.starts[:, active])
        return (1 - height) * flow - height * away, -flow - away, 1 - height, self.pull * height
