"""Phase response of any limit cycle, by the adjoint of its linearised equation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase import checks
from rheobase.dynamics.collocation import Condition, Linearised, Orbit, corrected, phase_condition
from rheobase.dynamics.cycle_starts import orbit_of
from rheobase.dynamics.fields import Field, FieldLike
from rheobase.dynamics.limit_cycles import LimitCycle
from rheobase.models.values import Brief


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
    adjoint = linear.adjoint()
    # Z · F is constant along the cycle: its mean loses least to rounding.
    advance = (adjoint * F.many(knots.T).T).sum(axis=1).mean()
    closed = np.append(np.arange(len(knots)), 0)
    return PhaseResponse(linear.orbit.knots * period, knots[closed], adjoint[closed] / advance)
