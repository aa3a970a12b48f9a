"""Continuation of limit cycles in one parameter, with the bifurcations on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import optimize
from scipy.interpolate import CubicSpline

from rheobase import checks
from rheobase.dynamics.collocation import (
    Condition,
    Linearised,
    Orbit,
    applied,
    corrected,
    inner_product,
    node_times,
    on_mesh,
    phase_condition,
)
from rheobase.dynamics.continuation import Bifurcation, state_scales
from rheobase.dynamics.fields import Family, Field, as_box
from rheobase.dynamics.fixed_points import newton
from rheobase.dynamics.limit_cycles import LimitCycle
from rheobase.models.values import Brief

#: Steps between two looks at the mesh, and the part of the longest step below which the tracing gives up.
_REMESH, _SHORTEST = 3, 1e-5

#: Part of the scales within which a cycle that has slowed down must pass a fixed point to be named homoclinic.
_NEAR_SADDLE = 0.05


@dataclass(frozen=True, eq=False, repr=False)
class CycleBifurcation(Brief):
    """A bifurcation of limit cycles.

    Attributes
    ----------
    kind : str
        ``"fold"`` (two cycles meet), ``"period doubling"`` (a multiplier −1), ``"Neimark-Sacker"`` (a complex pair on
        the unit circle), ``"branch point"`` (cycles cross, as at a loss of symmetry), ``"Hopf"`` (the cycle shrinks to
        a fixed point), ``"homoclinic"`` (its period grows without bound near a saddle) or ``"infinite period"`` (it
        grows without a saddle near by, as at a saddle-node on the cycle).
    parameter : float
    cycle : LimitCycle
    """

    kind: str
    parameter: float
    cycle: LimitCycle


@dataclass(frozen=True, eq=False, repr=False)
class CycleBranch(Brief):
    """A branch of limit cycles.

    Attributes
    ----------
    parameter : ndarray, shape (K,)
    cycles : tuple of LimitCycle
        One per value of the parameter.
    bifurcations : tuple of CycleBifurcation
        In order along the branch.
    ended : tuple of str
        Why the tracing stopped at the first and at the last cycle: ``"left the range"``, ``"period exceeds
        max_period"``, ``"Hopf"``, ``"closed on itself"``, the kind of the point it set out from, or how far it got.
    """

    parameter: np.ndarray
    cycles: tuple[LimitCycle, ...] = field(repr=False)
    bifurcations: tuple[CycleBifurcation, ...]
    ended: tuple[str, str]

    @property
    def period(self) -> np.ndarray:
        """Periods, shape (K,)."""
        return np.array([cycle.period for cycle in self.cycles])

    @property
    def low(self) -> np.ndarray:
        """Smallest value of each component on each cycle, shape (K, n)."""
        return np.array([cycle.low for cycle in self.cycles])

    @property
    def high(self) -> np.ndarray:
        """Largest value of each component on each cycle, shape (K, n)."""
        return np.array([cycle.high for cycle in self.cycles])

    @property
    def multipliers(self) -> np.ndarray:
        """Floquet multipliers by decreasing modulus, complex, shape (K, n)."""
        return np.array([cycle.multipliers for cycle in self.cycles])

    @property
    def stable(self) -> np.ndarray:
        """Whether each cycle is stable, shape (K,)."""
        return np.array([cycle.stable for cycle in self.cycles])

    def _repr_html_(self) -> str:
        events = "".join(
            f"<li>{b.kind} at {b.parameter:.8g}, period {b.cycle.period:.6g}</li>" for b in self.bifurcations
        )
        return (
            f"<b>Branch</b> of {len(self.cycles)} limit cycles, parameter {self.parameter.min():.6g} … "
            f"{self.parameter.max():.6g}<ul>{events}</ul>ended: {self.ended[0]}; {self.ended[1]}"
        )


def cycle_continuation(
    family: Family,
    origin: Bifurcation | CycleBifurcation | LimitCycle,
    p_range: tuple[float, float],
    *,
    p0: float | None = None,
    box: npt.ArrayLike | None = None,
    step: float = 0.05,
    max_steps: int = 300,
    max_period: float | None = None,
    intervals: int = 20,
) -> CycleBranch:
    """Follow a limit cycle through a range of a parameter, around folds.

    Cycles solve the equation by collocation at Gauss points on a mesh that adapts, and are continued by
    pseudo-arclength. Floquet multipliers are those of the linearised collocation. Between two cycles folds, period
    doublings, Neimark–Sacker and branch points are located by their test functions. A branch from a cycle is followed
    in both directions, one from a bifurcation away from it.

    Parameters
    ----------
    family : callable
        From the parameter to a vector field, see `Field`.
    origin : Bifurcation, CycleBifurcation or LimitCycle
        Where to start: a Hopf point found by `continuation`; a period doubling or a branch point of cycles, to go over
        to the other branch; or a cycle at `p0`, as `limit_cycle` finds it.
    p_range : tuple of float
    p0 : float, optional
        The parameter of a LimitCycle; that of a bifurcation is known.
    box : array_like, shape (n, 2), optional
        Its widths set the scales of the state. Default: max(abs(u), 1) of the first state.
    step : float
        Longest step, relative to the range, the scales and the period.
    max_steps : int
        Most cycles in each direction.
    max_period : float, optional
        Longest period, beyond which the branch ends. Default: 100 times the first.
    intervals : int
        Intervals of the mesh, each of which holds a polynomial of degree 4.

    Returns
    -------
    CycleBranch

    Raises
    ------
    ValueError
        If `origin` is of a kind from which no other branch of cycles sets out, or no cycle is found near it.

    Examples
    --------
    >>> from rheobase.dynamics import Hopf, continuation
    >>> family = lambda a: Hopf(a=a, omega=2.0)
    >>> (point,) = continuation(family, [0.0, 0.0], -0.5, (-1, 1)).bifurcations
    >>> branch = cycle_continuation(family, point, (-1, 1))
    >>> bool(np.allclose(branch.high[:, 0], np.sqrt(branch.parameter), atol=1e-3))
    True
    """
    family = checks.function("family", family)
    bounds = as_box(p_range, "p_range")[0]
    step, max_steps = checks.number("step", step, above=0, high=0.5), checks.integer("max_steps", max_steps, low=1)
    intervals = checks.integer("intervals", intervals, low=4, high=10_000)
    p0 = _parameter(origin, p0, bounds)
    orbit, direction = _start(family, origin, p0, intervals)
    first = orbit.nodes[0, 0]
    tracer = _Tracer(
        family,
        state_scales(first, box),
        (float(bounds[0]), float(bounds[1])),
        step,
        max_steps,
        100 * orbit.scalars[0] if max_period is None else checks.number("max_period", max_period, above=0),
    )
    if direction is not None:
        start = _Cycle(orbit, direction, None)
        found, ended = tracer.traced(start, fresh=True)
        if not found:
            raise ValueError(f"no branch of cycles was found at the origin, parameter {p0:g}: {ended}")
        name = origin.kind if isinstance(origin, (Bifurcation, CycleBifurcation)) else ""
        return tracer.branch(found, (name, ended))
    there = tracer.settled(orbit)
    if there is None:
        raise ValueError(f"no cycle was found near the origin at p0 = {p0:g}")
    ahead, ended = tracer.traced(there)
    if ended == "closed on itself":
        return tracer.branch([there, *ahead], (ended, ended))
    behind, began = tracer.traced(there.turned())
    return tracer.branch([*(cycle.turned() for cycle in behind[::-1]), there, *ahead], (began, ended))


def _parameter(origin: object, p0: float | None, bounds: np.ndarray) -> float:
    """Return the parameter to start from, checked."""
    if isinstance(origin, LimitCycle):
        if p0 is None:
            raise ValueError("p0 must be given with a LimitCycle: the parameter at which it is one")
        return checks.number("p0", p0, low=bounds[0], high=bounds[1])
    if not isinstance(origin, (Bifurcation, CycleBifurcation)):
        raise TypeError(f"origin must be a Bifurcation, CycleBifurcation or LimitCycle, got {type(origin).__name__}")
    if p0 is not None:
        raise ValueError(f"p0 must be left out with a {type(origin).__name__}, which knows its parameter")
    kinds = ("Hopf",) if isinstance(origin, Bifurcation) else ("period doubling", "branch point")
    if origin.kind not in kinds:
        raise ValueError(f"origin must be a {' or '.join(kinds)}, or a limit cycle, got a {origin.kind}")
    return checks.number("the parameter of origin", origin.parameter, low=bounds[0], high=bounds[1])


def _start(
    family: Family, origin: Bifurcation | CycleBifurcation | LimitCycle, p0: float, intervals: int
) -> tuple[Orbit, Orbit | None]:
    """Return the orbit to start from, and the direction in which to leave it (None: both along the branch)."""
    if isinstance(origin, Bifurcation):
        return _at_hopf_point(family, origin, intervals)
    cycle = origin.cycle if isinstance(origin, CycleBifurcation) else origin
    orbit = orbit_of(cycle, p0, intervals)
    if isinstance(origin, LimitCycle):
        return orbit, None
    linear = _refined(family, orbit)
    if origin.kind == "period doubling":
        return _doubled(linear)
    return linear.orbit, _across(linear)


def _at_hopf_point(family: Family, point: Bifurcation, intervals: int) -> tuple[Orbit, Orbit]:
    values, vectors = np.linalg.eig(Field(family(point.parameter)).jacobian(point.u))
    upper = np.flatnonzero(values.imag > 1e-12 * np.abs(values).max())
    if not upper.size:
        raise ValueError(f"origin must be a Hopf point, but no eigenvalue is complex there: {values}")
    k = upper[np.argmin(np.abs(values.real[upper]))]
    knots = np.linspace(0, 1, intervals + 1)
    angles = 2 * np.pi * node_times(knots)
    wave = np.real(np.exp(1j * angles)[:, None] * vectors[:, k])
    scalars = np.array([2 * np.pi / values.imag[k], point.parameter])
    at_rest = on_mesh(knots, np.tile(point.u, (len(angles), 1)), scalars)
    return at_rest, on_mesh(knots, wave, np.zeros(2))


def orbit_of(cycle: LimitCycle, p0: float, intervals: int) -> Orbit:
    """Return a limit cycle on a mesh that is as dense, here and there, as its times are."""
    times, states = cycle.times / cycle.period, cycle.states.copy()
    states[-1] = states[0]
    knots = np.interp(np.linspace(0, 1, intervals + 1), np.linspace(0, 1, len(times)), times)
    return on_mesh(
        knots, CubicSpline(times, states, bc_type="periodic")(node_times(knots)), np.array([cycle.period, p0])
    )


def _refined(family: Family, orbit: Orbit) -> Linearised:
    """Return the cycle near an orbit at its own parameter, linearised."""

    def conditions(now: Orbit) -> list[Condition]:
        hold = Condition(np.zeros_like(now.nodes), np.array([0.0, 1.0]), float(orbit.scalars[1] - now.scalars[1]))
        return [phase_condition(orbit, now), hold]

    found = corrected(_of(family), orbit, conditions, np.maximum(np.ptp(orbit.states, axis=0), 1e-300))
    # At a branch point the equations are singular, and the cycle that was located there has to do.
    return Linearised.of(_of(family), orbit) if found is None else found[0]


def _of(family: Family) -> Callable[[np.ndarray], tuple[float, Field]]:
    return lambda scalars: (float(scalars[0]), Field(family(float(scalars[1]))))


def _doubled(linear: Linearised) -> tuple[Orbit, Orbit]:
    """Return a cycle run through twice, and the direction in which its two rounds become different."""
    orbit = linear.orbit
    values, vectors = np.linalg.eig(linear.monodromy)
    aside = linear.carried(vectors[:, np.argmin(np.abs(values + 1))].real)
    knots = np.concatenate([orbit.knots / 2, (1 + orbit.knots[1:]) / 2])
    twice = Orbit(knots, np.concatenate([orbit.nodes, orbit.nodes]), orbit.scalars * [2, 1])
    return twice, Orbit(knots, np.concatenate([aside, -aside]), np.zeros(2))


def _across(linear: Linearised) -> Orbit:
    """Return the direction, of the two that solve the equations at a branch point, in which the parameter stays."""
    matrix, _ = linear.system([phase_condition(linear.orbit, linear.orbit)])
    null = np.linalg.svd(matrix)[2][-2:]
    # A branch that crosses another one leaves it at right angles to the parameter, if it breaks a symmetry.
    mixed = null[0] * null[1, -1] - null[1] * null[0, -1]
    return linear.expanded(mixed, particular=0.0)


@dataclass(frozen=True, eq=False, repr=False)
class _Cycle(Brief):
    """A cycle, the direction of the branch there, and the linearised equations (None: not a cycle yet)."""

    orbit: Orbit
    tangent: Orbit
    linear: Linearised | None

    def turned(self) -> _Cycle:
        """Return it with the opposite direction."""
        back = Orbit(self.tangent.knots, -self.tangent.nodes, -self.tangent.scalars)
        return _Cycle(self.orbit, back, self.linear)

    @property
    def multipliers(self) -> np.ndarray:
        """Floquet multipliers by decreasing modulus."""
        assert self.linear is not None
        values = np.linalg.eigvals(self.linear.monodromy).astype(complex)
        return values[np.argsort(-np.abs(values), kind="stable")]

    def limit_cycle(self) -> LimitCycle:
        """Return the cycle in units of time."""
        period = float(self.orbit.scalars[0])
        return LimitCycle(period, self.orbit.times * period, self.orbit.states, self.multipliers)


def _nontrivial(cycle: _Cycle) -> np.ndarray:
    values = cycle.multipliers
    return np.delete(values, np.argmin(np.abs(values - 1)))


def _fold(cycle: _Cycle) -> float:
    return float(cycle.tangent.scalars[1])


def _period_doubling(cycle: _Cycle) -> float:
    values = _nontrivial(cycle)
    return float(np.prod((values + 1) / (np.abs(values) + 1)).real)


def _neimark_sacker(cycle: _Cycle) -> float:
    values = _nontrivial(cycle)
    i, j = np.triu_indices(len(values), 1)
    products = values[i] * values[j]
    return float(np.prod((products - 1) / (np.abs(products) + 1)).real)


def _branch_point(cycle: _Cycle) -> float:
    values = _nontrivial(cycle)
    return float(np.prod((values - 1) / (np.abs(values) + 1)).real)


_TESTS: dict[str, Callable[[_Cycle], float]] = {
    "fold": _fold,
    "period doubling": _period_doubling,
    "Neimark-Sacker": _neimark_sacker,
    "branch point": _branch_point,
}


class _Tracer:
    """Steps along a branch of cycles, and the events between them."""

    def __init__(
        self,
        family: Family,
        scale: np.ndarray,
        bounds: tuple[float, float],
        step: float,
        max_steps: int,
        max_period: float,
    ) -> None:
        self.family, self.problem, self.scale, self.bounds = family, _of(family), scale, bounds
        self.step, self.max_steps, self.max_period = step, max_steps, max_period
        self.events: dict[int, list[CycleBifurcation]] = {}

    def settled(self, orbit: Orbit) -> _Cycle | None:
        """Return the cycle near a first orbit at its parameter, on a mesh that suits it."""

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
            orbit = found[0].orbit.resampled(found[0].orbit.better_knots(self.scale))
        found = corrected(self.problem, orbit, hold(orbit), self.scale)
        if found is None:
            return None
        at_rest = Orbit(orbit.knots, np.zeros_like(orbit.nodes), np.array([0.0, 1.0]))
        return self._with_tangent(found[0], at_rest)

    def _sizes(self, orbit: Orbit) -> np.ndarray:
        """Return the units of the period and of the parameter."""
        return np.array([abs(orbit.scalars[0]), self.bounds[1] - self.bounds[0]])

    def _unit(self, tangent: Orbit, at: Orbit) -> Orbit:
        length = np.sqrt(applied(inner_product(tangent, self.scale, self._sizes(at)), tangent))
        return Orbit(tangent.knots, tangent.nodes / length, tangent.scalars / length)

    def _with_tangent(self, linear: Linearised, along: Orbit) -> _Cycle:
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
        return _Cycle(orbit, self._unit(linear.expanded(solution, particular=0.0), orbit), linear)

    def stepped(self, cycle: _Cycle, length: float) -> tuple[_Cycle, int] | None:
        """Return the cycle `length` ahead, and how many steps Newton's method took."""
        tangent = self._unit(cycle.tangent, cycle.orbit)
        guess = cycle.orbit.moved(tangent, length)
        ahead = inner_product(tangent, self.scale, self._sizes(cycle.orbit))
        place = applied(ahead, guess)

        def conditions(now: Orbit) -> list[Condition]:
            there = Condition(ahead.nodes, ahead.scalars, place - applied(ahead, now))
            return [phase_condition(guess, now), there]

        found = corrected(self.problem, guess, conditions, self.scale)
        if found is None or found[0].orbit.scalars[0] <= 0:
            return None
        return self._with_tangent(found[0], tangent), found[1]

    def remeshed(self, cycle: _Cycle) -> _Cycle:
        """Return a cycle on a mesh that suits it better."""
        knots = cycle.orbit.better_knots(self.scale)
        guess, tangent = cycle.orbit.resampled(knots), cycle.tangent.resampled(knots)
        found = self.stepped(_Cycle(guess, tangent, None), 0.0)
        return cycle if found is None else found[0]

    def traced(self, start: _Cycle, *, fresh: bool = False) -> tuple[list[_Cycle], str]:
        """Return the cycles after `start` in its direction, and why there are no more."""
        found: list[_Cycle] = []
        here, length, failed = start, self.step if not fresh else self.step / 4, "the corrector failed"
        while len(found) < self.max_steps:
            there = self.stepped(here, length)
            if there is None or (here.linear is not None and self._bends(here, there[0])):
                length /= 2
                if length < _SHORTEST * self.step:
                    return found, f"{failed} at parameter {here.orbit.scalars[1]:.8g}"
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
                return found, "Hopf"
            if len(found) % _REMESH == _REMESH - 1:
                cycle = self._kept_events(cycle, self.remeshed(cycle))
            found.append(cycle)
            if ended:
                if ended == "period exceeds max_period":
                    self._note(cycle, self._name_of_slowness(cycle), float(cycle.orbit.scalars[1]))
                return found, ended
            if len(found) > 5 and start.linear is not None and self._apart(start, cycle) < 0.5 * length:
                return found, "closed on itself"
            here, length = cycle, min(length * (1.5 if rounds <= 4 else 1.0), self.step)
        return found, f"max_steps reached at parameter {here.orbit.scalars[1]:.8g}"

    def branch(self, cycles: list[_Cycle], ended: tuple[str, str]) -> CycleBranch:
        """Return the branch in units of time and parameter."""
        events: list[CycleBifurcation] = []
        for cycle in cycles:
            events += self.events.get(id(cycle.orbit), [])
        parameter = np.array([cycle.orbit.scalars[1] for cycle in cycles])
        return CycleBranch(parameter, tuple(cycle.limit_cycle() for cycle in cycles), tuple(events), ended)

    def _note(self, cycle: _Cycle, kind: str, parameter: float, at: _Cycle | None = None) -> None:
        """Keep an event with the cycle that follows it."""
        event = CycleBifurcation(kind, parameter, (cycle if at is None else at).limit_cycle())
        self.events.setdefault(id(cycle.orbit), []).append(event)

    def _kept_events(self, before: _Cycle, after: _Cycle) -> _Cycle:
        if after is not before and id(before.orbit) in self.events:
            self.events[id(after.orbit)] = self.events.pop(id(before.orbit))
        return after

    def _bends(self, here: _Cycle, there: _Cycle) -> bool:
        """Return whether the branch turns so much within a step that something may be passed over."""
        cosine = applied(inner_product(here.tangent, self.scale, self._sizes(here.orbit)), there.tangent)
        return cosine < 0.9

    def _ended(self, cycle: _Cycle) -> str:
        period, parameter = cycle.orbit.scalars
        if not self.bounds[0] <= parameter <= self.bounds[1]:
            return "left the range"
        return "period exceeds max_period" if period > self.max_period else ""

    def _at_edge(self, here: _Cycle, there: _Cycle, length: float) -> _Cycle:
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

    def _look_between(self, a: _Cycle, b: _Cycle, length: float) -> None:
        """Note the events between two cycles."""
        length = applied(inner_product(self._unit(a.tangent, a.orbit), self.scale, self._sizes(a.orbit)), b.orbit)
        length -= applied(inner_product(self._unit(a.tangent, a.orbit), self.scale, self._sizes(a.orbit)), a.orbit)
        located: list[tuple[float, str, _Cycle]] = []
        folds = _fold(a) * _fold(b) < 0
        for kind, test in _TESTS.items():
            if kind == "branch point" and folds:
                continue
            if test(a) * test(b) < 0 and (found := self._located(a, b, length, test)) is not None:
                s, cycle = found
                if kind == "Neimark-Sacker" and not _has_unit_pair(cycle):
                    continue
                located.append((s, kind, cycle))
        for _, kind, cycle in sorted(located, key=lambda some: some[0]):
            self._note(b, kind, float(cycle.orbit.scalars[1]), cycle)

    def _located(
        self, a: _Cycle, b: _Cycle, length: float, test: Callable[[_Cycle], float]
    ) -> tuple[float, _Cycle] | None:
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

    def _vanishing(self, a: _Cycle, b: _Cycle) -> float:
        """Return the parameter at which the amplitude vanishes between two cycles."""
        last = a

        def value(s: float) -> float:
            nonlocal last
            found = self.stepped(a, s)
            last = last if found is None else found[0]
            return _alike(a.orbit, last.orbit)

        length = float(np.sqrt(self._squared_distance(a.orbit, b.orbit)))
        if value(length) >= 0:
            return float(b.orbit.scalars[1])
        optimize.brentq(value, 0.0, length, xtol=1e-6 * length)
        return float(last.orbit.scalars[1])

    def _squared_distance(self, a: Orbit, b: Orbit) -> float:
        gap = b.moved(a, -1.0)
        return applied(inner_product(gap, self.scale, self._sizes(a)), gap)

    def _apart(self, a: _Cycle, b: _Cycle) -> float:
        """Return how far two cycles are apart in extent, period and parameter."""
        scalars = (a.orbit.scalars - b.orbit.scalars) / self._sizes(a.orbit)
        lows, highs = ((f(a.orbit.states, axis=0) - f(b.orbit.states, axis=0)) / self.scale for f in (np.min, np.max))
        return float(np.sqrt((scalars**2).sum() + (lows**2).max() + (highs**2).max()))

    def _name_of_slowness(self, cycle: _Cycle) -> str:
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


def _has_unit_pair(cycle: _Cycle) -> bool:
    """Return whether the two multipliers whose product is nearest 1 are a complex pair."""
    values = _nontrivial(cycle)
    i, j = np.triu_indices(len(values), 1)
    k = int(np.argmin(np.abs(values[i] * values[j] - 1)))
    return bool(abs(values[i[k]].imag) > 1e-6)
