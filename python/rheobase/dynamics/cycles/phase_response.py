"""Phase response of any limit cycle, by the adjoint of its linearised equation, and what weakly coupled cycles do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from rheobase import checks
from rheobase.dynamics.cycles.collocation import Condition, Linearised, Orbit, corrected, phase_condition
from rheobase.dynamics.cycles.cycle_starts import orbit_of
from rheobase.dynamics.cycles.limit_cycles import LimitCycle
from rheobase.dynamics.fields import Field, FieldLike
from rheobase.models.values import Brief

#: Change of one oscillator through another: their states, (n, K) each, to (n, K).
Coupling = Callable[[np.ndarray, np.ndarray], np.ndarray]

#: By how much periods of a cycle that is given and of the one found may differ, as a part.
_SAME = 0.01


@dataclass(frozen=True)
class LockedState:
    """A difference of phases that two oscillators keep.

    Attributes
    ----------
    difference : float
        By how much the second is ahead, in units of time, from 0 to the period.
    growth : float
        At what rate, for a coupling of strength 1, a small deviation grows.
    """

    difference: float
    growth: float

    @property
    def stable(self) -> bool:
        """Whether deviations decay where the coupling is positive."""
        return self.growth < 0


@dataclass(frozen=True, eq=False, repr=False)
class Interaction(Brief):
    """How fast an oscillator advances through another one, averaged over a cycle: θ' = 1 + ε H(θ₂ − θ).

    Attributes
    ----------
    differences : ndarray, shape (K + 1,)
        θ₂ − θ, from 0 to the period, in units of time.
    speed : ndarray, shape (K + 1,)
        H, per strength ε of the coupling.
    """

    differences: np.ndarray
    speed: np.ndarray

    def __call__(self, difference: float | np.ndarray) -> np.ndarray:
        """Return H at differences, which may have any sign."""
        return np.asarray(self._curve(checks.array("difference", difference)))

    @property
    def locked(self) -> tuple[LockedState, ...]:
        """Differences that two alike oscillators which move each other keep: H(−χ) = H(χ), as χ' = ε (H(−χ) − H(χ))."""
        period = float(self.differences[-1])
        odd = CubicSpline(self.differences, self(-self.differences) - self.speed, bc_type="periodic")
        close = 1e-6 * period
        roots = np.sort(np.mod(odd.roots(extrapolate=False) + close, period)) - close
        kept = roots[np.append(True, np.diff(roots) > 2 * close)] if len(roots) else roots
        return tuple(LockedState(max(float(x), 0.0), float(odd(x, 1))) for x in kept)

    @property
    def _curve(self) -> CubicSpline:
        return CubicSpline(self.differences, self.speed, bc_type="periodic")


@dataclass(frozen=True, eq=False, repr=False)
class PhaseResponse(Brief):
    """How far a small kick at each phase of a cycle advances it.

    Attributes
    ----------
    times : ndarray, shape (K + 1,)
        From 0 to the period, the phase in units of time.
    states : ndarray, shape (K + 1, n)
        The cycle there.
    response : ndarray, shape (K + 1, n)
        Z, the advance in units of time per unit of a kick of each variable; Z · F = 1.
    """

    times: np.ndarray
    states: np.ndarray
    response: np.ndarray

    def interaction(self, coupling: Coupling, *, points: int = 200) -> Interaction:
        """Return how weakly coupled oscillators of this cycle move each other's phases.

        Two oscillators u' = F(u) + ε G(u, v), v' = F(v) + ε G(v, u) have phases θ₁' = 1 + ε H(θ₂ − θ₁) and the like to
        first order in ε, with H(χ) the mean of Z(t) · G(u(t), u(t + χ)) over a period (Kuramoto 1984).

        Parameters
        ----------
        coupling : callable
            G, of the states of an oscillator and of the other one, shape (n, K) each, to shape (n, K).
        points : int, default 200
            Number K of differences.

        Returns
        -------
        Interaction

        Raises
        ------
        TypeError, ValueError
            If `coupling` is no function, or does not return finite numbers of this shape.

        Examples
        --------
        >>> from rheobase.dynamics import Hopf, limit_cycle
        >>> z = phase_response(Hopf(a=1.0), limit_cycle(Hopf(a=1.0), [1.0, 0.0], t_start=20, max_period=10))
        >>> [bool(state.stable) for state in z.interaction(lambda own, other: other - own).locked]
        [True, False]
        """
        coupling = checks.function("coupling", coupling)
        points = checks.integer("points", points, low=8, high=100_000)
        phases = np.linspace(0.0, self.times[-1], points, endpoint=False)
        u, Z = (CubicSpline(self.times, x, bc_type="periodic")(phases) for x in (self.states, self.response))
        speed = np.empty(points + 1)
        for k in range(points):
            change = checks.array("coupling(own, other)", coupling(u.T.copy(), np.roll(u, -k, axis=0).T.copy()))
            if change.shape != u.T.shape:
                raise ValueError(f"coupling must return an array of shape {u.T.shape}, got one of {change.shape}")
            speed[k] = (Z.T * change).sum(axis=0).mean()
        speed[-1] = speed[0]
        return Interaction(np.append(phases, self.times[-1]), speed)


def phase_response(field: FieldLike, cycle: LimitCycle, *, intervals: int = 60) -> PhaseResponse:
    """Return the infinitesimal phase response of a limit cycle, stable or not.

    It is the periodic solution of the adjoint equation Z' = −Jᵀ(u) Z with Z · F = 1, solved on the mesh of a
    collocation of the cycle (Ermentrout & Kopell 1991; Govaerts & Sautois 2006).

    Parameters
    ----------
    field : callable or object
        See `Field`.
    cycle : LimitCycle
        From `limit_cycle` or a branch of `cycle_continuation`.
    intervals : int
        Intervals K of the mesh.

    Returns
    -------
    PhaseResponse

    Raises
    ------
    ValueError
        If `cycle` is no cycle of the field.

    Examples
    --------
    >>> from rheobase.dynamics import Hopf, limit_cycle
    >>> found = limit_cycle(Hopf(a=1.0), [1.0, 0.0], t_start=20, max_period=10)
    >>> z = phase_response(Hopf(a=1.0), found)
    >>> bool(np.allclose(z.response, z.states @ [[0, 1], [-1, 0]], atol=1e-6))
    True
    """
    F = Field(field)
    cycle = checks.instance("cycle", cycle, LimitCycle, "a LimitCycle")
    orbit = orbit_of(cycle, 0.0, checks.integer("intervals", intervals, low=4, high=2000))
    F.at("the first state of cycle", orbit.nodes[0, 0])

    def conditions(now: Orbit) -> list[Condition]:
        hold = Condition(np.zeros_like(now.nodes), np.array([0.0, 1.0]))
        return [phase_condition(orbit, now), hold]

    extent = np.maximum(np.ptp(orbit.states, axis=0), 1e-300)
    linear: Linearised | None = None
    for _ in range(2):
        found = corrected(lambda scalars: (float(scalars[0]), F), orbit, conditions, extent)
        if found is None or (np.ptp(found[0].orbit.states, axis=0) < extent / 2).any():
            raise ValueError("cycle must be a limit cycle of the field, but none was found near it")
        linear = found[0]
        orbit = linear.orbit.resampled(linear.orbit.better_knots(extent))
    assert linear is not None
    period, knots = float(linear.orbit.scalars[0]), linear.orbit.nodes[:, 0]
    if abs(period / cycle.period - 1) > _SAME:
        raise ValueError(
            f"cycle must be a limit cycle of the field, got one of period {cycle.period:g} near one of period "
            f"{period:g}"
        )
    adjoint = linear.adjoint()
    # Z · F is constant along the cycle: its mean loses least to rounding.
    advance = (adjoint * F.many(knots.T).T).sum(axis=1).mean()
    closed = np.append(np.arange(len(knots)), 0)
    return PhaseResponse(linear.orbit.knots * period, knots[closed], adjoint[closed] / advance)
