"""Where branches of limit cycles set out: Hopf points, cycles, period doublings and branch points of cycles."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline

from rheobase.dynamics.bifurcations.continuation import Bifurcation
from rheobase.dynamics.cycles.collocation import (
    DEGREE,
    Condition,
    Linearised,
    Orbit,
    corrected,
    node_times,
    on_mesh,
    phase_condition,
)
from rheobase.dynamics.cycles.cycle_branches import CycleBifurcation
from rheobase.dynamics.cycles.limit_cycles import LimitCycle
from rheobase.dynamics.cycles.traced_cycles import problem_of
from rheobase.dynamics.fields import Family, Field


def first_orbit(
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
    """Return a limit cycle on a mesh that suits it, of as many intervals as asked for.

    A mesh that is as dense as the times of the cycle, or as even, may leave too few nodes for a spike.
    """
    times, states = cycle.times / cycle.period, cycle.states.copy()
    states[-1] = states[0]
    fine = max(intervals, (len(times) - 1) // DEGREE)
    knots = np.interp(np.linspace(0, 1, fine + 1), np.linspace(0, 1, len(times)), times)
    path = CubicSpline(times, states, bc_type="periodic")
    orbit = on_mesh(knots, path(node_times(knots)), np.array([cycle.period, p0]))
    if fine == intervals:
        return orbit
    extent = np.maximum(np.ptp(states, axis=0), 1e-300)
    knots = orbit.better_knots(extent)
    knots = np.interp(np.linspace(0, 1, intervals + 1), np.linspace(0, 1, fine + 1), knots)
    return on_mesh(knots, path(node_times(knots)), orbit.scalars)


def _refined(family: Family, orbit: Orbit) -> Linearised:
    """Return the cycle near an orbit at its own parameter, linearised."""

    def conditions(now: Orbit) -> list[Condition]:
        hold = Condition(np.zeros_like(now.nodes), np.array([0.0, 1.0]), float(orbit.scalars[1] - now.scalars[1]))
        return [phase_condition(orbit, now), hold]

    found = corrected(problem_of(family), orbit, conditions, np.maximum(np.ptp(orbit.states, axis=0), 1e-300))
    # At a branch point the equations are singular, and the cycle that was located there has to do.
    return Linearised.of(problem_of(family), orbit) if found is None else found[0]


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
