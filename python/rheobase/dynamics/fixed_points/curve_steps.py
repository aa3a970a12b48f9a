"""Steps along many curves G(u, λ) = 0 at once, from where they begin to where λ is 0 (see `field_curves`).

A step goes along a parabola, and Newton's method with one decomposition brings it back to the curve.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from scipy import sparse

from rheobase.dynamics.fields import Field
from rheobase.dynamics.fixed_points.linear_systems import Precision, SparseSystems, Systems, full_systems
from rheobase.dynamics.fixed_points.newton_steps import batch_size, in_batches, speeds, thrifty_newton

#: First and longest step next to `max_step`, the first correction next to the step, and the next corrections each to
#: the one before, that are aimed at. A step is refused where its correction is longer than itself and than the
#: shortest bound, or where corrections do not halve.
_BEGIN, _FIRST, _LONGEST, _AIM, _CONTRACT, _HALVE = 0.3, 0.1, 2.0, 0.2, 0.2, 0.5

#: By how much a step may be longer than the last, and by how much it is shorter once refused.
_GROW, _SHRINK = 1.5, 0.4

#: Distance next to `max_step` over which the slope of the field along a tangent is taken.
_APART = 2e-5

#: Curves that are followed side by side, in batches of those that are solved together; as others end, new ones begin,
#: for a step of a few takes Python as long as one of many.
_ABREAST = 5

#: Decompositions from where λ passes 0.
_LANDING = 4

#: Entries of the matrices that are solved together, and of the Jacobians that are taken together: what fits into the
#: cache.
_CACHED, _FILLED = 330_000, 80_000


class Curves(ABC):
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
        self.decomposed = np.zeros(count, dtype=int)
        #: Room for those that are solved together, so that each does not ask for fresh memory.
        self.together = max(1, min(count, batch_size(n), _CACHED // n**2))
        self.abreast = _ABREAST * self.together
        self.dtype = np.float64 if F.thin else dtype
        self.room = full_systems(0 if F.thin else self.together, n + 1, self.dtype)

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
            going = (self.step[active] > 1e-3 * self.max_step) & (distance < reach) & (self.decomposed[active] <= steps)
            active = active[going & ~arrived[active]]
        # All of them at once: few arrive in one step.
        if arrived.any():
            places = self._crossings(arrived)
            ends = in_batches(lambda x: thrifty_newton(self.F, x, tolerance, self.max_step, _LANDING), places)
            self.decomposed[arrived] += 2
            landed[:, arrived] = np.where(speeds(self.F, ends) < tolerance, ends, np.nan)
        return landed

    def _set_off(self, some: np.ndarray) -> None:
        """Find the tangents at first points, and what lies ahead of them."""
        rows = np.zeros_like(self.last[some])
        rows[:, -1] = self.heading
        for part in self._parts(np.arange(some.size)):
            systems, _ = self._decompose(some[part], self.last[some[part]], rows[part])
            right = np.zeros((part.size, 1, rows.shape[1]), self.dtype)
            right[:, 0, -1] = 1
            rows[part] = systems.solve(right)[:, 0]
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
        systems, value = self._decompose(some, z, rows)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            right = np.zeros((some.size, 2, n + 1), self.dtype)
            right[:, 0, :n], right[:, 1, n] = -value, 1
            first, tangent = systems.solve(right).swapaxes(0, 1)
            z += first
            size = self._length(first)
            tangent /= self._length(tangent)[:, None]
            apart = _APART * self.max_step
            both = self._value(np.concatenate([some, some]), np.concatenate([z, z + apart * tangent]))
            here, beside = both[: some.size], both[some.size :]
            right = np.zeros((some.size, 2, n + 1), self.dtype)
            right[:, 0, :n], right[:, 1, :n] = -here, (here - beside) / apart
            second, turn = systems.solve(right).swapaxes(0, 1)
            z += second
            tangent += turn
            tangent /= self._length(tangent)[:, None]
            # What rounding leaves does not shrink.
            least = 1e-9 * self.max_step
            rate = self._length(second) / np.maximum(size, least)
            slow = np.flatnonzero((rate > _CONTRACT) & (rate < _HALVE))
            if slow.size:
                right = np.zeros((slow.size, 1, n + 1), self.dtype)
                right[:, 0, :n] = -self._value(some[slow], z[slow])
                third = systems.solve(right, slow)[:, 0]
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

    def _decompose(self, some: np.ndarray, z: np.ndarray, rows: np.ndarray) -> tuple[Systems, np.ndarray]:
        """Return the systems of the Jacobians of G at points z, each with one more row, and G there, (k, n)."""
        n = z.shape[1] - 1
        self.decomposed[some] += 1
        value, slope, scale, less = self._slopes(some, z)
        if self.F.thin:
            thin = []
            for k in range(some.size):
                jacobian = scale[k] * self.F.sparse_jacobian(z[k, :n]) - sparse.diags_array(less[k])
                blocks = [[jacobian, slope[k, :, None]], [rows[k, None, :n], rows[k, None, n:]]]
                thin.append(sparse.block_array(blocks, format="csc"))
            return SparseSystems(thin), value
        matrices = self.room.matrices[: some.size]
        few = max(1, _FILLED // n**2)
        for part in (slice(i, i + few) for i in range(0, some.size, few)):
            np.multiply(self.F.many_jacobians(z[part, :n].T), scale[part, None, None], out=matrices[part, :n, :n])
        np.einsum("bii->bi", matrices[:, :n, :n])[...] -= less
        matrices[:, :n, n], matrices[:, n] = slope, rows
        self.room.decompose(some.size)
        return self.room, value


class FromZeros(Curves):
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


class FromStarts(Curves):
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
