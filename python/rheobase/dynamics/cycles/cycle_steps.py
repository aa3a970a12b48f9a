"""Steps along a curve of closed orbits by pseudo-arclength, whatever their two scalars are."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from rheobase.dynamics.bifurcations.arclength import INTERRUPTED
from rheobase.dynamics.cycles.collocation import (
    Condition,
    Linearised,
    Orbit,
    Problem,
    applied,
    corrected,
    inner_product,
    phase_condition,
)
from rheobase.dynamics.cycles.traced_cycles import TracedCycle


class Steps(ABC):
    """Newton's method on a curve of closed orbits, and its tangents; `watch` is called at each orbit that is kept."""

    def __init__(
        self, problem: Problem, scale: np.ndarray, intervals: int, step: float, watch: Callable[[], object]
    ) -> None:
        self.problem, self.scale, self.intervals, self.step, self.watch = problem, scale, intervals, step, watch
        #: The first orbit that needs many more intervals than it may have.
        self.coarse: Orbit | None = None

    def traced(self, start: TracedCycle) -> tuple[list[TracedCycle], str]:
        """Return the cycles after `start` in its direction, and why there are no more."""
        found: list[TracedCycle] = []
        try:
            return found, self._follow(start, found)
        except KeyboardInterrupt:
            return found, INTERRUPTED

    @abstractmethod
    def _follow(self, start: TracedCycle, found: list[TracedCycle]) -> str:
        """Append the cycles after `start` to `found`, and return why there are no more."""

    def settled(self, orbit: Orbit) -> TracedCycle | None:
        """Return the cycle near a first orbit at its second scalar, on a mesh that suits it."""

        def hold(reference: Orbit) -> Callable[[Orbit], list[Condition]]:
            return lambda now: [
                phase_condition(reference, now),
                Condition(np.zeros_like(now.nodes), np.array([0.0, 1.0]), float(orbit.scalars[1] - now.scalars[1])),
            ]

        found = None
        for _ in range(3):
            found = corrected(self.problem, orbit, hold(orbit), self.scale)
            if found is None:
                return None
            orbit = found[0].orbit.resampled(found[0].orbit.better_knots(self.scale, self.intervals))
        found = corrected(self.problem, orbit, hold(orbit), self.scale)
        if found is None:
            return None
        at_rest = Orbit(orbit.knots, np.zeros_like(orbit.nodes), np.array([0.0, 1.0]))
        return self._with_tangent(found[0], at_rest)

    @abstractmethod
    def _sizes(self, orbit: Orbit) -> np.ndarray:
        """Return the units of the two scalars."""

    def _exists(self, orbit: Orbit) -> bool:
        """Return whether the two scalars are possible ones."""
        return True

    def longest(self, cycle: TracedCycle) -> float:
        """Return the longest step from a cycle, which is `step` in units of the scales, or of its extent if larger."""
        extent = np.maximum(np.ptp(cycle.orbit.states, axis=0), self.scale)
        tangent = self._unit(cycle.tangent, cycle.orbit)
        return self.step / float(np.sqrt(applied(inner_product(tangent, extent, self._sizes(cycle.orbit)), tangent)))

    def _unit(self, tangent: Orbit, at: Orbit) -> Orbit:
        length = np.sqrt(applied(inner_product(tangent, self.scale, self._sizes(at)), tangent))
        return Orbit(tangent.knots, tangent.nodes / length, tangent.scalars / length)

    def _with_tangent(self, linear: Linearised, along: Orbit) -> TracedCycle:
        """Return a cycle with the direction of the branch that makes an acute angle with `along`."""
        orbit = linear.orbit
        ahead = inner_product(self._unit(along, orbit), self.scale, self._sizes(orbit))
        still = Condition(phase_condition(orbit, orbit).nodes, np.zeros(2))
        matrix, _ = linear.system([still, ahead])
        right = np.zeros(len(matrix))
        right[-1] = 1.0
        try:
            solution = np.linalg.solve(matrix, right)
        except np.linalg.LinAlgError:
            solution = np.linalg.lstsq(matrix, right, rcond=None)[0]
        return TracedCycle(orbit, self._unit(linear.expanded(solution, particular=0.0), orbit), linear)

    def stepped(self, cycle: TracedCycle, length: float) -> tuple[TracedCycle, int] | None:
        """Return the cycle `length` ahead, and how many steps Newton's method took."""
        tangent = self._unit(cycle.tangent, cycle.orbit)
        guess = cycle.orbit.moved(tangent, length)
        ahead = inner_product(tangent, self.scale, self._sizes(cycle.orbit))
        place = applied(ahead, guess)

        def conditions(now: Orbit) -> list[Condition]:
            there = Condition(ahead.nodes, ahead.scalars, place - applied(ahead, now))
            return [phase_condition(guess, now), there]

        found = corrected(self.problem, guess, conditions, self.scale)
        if found is None or not self._exists(found[0].orbit):
            return None
        return self._with_tangent(found[0], tangent), found[1]

    def warn_of_coarse_meshes(self) -> None:
        """Warn where an orbit had more detail than its mesh resolves."""
        if self.coarse is not None:
            warnings.warn(
                f"orbits have more detail than meshes of {len(self.coarse.widths)} intervals resolve, where they need "
                f"{self.coarse.intervals_wanted(self.scale)}: raise intervals, or trust nothing beyond parameter "
                f"{self.coarse.scalars[-1]:.8g}",
                RuntimeWarning,
                stacklevel=3,
            )

    def remeshed(self, cycle: TracedCycle) -> TracedCycle:
        """Return a cycle on a mesh that suits it better."""
        if self.coarse is None and cycle.orbit.too_coarse(self.scale, self.intervals):
            self.coarse = cycle.orbit
        knots = cycle.orbit.better_knots(self.scale, self.intervals)
        guess, tangent = cycle.orbit.resampled(knots), cycle.tangent.resampled(knots)
        found = self.stepped(TracedCycle(guess, tangent, None), 0.0)
        return cycle if found is None else found[0]
