"""Curves of homoclinic orbits in the plane of two parameters, as cycles of one long period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.bifurcations.arclength import INTERRUPTED
from rheobase.dynamics.bifurcations.continuation import state_scales
from rheobase.dynamics.bifurcations.critical_curves import PlaneFamily
from rheobase.dynamics.cycles.collocation import Orbit
from rheobase.dynamics.cycles.cycle_branches import CycleBifurcation
from rheobase.dynamics.cycles.cycle_starts import orbit_of
from rheobase.dynamics.cycles.cycle_steps import Steps
from rheobase.dynamics.cycles.cycle_tracing import saddle_near
from rheobase.dynamics.cycles.limit_cycles import LimitCycle
from rheobase.dynamics.cycles.traced_cycles import TracedCycle
from rheobase.dynamics.fields import Field, as_box
from rheobase.models.values import Brief
from rheobase.progress import Interrupted, Search

#: Part of the longest step below which the tracing gives up.
_SHORTEST = 1e-5


@dataclass(frozen=True, eq=False, repr=False)
class HomoclinicCurve(Brief):
    """A curve of homoclinic orbits in the plane of two parameters.

    Attributes
    ----------
    p, q : ndarray, shape (K,)
    period : float
        The period of the cycles that stand for the orbits.
    saddles : ndarray, shape (K, n)
        The saddle that each of them passes.
    cycles : tuple of LimitCycle
        Their multipliers are products of factors as large as exp(λ T): an order of magnitude.
    ended : tuple of str
        Why the tracing stopped at the first and at the last point: it ``"left the range"`` or ``"left the saddle"``
        (towards a Bogdanov–Takens point, or where the saddle meets a node), or ``max_steps`` was reached, or the
        corrector failed.
    """

    p: np.ndarray
    q: np.ndarray
    period: float
    saddles: np.ndarray
    cycles: tuple[LimitCycle, ...]
    ended: tuple[str, str]

    def _repr_html_(self) -> str:
        return (
            f"<b>homoclinic curve</b> of {len(self.p)} points, cycles of period {self.period:.6g}"
            f"<br>ended: {self.ended[0]}; {self.ended[1]}"
        )


def homoclinic_curve(
    family: PlaneFamily,
    origin: CycleBifurcation | LimitCycle,
    p0: float,
    q0: float,
    p_range: tuple[float, float],
    q_range: tuple[float, float],
    *,
    box: npt.ArrayLike | None = None,
    step: float = 0.05,
    max_steps: int = 300,
    intervals: int = 30,
    progress: bool = False,
) -> HomoclinicCurve:
    """Follow a homoclinic orbit through the plane of two parameters.

    Cycles near it become longer and longer: their period is T ≈ −ln(d) / λ at a distance d of the parameters, with the
    eigenvalue λ of the saddle that is nearest to zero. So the cycles of one long period lie beside the curve by about
    exp(−λ T), and they are continued in both parameters at once, by collocation as in `cycle_continuation`. Towards a
    Bogdanov–Takens point λ vanishes, and the curve ends before it; begin with a longer period to come nearer.

    Parameters
    ----------
    family : callable
        From the parameters (p, q) to a vector field, see `Field`.
    origin : CycleBifurcation or LimitCycle
        A cycle of long period, such as the last event of `cycle_continuation`, named ``"homoclinic"``.
    p0, q0 : float
        Its parameters.
    p_range, q_range : tuple of float
    box : array_like, shape (n, 2), optional
        Its widths set the scales of the state. Default: max(abs(u), 1) of the first state.
    step : float
        Longest step, relative to the ranges and the scales, or to the extent of the orbit, if that is larger.
    max_steps : int
        Most orbits in each direction.
    intervals : int
        Intervals of the mesh, each of which holds a polynomial of degree 4; up to four times as many where an orbit
        needs them. A RuntimeWarning says where these are still too few.
    progress : bool, default False
        Count the orbits, where it takes more than a second.

    Returns
    -------
    HomoclinicCurve

    Raises
    ------
    ValueError
        If there is no cycle of this period near the start, or it passes no saddle.
    rheobase.Interrupted
        On Ctrl-C, once there are orbits; its ``result`` is the curve until there, ended ``"interrupted"``.

    Examples
    --------
    The energy H of the loop obeys H' = y² (p − q² − H), so the loop at H = 0 is there where p = q²:

    >>> def family(p, q):
    ...     def field(u):
    ...         x, y = u
    ...         H = y**2 / 2 - x**2 / 2 + x**3 / 3
    ...         return np.stack([y, x - x**2 + y * (p - q**2 - H)])
    ...     return field
    >>> from rheobase.dynamics import continuation, cycle_continuation
    >>> line = lambda p: family(p, 0.2)
    >>> (hopf,) = continuation(line, [1.0, 0.0], -0.2, (-0.3, 0.3)).bifurcations
    >>> last = cycle_continuation(line, hopf, (-0.3, 0.3), max_period=25).bifurcations[-1]
    >>> curve = homoclinic_curve(family, last, last.parameter, 0.2, (-0.1, 0.2), (-0.3, 0.3))
    >>> bool(abs(curve.p - curve.q**2).max() < 1e-6)
    True
    """
    family = checks.function("family", family)
    if not isinstance(origin, (CycleBifurcation, LimitCycle)):
        raise TypeError(f"origin must be a CycleBifurcation or LimitCycle, got {type(origin).__name__}")
    bounds = np.stack([as_box(p_range, "p_range")[0], as_box(q_range, "q_range")[0]])
    p0 = checks.number("p0", p0, low=bounds[0, 0], high=bounds[0, 1])
    q0 = checks.number("q0", q0, low=bounds[1, 0], high=bounds[1, 1])
    step, max_steps = checks.number("step", step, above=0, high=0.5), checks.integer("max_steps", max_steps, low=1)
    intervals = checks.integer("intervals", intervals, low=4, high=10_000)
    cycle = origin.cycle if isinstance(origin, CycleBifurcation) else origin
    orbit = orbit_of(cycle, q0, intervals)
    orbit = Orbit(orbit.knots, orbit.nodes, np.array([p0, q0]))
    scale = state_scales(orbit.nodes[0, 0], box)
    with Search("orbits", progress) as search:
        tracer = _PlaneTracer(family, cycle.period, scale, bounds, step, max_steps, intervals, search.advance)
        curve = _traced(tracer, orbit)
    tracer.warn_of_coarse_meshes()
    if INTERRUPTED in curve.ended:
        raise Interrupted(f"stopped by Ctrl-C after {len(curve.cycles)} orbits", curve)
    return curve


def _traced(tracer: _PlaneTracer, orbit: Orbit) -> HomoclinicCurve:
    """Return the curve through the first orbit, on both sides."""
    period, (p0, q0) = tracer.period, orbit.scalars
    there = tracer.settled(orbit)
    if there is None:
        raise ValueError(f"no cycle of period {period:g} was found near p0 = {p0:g}, q0 = {q0:g}")
    if tracer.saddle(there) is None:
        raise ValueError(f"origin must be a cycle that passes a saddle, this one of period {period:g} passes none")
    behind, began = tracer.traced(there.turned())
    ahead, ended = tracer.traced(there) if began != INTERRUPTED else ([], began)
    cycles = [*behind[::-1], there, *ahead]
    p, q = np.array([c.orbit.scalars for c in cycles]).T
    saddles = np.array([tracer.saddle(c) for c in cycles])
    return HomoclinicCurve(p, q, period, saddles, tuple(map(tracer.limit_cycle, cycles)), (began, ended))


class _PlaneTracer(Steps):
    """Steps along the cycles of one period over two parameters."""

    def __init__(
        self,
        family: PlaneFamily,
        period: float,
        scale: np.ndarray,
        bounds: np.ndarray,
        step: float,
        max_steps: int,
        intervals: int,
        watch: Callable[[], object],
    ) -> None:
        problem = lambda scalars: (period, Field(family(float(scalars[0]), float(scalars[1]))))  # noqa: E731
        super().__init__(problem, scale, intervals, step, watch)
        self.period, self.bounds, self.max_steps = period, bounds, max_steps

    def _sizes(self, orbit: Orbit) -> np.ndarray:
        return np.asarray(np.ptp(self.bounds, axis=1))

    def saddle(self, cycle: TracedCycle) -> np.ndarray | None:
        """Return the saddle that a cycle passes; None where it passes none."""
        F = self.problem(cycle.orbit.scalars)[1]
        point = saddle_near(F, cycle.orbit, self.scale)
        if point is None:
            return None
        real = np.linalg.eigvals(F.jacobian(point)).real
        return point if real.min() < 0 < real.max() else None

    def limit_cycle(self, cycle: TracedCycle) -> LimitCycle:
        """Return a cycle in units of time."""
        orbit = cycle.orbit
        return LimitCycle(self.period, orbit.times * self.period, orbit.states, cycle.multipliers)

    def _follow(self, start: TracedCycle, found: list[TracedCycle]) -> str:
        here, length = start, self.step
        while len(found) < self.max_steps:
            step = self.stepped(here, length)
            if step is None:
                length /= 2
                if length < _SHORTEST * self.step:
                    p, q = here.orbit.scalars
                    return f"the corrector failed at ({p:.8g}, {q:.8g})"
                continue
            there, rounds = step
            if ((there.orbit.scalars < self.bounds[:, 0]) | (there.orbit.scalars > self.bounds[:, 1])).any():
                return "left the range"
            if self.saddle(there) is None:
                return "left the saddle"
            here = self.remeshed(there)
            found.append(here)
            self.watch()
            length = min(length * (1.5 if rounds <= 4 else 1.0), self.longest(here))
        return f"max_steps reached at ({here.orbit.scalars[0]:.8g}, {here.orbit.scalars[1]:.8g})"
