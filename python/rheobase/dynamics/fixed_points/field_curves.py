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
    Factors,
    batch_size,
    bounded_newton,
    full_factors,
    in_batches,
    solve_at,
    sparse_factors,
    speeds,
    thrifty_newton,
)

#: Of the factors of matrices.
Precision = type[np.float32] | type[np.float64]

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

#: First and longest step next to `max_step`, the first correction next to the step, and the next corrections each to
#: the one before, that are aimed at. A step is refused where its correction is longer than itself and than the
#: shortest bound, or where corrections do not halve.
_BEGIN, _FIRST, _LONGEST, _AIM, _CONTRACT, _HALVE = 0.3, 0.1, 2.0, 0.2, 0.2, 0.5

#: By how much a step may be longer than the last, and by how much it is shorter once refused.
_GROW, _SHRINK = 1.5, 0.4

#: Distance next to `max_step` over which the slope of the field along a tangent is taken.
_APART = 2e-5

#: A curve that is so much farther out than the starts is taken to go to infinity.
_FAR = 3.0

#: Curves that are followed side by side, in batches of those that are solved together; as others end, new ones begin,
#: for a step of a few takes Python as long as one of many.
_ABREAST = 3

#: Batches of curves that one thread follows after each other, at most, and of those that go one way before it is
#: decided anew.
_PART, _TURN = 8, 64

#: Decompositions from where λ passes 0.
_LANDING = 4

#: An end this close to where the curve began, next to the size of the state, is no other zero.
_SAME = 1e-5

#: Entries of the matrices that are solved together, and of the Jacobians that are taken together: what fits into the
#: cache.
_CACHED, _FILLED = 330_000, 80_000

#: Number of variables from which on matrices are decomposed in single precision at first, in three quarters of the
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
    curves: _Curves
    if way == _STARTS:
        curves = _FromStarts(F, begin, pull, max_step, dtype)
    else:
        curves = _FromZeros(F, begin, _soft_directions(F, begin, F.many(starts)), max_step, dtype)
    return curves.ends(steps, reach, tolerance), curves.systems


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


class _Curves(ABC):
    """Points that move along curves G(u, λ) = 0 towards λ = 0, each by steps of its own length.

    Points and tangents are rows of u and, at the end, λ.
    """

    #: Which way λ goes at first.
    heading: float
    #: What a change of λ counts for in the length of a step.
    weight: float

    def __init__(self, F: Field, begin: np.ndarray, height: float, max_step: float, dtype: Precision) -> None:
        n, count = begin.shape
        self.F, self.max_step = F, max_step
        #: The last points on the curves and those before them, the tangents there (of length 1), and what lies ahead.
        self.last = np.concatenate([begin.T, np.full((count, 1), height)], axis=1)
        self.before, self.ahead = self.last.copy(), self.last.copy()
        self.tangent, self.tangent_before = np.zeros_like(self.last), np.zeros_like(self.last)
        self.step = np.full(count, _BEGIN * max_step)
        #: Matrices that were decomposed.
        self.systems = np.zeros(count, dtype=int)
        #: Room for those that are solved together, so that each does not ask for fresh memory.
        self.together = max(1, min(count, batch_size(n), _CACHED // n**2))
        self.abreast = _ABREAST * self.together
        self.matrices = np.empty((0 if F.thin else self.together, n + 1, n + 1), np.float64 if F.thin else dtype)

    @abstractmethod
    def _value(self, some: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Return G of some curves at points z, (k, n)."""

    @abstractmethod
    def _slopes(self, some: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return G and its slope in λ, (k, n), and a, (k,), and b, (k, n), of its Jacobian aJ − diag b in u."""

    def ends(self, steps: int, reach: float, tolerance: float) -> np.ndarray:
        """Return the zeros at which the curves arrive within this many steps and this reach, NaN for the others."""
        landed = np.full((self.last.shape[1] - 1, len(self.last)), np.nan)
        waiting, active, arrived = np.arange(len(self.last)), np.arange(0), np.full(len(self.last), False)
        while waiting.size or active.size:
            if active.size <= self.abreast - self.together:
                begin, waiting = np.split(waiting, [self.abreast - active.size])
                self._set_off(begin)
                active = np.concatenate([active, begin])
            self._advance(active)
            arrived[active] = (self.last[active, -1] <= 0) & (self.before[active, -1] > 0)
            distance = np.sqrt(np.mean(self.last[active, :-1] ** 2, axis=1))
            going = (self.step[active] > 1e-3 * self.max_step) & (distance < reach) & (self.systems[active] <= steps)
            active = active[going & ~arrived[active]]
        # All of them at once: few arrive in one step.
        if arrived.any():
            places = self._crossings(arrived)
            ends = in_batches(lambda x: thrifty_newton(self.F, x, tolerance, self.max_step, _LANDING), places)
            self.systems[arrived] += 2
            landed[:, arrived] = np.where(speeds(self.F, ends) < tolerance, ends, np.nan)
        return landed

    def _set_off(self, some: np.ndarray) -> None:
        """Find the tangents at first points, and what lies ahead of them."""
        rows = np.zeros_like(self.last[some])
        rows[:, -1] = self.heading
        for part in self._parts(np.arange(some.size)):
            factors, _ = self._decompose(some[part], self.last[some[part]], rows[part])
            right = np.zeros((part.size, 1, rows.shape[1]), self.matrices.dtype)
            right[:, 0, -1] = 1
            rows[part] = _solved(factors, right)[:, 0]
        with np.errstate(invalid="ignore", divide="ignore"):
            rows /= self._length(rows)[:, None]
        # Without a tangent the curve is given up.
        self.step[some[~np.isfinite(rows).all(axis=1)]] = 0.0
        self.tangent[some] = rows
        self.ahead[some] += self.step[some, None] * rows

    def _advance(self, active: np.ndarray) -> None:
        """Correct the points, and move them on."""
        corrected = [self._correct(some) for some in self._parts(active)]
        here, tangent, size, rate = (np.concatenate(parts) for parts in zip(*corrected, strict=True))
        step = self.step[active]
        good = (size < np.maximum(step, _FIRST * self.max_step)) & (rate < _HALVE) & np.isfinite(tangent).all(axis=1)
        # A first step may lead beyond the next zero: it is then too long, for nothing tells where λ passed 0.
        good &= (self.last[active, -1] > 0) | (here[:, -1] > 0)
        on, step, size, rate = active[good], step[good], size[good], rate[good]
        self.before[on], self.tangent_before[on] = self.last[on], self.tangent[on]
        self.last[on], self.tangent[on] = here[good], tangent[good]
        pace = np.minimum(np.sqrt(_AIM * step / np.maximum(size, 1e-12 * step)), _CONTRACT / np.maximum(rate, 1e-12))
        self.step[on] = np.minimum(step * np.clip(pace, 0.5, _GROW), _LONGEST * self.max_step)
        self.step[active[~good]] *= _SHRINK
        self._look_ahead(active)

    def _look_ahead(self, active: np.ndarray) -> None:
        """Go on along the parabolas through the last two points with the tangents at the last."""
        last, tangent, step = self.last[active], self.tangent[active], self.step[active]
        back = last - self.before[active]
        span = self._length(back)
        share = np.divide(step, span, out=np.zeros_like(step), where=span > 0)
        bend = share[:, None] ** 2 * (span[:, None] * tangent - back)
        self.ahead[active] = last + step[:, None] * tangent + bend

    def _correct(self, some: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return points on some curves, tangents, lengths of the first corrections, and how fast they shrink.

        Next to the decomposition of a matrix, solutions cost little: with the same factors the point is corrected
        twice or three times, and the tangent once.
        """
        n = self.last.shape[1] - 1
        z, rows = self.ahead[some], self.tangent[some]
        rows[:, :n] /= n
        rows[:, n] *= self.weight**2
        factors, value = self._decompose(some, z, rows)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            right = np.zeros((some.size, 2, n + 1), self.matrices.dtype)
            right[:, 0, :n], right[:, 1, n] = -value, 1
            first, tangent = np.moveaxis(_solved(factors, right), 1, 0)
            z += first
            size = self._length(first)
            tangent /= self._length(tangent)[:, None]
            apart = _APART * self.max_step
            here, beside = np.split(self._value(np.tile(some, 2), np.concatenate([z, z + apart * tangent])), 2)
            right = np.zeros((some.size, 2, n + 1), self.matrices.dtype)
            right[:, 0, :n], right[:, 1, :n] = -here, (here - beside) / apart
            second, turn = np.moveaxis(_solved(factors, right), 1, 0)
            z += second
            tangent += turn
            tangent /= self._length(tangent)[:, None]
            # What rounding leaves does not shrink.
            least = 1e-9 * self.max_step
            rate = self._length(second) / np.maximum(size, least)
            slow = np.flatnonzero((rate > _CONTRACT) & (rate < _HALVE))
            if slow.size:
                right = np.zeros((slow.size, 1, n + 1), self.matrices.dtype)
                right[:, 0, :n] = -self._value(some[slow], z[slow])
                third = _solved([factors[k] for k in slow], right)[:, 0]
                z[slow] += third
                last = self._length(third) / np.maximum(rate[slow] * size[slow], least)
                rate[slow] = np.maximum(rate[slow], last)
        return z, tangent, size, rate

    def _crossings(self, arrived: np.ndarray) -> np.ndarray:
        """Return where λ passed 0, (n, k): cubic in λ with the tangents at both ends, a line where that is far off."""
        way = self.last[arrived] - self.before[arrived]
        share = (self.before[arrived, -1] / -way[:, -1])[:, None]
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            off = [t * (way[:, -1:] / t[:, -1:]) - way for t in (self.tangent_before[arrived], self.tangent[arrived])]
            bend = share * (1 - share) * ((1 - share) * off[0] - share * off[1])
            near = self._length(bend) < 0.3 * self._length(way)
        return (self.before[arrived] + share * way + np.where(near[:, None], bend, 0.0))[:, :-1].T

    def _length(self, way: np.ndarray) -> np.ndarray:
        """Return the lengths of steps, (k,)."""
        squares = np.einsum("ij,ij->i", way[:, :-1], way[:, :-1]) / (way.shape[1] - 1)
        return np.asarray(np.sqrt(squares + (self.weight * way[:, -1]) ** 2))

    def _parts(self, active: np.ndarray) -> list[np.ndarray]:
        return [active[i : i + self.together] for i in range(0, active.size, self.together)]

    def _decompose(self, some: np.ndarray, z: np.ndarray, rows: np.ndarray) -> tuple[list[Factors], np.ndarray]:
        """Return the factors of the Jacobians of G at points z, each with one more row, and G there, (k, n)."""
        n = z.shape[1] - 1
        self.systems[some] += 1
        value, slope, scale, less = self._slopes(some, z)
        if self.F.thin:
            factors = []
            for k in range(some.size):
                jacobian = scale[k] * self.F.sparse_jacobian(z[k, :n]) - sparse.diags_array(less[k])
                blocks = [[jacobian, slope[k, :, None]], [rows[k, None, :n], rows[k, None, n:]]]
                factors.append(sparse_factors(sparse.block_array(blocks, format="csc")))
            return factors, value
        matrices = self.matrices[: some.size]
        few = max(1, _FILLED // n**2)
        for part in (slice(i, i + few) for i in range(0, some.size, few)):
            np.multiply(self.F.many_jacobians(z[part, :n].T), scale[part, None, None], out=matrices[part, :n, :n])
        np.einsum("bii->bi", matrices[:, :n, :n])[...] -= less
        matrices[:, :n, n], matrices[:, n] = slope, rows
        return full_factors(matrices), value


class _FromZeros(_Curves):
    """Curves F(u) = λd away from zeros, on which λ rises from 0 and falls back to it at another zero."""

    heading = 1.0
    weight = 0.0

    def __init__(
        self, F: Field, zeros: np.ndarray, directions: np.ndarray, max_step: float, dtype: Precision = np.float64
    ) -> None:
        super().__init__(F, zeros, 0.0, max_step, dtype)
        self.directions = np.ascontiguousarray(directions.T)

    def _value(self, some: np.ndarray, z: np.ndarray) -> np.ndarray:
        return np.asarray(self.F.many(z[:, :-1].T).T - z[:, -1:] * self.directions[some])

    def _slopes(self, some: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        d = self.directions[some]
        return self._value(some, z), -d, np.ones(some.size), np.zeros_like(d)


class _FromStarts(_Curves):
    """Curves (1 − λ)F(u) = λp(u − s) from starts s, with pulls p > 0 of the variables, on which λ falls from 1 to 0."""

    heading = -1.0

    def __init__(
        self, F: Field, starts: np.ndarray, pull: np.ndarray, max_step: float, dtype: Precision = np.float64
    ) -> None:
        super().__init__(F, starts, 1.0, max_step, dtype)
        self.starts, self.pull = np.ascontiguousarray(starts.T), pull
        # Near a small start the zero at the end of λ = 1 is next to it, and u tells little of how fast λ goes.
        self.weight = max_step

    def _value(self, some: np.ndarray, z: np.ndarray) -> np.ndarray:
        return self._slopes(some, z)[0]

    def _slopes(self, some: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        x, height = z[:, :-1], z[:, -1:]
        flow, away = self.F.many(x.T).T, self.pull * (x - self.starts[some])
        return (1 - height) * flow - height * away, -flow - away, 1 - height[:, 0], self.pull * height


def _solved(factors: list[Factors], right: np.ndarray) -> np.ndarray:
    """Return the solutions for right-hand sides (k, m, n), which they take the place of."""
    for one, sides in zip(factors, right, strict=True):
        one.solve(sides)
    return right
