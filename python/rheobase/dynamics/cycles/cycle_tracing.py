"""Steps along a branch of limit cycles by pseudo-arclength, and the events between them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import optimize

from rheobase.dynamics.cycles.collocation import (
    Orbit,
    applied,
    inner_product,
)
from rheobase.dynamics.cycles.cycle_branches import CycleBifurcation, CycleBranch
from rheobase.dynamics.cycles.cycle_steps import Steps
from rheobase.dynamics.cycles.traced_cycles import (
    CYCLE_TESTS,
    TracedCycle,
    fold_test,
    has_double_one,
    has_unit_pair,
    one_test,
    problem_of,
)
from rheobase.dynamics.fields import Family, Field
from rheobase.dynamics.fixed_points.fixed_points import newton

#: Steps between two looks at the mesh, and the part of the longest step below which the tracing gives up.
_REMESH, _SHORTEST = 3, 1e-5

#: Parts of a direction that belong to the parameter and to the period where cycles slow down and no parameter moves.
_STILL, _SLOWS = 2e-4, 0.9

#: Part of the scales within which a cycle that has slowed down must pass a fixed point to be named homoclinic.
_NEAR_SADDLE = 0.05


class Tracer(Steps):
    """Steps along a branch of cycles, and the events between them."""

    def __init__(
        self,
        family: Family,
        scale: np.ndarray,
        bounds: tuple[float, float],
        step: float,
        max_steps: int,
        max_period: float,
        intervals: int,
        watch: Callable[[], object],
    ) -> None:
        super().__init__(problem_of(family), scale, intervals, step, watch)
        self.family, self.bounds = family, bounds
        self.max_steps, self.max_period = max_steps, max_period
        self.events: dict[int, list[CycleBifurcation]] = {}

    def _sizes(self, orbit: Orbit) -> np.ndarray:
        """Return the units of the period and of the parameter."""
        return np.array([abs(orbit.scalars[0]), self.bounds[1] - self.bounds[0]])

    def _exists(self, orbit: Orbit) -> bool:
        return bool(orbit.scalars[0] > 0)

    def _follow(self, start: TracedCycle, found: list[TracedCycle]) -> str:
        # A start that is no cycle yet, but only leads to some, is left with care.
        here, length, failed = start, self.step / 4 if start.linear is None else self.step, "the corrector failed"
        while len(found) < self.max_steps:
            there = self.stepped(here, length)
            if there is None or (here.linear is not None and self._bends(here, there[0])):
                length /= 2
                if length < _SHORTEST * self.step:
                    return f"{failed} at parameter {here.orbit.scalars[1]:.8g}"
                continue
            cycle, rounds = there
            ended = self._ended(cycle)
            if ended == "left the range":
                cycle = self._at_edge(here, cycle, length)
            if here.linear is not None:
                self._look_between(here, cycle, length)
            if here.linear is not None and _alike(here.orbit, cycle.orbit) < 0:
                # Past a Hopf point the same cycles come again, half a period later.
                self._note(here, "Hopf", self._vanishing(here, cycle))
                return "Hopf"
            if len(found) % _REMESH == _REMESH - 1:
                cycle = self._on_better_mesh(cycle)
            found.append(cycle)
            self.watch()
            if ended:
                if ended == "period exceeds max_period":
                    self._note(cycle, self._name_of_slowness(cycle), float(cycle.orbit.scalars[1]))
                return ended
            if len(found) > 5 and start.linear is not None and self._apart(start, cycle) < 0.5 * length:
                return "closed on itself"
            here, length = cycle, min(length * (1.5 if rounds <= 4 else 1.0), self.longest(cycle))
        return f"max_steps reached at parameter {here.orbit.scalars[1]:.8g}"

    def branch(self, cycles: list[TracedCycle], ended: tuple[str, str]) -> CycleBranch:
        """Return the branch in units of time and parameter."""
        events: list[CycleBifurcation] = []
        for cycle in cycles:
            events += self.events.get(id(cycle.orbit), [])
        parameter = np.array([cycle.orbit.scalars[1] for cycle in cycles])
        return CycleBranch(parameter, tuple(cycle.limit_cycle() for cycle in cycles), tuple(events), ended)

    def _note(self, cycle: TracedCycle, kind: str, parameter: float, at: TracedCycle | None = None) -> None:
        """Keep an event with the cycle that follows it."""
        event = CycleBifurcation(kind, parameter, (cycle if at is None else at).limit_cycle())
        self.events.setdefault(id(cycle.orbit), []).append(event)

    def _on_better_mesh(self, cycle: TracedCycle) -> TracedCycle:
        """Return a cycle on a mesh that suits it better, with the events that are kept with it."""
        after = self.remeshed(cycle)
        if any(test(cycle) * test(after) < 0 for test in (one_test, *CYCLE_TESTS.values())):
            # So near an event it would be found on both meshes, or on neither.
            return cycle
        if after is not cycle and id(cycle.orbit) in self.events:
            self.events[id(after.orbit)] = self.events.pop(id(cycle.orbit))
        return after

    def _bends(self, here: TracedCycle, there: TracedCycle) -> bool:
        """Return whether the branch turns so much within a step that something may be passed over."""
        cosine = applied(inner_product(here.tangent, self.scale, self._sizes(here.orbit)), there.tangent)
        return cosine < 0.9

    def _ended(self, cycle: TracedCycle) -> str:
        period, parameter = cycle.orbit.scalars
        if not self.bounds[0] <= parameter <= self.bounds[1]:
            return "left the range"
        return "period exceeds max_period" if period > self.max_period else ""

    def _at_edge(self, here: TracedCycle, there: TracedCycle, length: float) -> TracedCycle:
        """Return the cycle at the end of the range."""
        edge = self.bounds[0] if there.orbit.scalars[1] < self.bounds[0] else self.bounds[1]

        def beyond(s: float) -> float:
            found = there if s == length else self.stepped(here, s)
            if isinstance(found, tuple):
                found = found[0]
            return float((here if found is None else found).orbit.scalars[1] - edge)

        s = optimize.brentq(beyond, 0.0, length, xtol=1e-10) if beyond(0.0) * beyond(length) < 0 else 0.0
        found = self.stepped(here, s)
        return there if found is None else found[0]

    def _look_between(self, a: TracedCycle, b: TracedCycle, length: float) -> None:
        """Note the events between two cycles."""
        length = applied(inner_product(self._unit(a.tangent, a.orbit), self.scale, self._sizes(a.orbit)), b.orbit)
        length -= applied(inner_product(self._unit(a.tangent, a.orbit), self.scale, self._sizes(a.orbit)), a.orbit)
        located: list[tuple[float, str, TracedCycle]] = []
        if one_test(a) * one_test(b) < 0 and (found := self._at_double_one(a, b, length)) is not None:
            located.append(found)
        for kind, test in () if self._only_slows(a) and self._only_slows(b) else CYCLE_TESTS.items():
            at = self._located(a, b, length, test) if test(a) * test(b) < 0 else None
            if at is not None and (kind != "Neimark-Sacker" or has_unit_pair(at[1])):
                located.append((at[0], kind, at[1]))
        for _, kind, cycle in sorted(located, key=lambda some: some[0]):
            self._note(b, kind, float(cycle.orbit.scalars[1]), cycle)

    def _at_double_one(self, a: TracedCycle, b: TracedCycle, length: float) -> tuple[float, str, TracedCycle] | None:
        """Return the place, the kind and the cycle of the fold or the branch point between two cycles.

        The direction of the branch tells folds more exactly, but not where the parameter all but stands still, as in a
        canard explosion or near a homoclinic orbit: its turns are rounding there, and the multiplier tells.
        """
        if fold_test(a) * fold_test(b) < 0:
            at = self._located(a, b, length, fold_test)
            if at is not None and has_double_one(at[1]):
                return at[0], "fold", at[1]
        at = self._located(a, b, length, one_test)
        if at is None:
            return None
        still = abs(fold_test(at[1]) / self._sizes(at[1].orbit)[1]) < _STILL
        return at[0], "fold" if still else "branch point", at[1]

    def _only_slows(self, cycle: TracedCycle) -> bool:
        """Return whether just the period changes, near a homoclinic orbit, so mesh errors outweigh the rest."""
        period, parameter = np.abs(cycle.tangent.scalars / self._sizes(cycle.orbit))
        return bool(parameter < _STILL and period > _SLOWS)

    def _located(
        self, a: TracedCycle, b: TracedCycle, length: float, test: Callable[[TracedCycle], float]
    ) -> tuple[float, TracedCycle] | None:
        """Return the place and the cycle at which a test vanishes; None if it jumps."""
        last = b

        def value(s: float) -> float:
            nonlocal last
            if s <= 0 or s >= length:
                return test(a if s <= 0 else b)
            found = self.stepped(a, s)
            if found is None:
                raise ValueError("lost")
            last = found[0]
            return test(last)

        try:
            s = float(optimize.brentq(value, 0.0, length, xtol=1e-11 * length, rtol=1e-12))
            if abs(value(s)) > 1e-2 * max(abs(test(a)), abs(test(b))):
                return None
        except ValueError:
            return None
        return s, last

    def _vanishing(self, a: TracedCycle, b: TracedCycle) -> float:
        """Return the parameter at which the amplitude, whose square is linear in it, vanishes between two cycles."""
        sizes = [np.sqrt(_alike(x.orbit, x.orbit)) for x in (a, b)]
        length = float(np.sqrt(self._squared_distance(a.orbit, b.orbit))) * sizes[0] / (sizes[0] + sizes[1])
        found = [self.stepped(a, part * length) for part in (0.9, 0.99)]
        orbits = [a.orbit, b.orbit, *(one[0].orbit for one in found if one is not None)]
        (x, p), (y, q) = sorted((_alike(orbit, orbit), float(orbit.scalars[1])) for orbit in orbits)[:2]
        return p - x * (q - p) / (y - x) if y > x else p

    def _squared_distance(self, a: Orbit, b: Orbit) -> float:
        gap = b.moved(a, -1.0)
        return applied(inner_product(gap, self.scale, self._sizes(a)), gap)

    def _apart(self, a: TracedCycle, b: TracedCycle) -> float:
        """Return how far two cycles are apart in extent, period and parameter."""
        scalars = (a.orbit.scalars - b.orbit.scalars) / self._sizes(a.orbit)
        lows, highs = ((f(a.orbit.states, axis=0) - f(b.orbit.states, axis=0)) / self.scale for f in (np.min, np.max))
        return float(np.sqrt((scalars**2).sum() + (lows**2).max() + (highs**2).max()))

    def _name_of_slowness(self, cycle: TracedCycle) -> str:
        """Return 'homoclinic' where a cycle that has slowed down passes a saddle."""
        F = Field(self.family(float(cycle.orbit.scalars[1])))
        return "infinite period" if saddle_near(F, cycle.orbit, self.scale) is None else "homoclinic"


def _alike(a: Orbit, b: Orbit) -> float:
    """Return the product of what two cycles deviate from their means, integrated over a period."""
    one, other = (x.at_gauss() - (x.at_gauss().mean(axis=1) * x.widths[:, None]).sum(axis=0) for x in (a, b))
    return float(((one * other).sum(axis=(1, 2)) * a.widths).sum())


def saddle_near(F: Field, orbit: Orbit, scale: np.ndarray) -> np.ndarray | None:
    """Return the fixed point that a cycle passes where it is slowest; None if there is none close to it."""
    states = orbit.states
    slowest = states[np.argmin(np.linalg.norm(F.many(states.T) / scale[:, None], axis=0))]
    try:
        point = newton(F, slowest)
    except ValueError:
        return None
    gap = np.abs((states - point) / scale).max(axis=1).min()
    return point if gap < _NEAR_SADDLE * np.abs(np.ptp(states, axis=0) / scale).max() else None
