"""Continuation of limit cycles in one parameter, with the bifurcations on the way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.bifurcations.arclength import INTERRUPTED
from rheobase.dynamics.bifurcations.continuation import Bifurcation, state_scales
from rheobase.dynamics.cycles.collocation import Orbit
from rheobase.dynamics.cycles.cycle_branches import CycleBifurcation, CycleBranch
from rheobase.dynamics.cycles.cycle_starts import first_orbit
from rheobase.dynamics.cycles.cycle_tracing import Tracer
from rheobase.dynamics.cycles.limit_cycles import LimitCycle
from rheobase.dynamics.cycles.traced_cycles import TracedCycle
from rheobase.dynamics.fields import Family, as_box
from rheobase.progress import Interrupted, Search


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
    progress: bool = False,
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
        Longest step, relative to the range, the period, and the scales, or the extent of the cycle, if that is larger.
    max_steps : int
        Most cycles in each direction.
    max_period : float, optional
        Longest period, beyond which the branch ends. Default: 100 times the first.
    intervals : int
        Intervals of the mesh, each of which holds a polynomial of degree 4; up to four times as many where a cycle
        needs them. A RuntimeWarning says where these are still too few.
    progress : bool, default False
        Count the cycles, where it takes more than a second.

    Returns
    -------
    CycleBranch

    Raises
    ------
    ValueError
        If `origin` is of a kind from which no other branch of cycles sets out, or no cycle is found near it.
    rheobase.Interrupted
        On Ctrl-C, once a cycle is found; its ``result`` is the branch until there, ended ``"interrupted"``.

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
    orbit, direction = first_orbit(family, origin, p0, intervals)
    with Search("cycles", progress) as search:
        tracer = Tracer(
            family,
            state_scales(orbit.nodes[0, 0], box),
            (float(bounds[0]), float(bounds[1])),
            step,
            max_steps,
            100 * orbit.scalars[0] if max_period is None else checks.number("max_period", max_period, above=0),
            intervals,
            search.advance,
        )
        branch = _traced(tracer, origin, p0, orbit, direction)
    tracer.warn_of_coarse_meshes()
    if INTERRUPTED in branch.ended:
        raise Interrupted(f"stopped by Ctrl-C after {len(branch.cycles)} cycles", branch)
    return branch


def _traced(
    tracer: Tracer,
    origin: Bifurcation | CycleBifurcation | LimitCycle,
    p0: float,
    orbit: Orbit,
    direction: Orbit | None,
) -> CycleBranch:
    """Return the branch through the first orbit, on one side or on both."""
    if direction is not None:
        start = TracedCycle(orbit, direction, None)
        found, ended = tracer.traced(start)
        if not found:
            if ended == INTERRUPTED:
                raise KeyboardInterrupt
            raise ValueError(f"no branch of cycles was found at the origin, parameter {p0:g}: {ended}")
        name = origin.kind if isinstance(origin, (Bifurcation, CycleBifurcation)) else ""
        return tracer.branch(found, (name, ended))
    there = tracer.settled(orbit)
    if there is None:
        raise ValueError(f"no cycle was found near the origin at p0 = {p0:g}")
    ahead, ended = tracer.traced(there)
    if ended == "closed on itself":
        return tracer.branch([there, *ahead], (ended, ended))
    behind, began = tracer.traced(there.turned()) if ended != INTERRUPTED else ([], ended)
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
