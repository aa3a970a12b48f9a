"""Continuation of fixed points in one parameter, with the folds, Hopf and branch points on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.bifurcations.arclength import INTERRUPTED, Curve, Trace, trace
from rheobase.dynamics.bifurcations.events import Event, Test, augmented_determinant, events_along, stays_on_branch
from rheobase.dynamics.fields import Family, as_box
from rheobase.dynamics.fixed_points.fixed_points import NotReached, newton
from rheobase.dynamics.stability import pair_sums, sorted_eigenvalues
from rheobase.models.values import Brief
from rheobase.progress import Interrupted, Search


@dataclass(frozen=True, eq=False, repr=False)
class Bifurcation(Brief):
    """A bifurcation of fixed points.

    Attributes
    ----------
    kind : str
        ``"fold"`` (saddle-node: det J changes sign), ``"Hopf"`` (a complex pair crosses the imaginary axis),
        ``"branch point"`` (branches cross: pitchfork or transcritical) or ``"unexplained"`` (the stability changes,
        yet no eigenvalue vanishes, as at a kink of the field).
    parameter : float
    u : ndarray, shape (n,)
    eigenvalues : ndarray of complex, shape (n,)
        By decreasing real part.
    tangent : ndarray, shape (n + 1,)
        Direction of the branch in (u, parameter), in the scaled units of the continuation.
    crossing : int
        Number of eigenvalues that cross together: 1 at a simple fold or branch point, 2 at a Hopf point; more where
        several bifurcations coincide, 0 where it is unexplained.
    """

    kind: str
    parameter: float
    u: np.ndarray
    eigenvalues: np.ndarray
    tangent: np.ndarray
    crossing: int = 1


@dataclass(frozen=True, eq=False, repr=False)
class Branch(Brief):
    """A branch of fixed points.

    Attributes
    ----------
    parameter : ndarray, shape (K,)
    states : ndarray, shape (K, n)
    eigenvalues : ndarray of complex, shape (K, n)
        By decreasing real part.
    bifurcations : tuple of Bifurcation
        In order along the branch.
    ended : tuple of str
        Why the tracing stopped at the first and at the last point: ``"left the range"``, ``"closed on itself"``,
        ``"interrupted"``, or, if it fell short, how far it got.
    """

    parameter: np.ndarray
    states: np.ndarray
    eigenvalues: np.ndarray
    bifurcations: tuple[Bifurcation, ...]
    ended: tuple[str, str]

    @property
    def stable(self) -> np.ndarray:
        """Whether each fixed point is stable, shape (K,)."""
        return np.asarray((self.eigenvalues.real < 0).all(axis=1))

    def _repr_html_(self) -> str:
        events = "".join(
            f"<li>{b.kind} at {b.parameter:.8g}, u = ({', '.join(f'{x:.6g}' for x in b.u)})</li>"
            for b in self.bifurcations
        )
        return (
            f"<b>Branch</b> of {len(self.parameter)} fixed points, parameter {self.parameter.min():.6g} … "
            f"{self.parameter.max():.6g}<ul>{events}</ul>ended: {self.ended[0]}; {self.ended[1]}"
        )


def continuation(
    family: Family,
    x0: npt.ArrayLike,
    p0: float,
    p_range: tuple[float, float],
    *,
    box: npt.ArrayLike | None = None,
    step: float = 0.01,
    max_steps: int = 2000,
    progress: bool = False,
) -> Branch:
    """Follow a fixed point through a range of a parameter, around folds, in both directions.

    Keller's pseudo-arclength method: a step along the tangent of the curve F(u, p) = 0, then Newton's method in the
    plane across it. Folds are zeros of the parameter component of the tangent, Hopf points zeros of the product of
    all sums of two eigenvalues, branch points zeros of the determinant of the Jacobian bordered by the tangent; each is
    located between the points of the curve that tell of them, to about 1e-10 of the scales. The number of unstable
    eigenvalues at either end of each step must follow from the events within it; where it does not, the step is halved
    down to where the stability changes. A step across which that determinant changes sign without a branch point has
    gone over to a branch that passes by; it is halved, too.

    Parameters
    ----------
    family : callable
        From the parameter to a vector field (see `Field`), for instance ``lambda I: rb.MorrisLecar(I_x=I)``.
    x0 : array_like, shape (n,)
        Guess of a fixed point at `p0`.
    p0 : float
        Parameter to start from, within `p_range`.
    p_range : tuple of float
        Range of the parameter.
    box : array_like, shape (n, 2), optional
        Bounds of the state at which to stop; they also set the scales of the state. Default: no bounds, and scales
        of max(abs(x0), 1).
    step : float
        Longest step, relative to the range and the scales, or to how far a variable has come, if that is further.
    max_steps : int
        Most points in each direction.
    progress : bool, default False
        Count the points, and then the steps looked at for bifurcations, where it takes more than a second.

    Returns
    -------
    Branch
        From the end reached with decreasing parameter at the start to the other one.

    Raises
    ------
    ValueError
        If no fixed point can be reached from `x0` at `p0`, or `p0` or `x0` lies outside the range. A continuation
        that gets stuck later returns what it has and says so in ``ended``.
    rheobase.Interrupted
        On Ctrl-C; its ``result`` is the branch until there, ended ``"interrupted"``, with the bifurcations found by
        then.

    Examples
    --------
    >>> branch = continuation(lambda a: lambda x: x**2 + a, [-1.0], -1.0, (-1, 1))
    >>> branch.bifurcations[0].kind, abs(branch.bifurcations[0].parameter) < 1e-8
    ('fold', True)
    """
    low, high = as_box(p_range, "p_range")[0]
    p0 = checks.number("p0", p0, low=low, high=high)
    try:
        u = newton(checks.function("family", family)(p0), x0)
    except NotReached as error:
        raise ValueError(f"{error} at p0 = {p0:g}") from error
    curve = Curve(family, np.append(state_scales(u, box), high - low))
    start = np.append(u, p0) / curve.scale
    return _both_ways(curve, start, np.eye(len(start))[-1], (low, high), box, step, max_steps, progress)


def switch_branch(
    family: Family,
    point: Bifurcation,
    p_range: tuple[float, float],
    *,
    box: npt.ArrayLike | None = None,
    step: float = 0.01,
    max_steps: int = 2000,
    progress: bool = False,
) -> Branch:
    """Follow the other branch through a branch point.

    Parameters
    ----------
    family, p_range, box, step, max_steps, progress
        As in `continuation`.
    point : Bifurcation
        A branch point found by `continuation`.

    Returns
    -------
    Branch

    Raises
    ------
    ValueError
        If `point` is not a branch point, or no second branch is found near it.
    rheobase.Interrupted
        As in `continuation`.

    Examples
    --------
    >>> def pitchfork(a):
    ...     return lambda x: a * x - x**3
    >>> trivial = continuation(pitchfork, [0.0], -0.5, (-1, 1))
    >>> other = switch_branch(pitchfork, trivial.bifurcations[0], (-1, 1))
    >>> abs(other.states).max().round(6)
    np.float64(1.0)
    """
    curve, centre, bounds = around_branch_point(family, point, p_range, box)
    step = _checked_step(step)
    # The null space of dG/dz is spanned by the tangents of both branches: leave along its part across the known one.
    null = np.linalg.svd(curve.matrix(centre))[2][-2:]
    along, aside = null @ point.tangent
    across = (along * null[1] - aside * null[0]) / np.hypot(along, aside)
    start = curve.correct(centre + step * across, across)
    if start is None or abs(np.linalg.norm(start - centre)) > 10 * step:
        raise ValueError(f"no second branch was found near the branch point at parameter {point.parameter:.6g}")
    return _both_ways(curve, start, -across, bounds, box, step, max_steps, progress)


def around_branch_point(
    family: Family, point: Bifurcation, p_range: tuple[float, float], box: npt.ArrayLike | None
) -> tuple[Curve, np.ndarray, tuple[float, float]]:
    """Return the curve of fixed points in scaled coordinates, a branch point on it, and the range of the parameter."""
    family = checks.function("family", family)
    if checks.instance("point", point, Bifurcation, "a Bifurcation").kind != "branch point":
        raise ValueError(f"point must be a branch point, got a {point.kind}")
    low, high = as_box(p_range, "p_range")[0]
    curve = Curve(family, np.append(state_scales(point.u, box), high - low))
    return curve, np.append(point.u, point.parameter) / curve.scale, (low, high)


def state_scales(u: np.ndarray, box: npt.ArrayLike | None) -> np.ndarray:
    """Return typical sizes of the state variables: the widths of `box`, or ``max(|u|, 1)`` without one."""
    if box is None:
        return np.maximum(np.abs(u), 1.0)
    bounds = as_box(box)
    if len(bounds) != len(u):
        raise ValueError(f"box must have shape ({len(u)}, 2) for a state of that many variables, got {bounds.shape}")
    if (u < bounds[:, 0]).any() or (u > bounds[:, 1]).any():
        raise ValueError(f"box must contain the fixed point to start from, got one at {u}")
    return np.ptp(bounds, axis=1)


def _checked_step(step: float) -> float:
    return checks.number("step", step, above=0, high=0.5)


def _both_ways(
    curve: Curve,
    start: np.ndarray,
    direction: np.ndarray,
    p_range: tuple[float, float],
    box: npt.ArrayLike | None,
    step: float,
    max_steps: int,
    progress: bool,
) -> Branch:
    """Trace the curve through `start` in both directions and join the halves."""
    step, max_steps = _checked_step(step), checks.integer("max_steps", max_steps, low=1)
    margin, tests = margin_within(curve, box, p_range), event_tests(len(start) - 1)
    tangent = curve.tangent(start, direction)
    if any(abs(test(curve, start, tangent)) < 1e-9 for test in tests.values()):
        # A start on a bifurcation would hide it: begin a little beside it.
        beside = curve.correct(start - 0.4 * step * tangent, tangent)
        start = start if beside is None else beside
    with Search("fixed points", progress) as search:
        forwards = trace(curve, start, tangent, margin, step, max_steps, stays_on_branch, search.advance)
        if forwards.ended in ("closed on itself", INTERRUPTED):
            backwards = Trace([start], forwards.ended)
        else:
            backwards = trace(curve, start, -tangent, margin, step, max_steps, stays_on_branch, search.advance)
    points = [*backwards.points[:0:-1], *forwards.points]
    along = tangent if len(points) < 2 else points[1] - points[0]
    events, all_found = events_along(curve, points, along, tests, progress)
    ended = (backwards.ended, forwards.ended) if all_found else (INTERRUPTED, INTERRUPTED)
    branch = described(curve, points, bifurcations(curve, events), ended)
    if INTERRUPTED in ended:
        raise Interrupted(f"stopped by Ctrl-C after {len(points)} fixed points", branch)
    return branch


def margin_within(
    curve: Curve, box: npt.ArrayLike | None, p_range: tuple[float, float]
) -> Callable[[np.ndarray], float]:
    """Return the function that says how far within the bounds of state and parameter a point of the curve is."""
    n = len(curve.scale) - 1
    lows = np.append(np.full(n, -np.inf) if box is None else as_box(box)[:, 0], p_range[0]) / curve.scale
    highs = np.append(np.full(n, np.inf) if box is None else as_box(box)[:, 1], p_range[1]) / curve.scale
    slack = 1e-12 * (highs[-1] - lows[-1])
    return lambda z: float(np.minimum(z - lows, highs - z).min() + slack)


def event_tests(n: int) -> dict[str, Test]:
    """Return the test functions of what may happen to fixed points of n variables."""
    tests: dict[str, Test] = {"branch point": augmented_determinant, "fold": _fold}
    return {**tests, "Hopf": _hopf} if n > 1 else tests


def described(
    curve: Curve, points: list[np.ndarray], events: tuple[Bifurcation, ...], ended: tuple[str, str]
) -> Branch:
    """Return the branch through `points` in the units of the state and the parameter."""
    states = np.array(points) * curve.scale
    eigenvalues = np.array([sorted_eigenvalues(curve.jacobian(z)) for z in points])
    return Branch(states[:, -1], states[:, :-1], eigenvalues, events, ended)


def bifurcations(curve: Curve, events: list[Event]) -> tuple[Bifurcation, ...]:
    """Return the events in the units of the state and the parameter."""
    named = []
    for event in events:
        u, p = event.point[:-1] * curve.scale[:-1], float(event.point[-1] * curve.scale[-1])
        values = sorted_eigenvalues(curve.jacobian(event.point))
        named.append(Bifurcation(event.kind, p, u, values, event.tangent, event.crossing))
    return tuple(named)


def _fold(curve: Curve, z: np.ndarray, t: np.ndarray) -> float:
    """Test function of folds: the parameter component of the tangent."""
    return float(t[-1])


def _hopf(curve: Curve, z: np.ndarray, t: np.ndarray) -> float:
    """Test function of Hopf points."""
    return pair_sums(curve.jacobian(z))
