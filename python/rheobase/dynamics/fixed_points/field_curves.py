"""Curves that lead to zeros of a field: from zeros that are known, and from any state.

Where F(u) = λd with one d, u lies on a curve, and wherever λ = 0 it passes a zero of F (Branin 1972). In high dimension
few random starts are near a zero, but along the directions in which F is soft, other zeros are near known ones.

Where (1 − λ)F(u) = λp(u − s) with p > 0, u = s at λ = 1 and F(u) = 0 at λ = 0. If F points inward on a large ball, the
curve from almost every s arrives there (Chow, Mallet-Paret & Yorke 1978). The curves are short where zeros are few.
`curve_steps` goes along them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

import numpy as np

from rheobase.dynamics.fields import Field
from rheobase.dynamics.fixed_points.curve_steps import Curves, FromStarts, FromZeros
from rheobase.dynamics.fixed_points.linear_systems import Precision, solve_at
from rheobase.dynamics.fixed_points.newton_steps import batch_size, bounded_newton, speeds

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

#: A curve that is so much farther out than the starts is taken to go to infinity.
_FAR = 3.0

#: Batches of curves that one thread follows after each other, at most, and of those that go one way before it is
#: decided anew.
_PART, _TURN = 16, 64

#: An end this close to where the curve began, next to the size of the state, is no other zero.
_SAME = 1e-5

#: Number of variables from which on matrices are decomposed in single precision at first, in nine tenths of the
#: time. Points are corrected until what single precision left is gone; curves that are lost go again in double.
_SINGLE = 32


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
    batch = batch_size(len(starts))
    ways = _Ways(_TRIAL * batch, _TURN * batch)
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
            pull = np.exp(0.5 * bool(attempt) * random.standard_normal(len(starts)))
            # Small turns, too, keep several cores busy.
            length = min(max(some.size // 4, batch), _PART * batch)
            parts = [slice(i, i + length) for i in range(0, some.size, length)]
            dtype = np.float32 if len(starts) >= _SINGLE and not attempt else np.float64
            walk = partial(_walk, F, way, pull, dtype, max_step, steps, reach, tolerance)
            walked = pool.map(walk, [origins[:, part] for part in parts], [starts[:, some[part]] for part in parts])
            systems = np.zeros(some.size, dtype=int)
            for part, (found, taken) in zip(parts, walked, strict=True):
                home = np.isfinite(found[0])
                if way != _STARTS:
                    size_of = np.maximum(np.sqrt(np.mean(origins[:, part] ** 2, axis=0)), 1.0)
                    home &= np.sqrt(np.mean((found - origins[:, part]) ** 2, axis=0)) > _SAME * size_of
                ends[:, some[part][home]], settled[some[part][home]] = found[:, home], True
                systems[part] = taken
                show(int(settled.sum()))
            both = _distinct(np.concatenate([ends[:, settled], known], axis=1))
            ways.took(way, systems, settled[some], both.shape[1] - zeros.shape[1])
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
    dtype: Precision,
    max_step: float,
    steps: int,
    reach: float,
    tolerance: float,
    begin: np.ndarray,
    starts: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return where curves for some starts end, NaN for those given up, and how many linear systems each took."""
    curves: Curves
    if way == _STARTS:
        curves = FromStarts(F, begin, pull, max_step, dtype)
    else:
        curves = FromZeros(F, begin, _soft_directions(F, begin, F.many(starts)), max_step, dtype)
    return curves.ends(steps, reach, tolerance), curves.decomposed


class _Ways:
    """Which curves are taken next: long ones from zeros while they lead to new ones, then what costs least."""

    def __init__(self, few: int, many: int) -> None:
        self.few, self.many, self.turn = few, many, 0
        #: Starts that went each way, linear systems that they took, and those that came home, at first and later.
        self.went, self.systems, self.home = np.zeros((3, 2, 3), dtype=int)
        self.fresh = self.again = False

    def choose(self, zeros: int, again: bool) -> tuple[int, int]:
        """Return the way, and how many starts are to go it; `again` if these were not brought home before."""
        self.turn, self.again = self.turn + 1, again
        size = min(max(self.few, 2 * zeros), self.many)
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
        # Long ones where none leads anywhere. What few have shown is not sure enough for many.
        way = int(np.argmin(price))
        unsure = np.flatnonzero((self.went[0] < self.few) & (price < 2 * price[way]))
        if unsure.size and not again:
            return int(unsure[0]), self.few
        return way, min(max(self.few, 4 * int(self.went[int(again), way])), self.many)

    def took(self, way: int, systems: np.ndarray, home: np.ndarray, new: int) -> None:
        """Add what each start of a turn took, which of them it brought home, and how many new zeros were found."""
        self.went[int(self.again), way] += home.size
        self.systems[int(self.again), way] += systems.sum()
        self.home[int(self.again), way] += home.sum()
        if way == _LONG:
            self.fresh = new > _NEW * home.sum()


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
