"""Limit cycles: their period, extent and Floquet multipliers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike
from rheobase.dynamics.solvers import integrate
from rheobase.models.values import Brief

#: Longer times are taken for a mistake.
_LONGEST = 1e9

#: Cycles passed by, before the solution counts as settling on none.
_MAX_TRIED = 12


@dataclass(frozen=True, eq=False, repr=False)
class LimitCycle(Brief):
    """A periodic solution of u' = F(u).

    Attributes
    ----------
    period : float
    times : ndarray, shape (K,)
        From 0 to the period.
    states : ndarray, shape (K, n)
    multipliers : ndarray of complex, shape (n,)
        Floquet multipliers, by decreasing modulus. One is 1 (along the cycle); the cycle is stable if all the others
        are inside the unit circle.
    """

    period: float
    times: np.ndarray
    states: np.ndarray
    multipliers: np.ndarray

    @property
    def stable(self) -> bool:
        """Whether every multiplier but the trivial one lies inside the unit circle."""
        others = np.delete(self.multipliers, np.argmin(np.abs(self.multipliers - 1)))
        return bool((np.abs(others) < 1).all())

    @property
    def low(self) -> np.ndarray:
        """Smallest value of each component, shape (n,)."""
        return self.states.min(axis=0)

    @property
    def high(self) -> np.ndarray:
        """Largest value of each component, shape (n,)."""
        return self.states.max(axis=0)

    @property
    def mean(self) -> np.ndarray:
        """Average over a period, shape (n,)."""
        return np.trapezoid(self.states, self.times, axis=0) / self.period

    def _repr_html_(self) -> str:
        spans = ", ".join(f"{a:.5g} … {b:.5g}" for a, b in zip(self.low, self.high, strict=True))
        return f"<b>{'stable' if self.stable else 'unstable'} limit cycle</b>, period {self.period:.6g}; {spans}"


def limit_cycle(
    field: FieldLike,
    x0: npt.ArrayLike,
    *,
    t_start: float = 1000.0,
    max_period: float = 1000.0,
    backwards: bool = False,
    points: int = 2001,
) -> LimitCycle:
    """Find the limit cycle that the solution from `x0` approaches.

    From `t_start` on the returns of the solution to a plane across it give first guesses, the shortest first, and
    Newton's method on the return (single shooting) makes them exact. A cycle that does not attract is left behind, as
    after a period doubling, for the next return. The monodromy matrix solves the variational equation M' = J(u) M,
    which also holds for continuous fields with kinks, such as threshold-linear rate networks.

    Parameters
    ----------
    field : callable or object
        See `Field`.
    x0 : array_like, shape (n,)
    t_start : float
        Time from which the solution counts as near the cycle.
    max_period : float
        Longest period looked for.
    backwards : bool
        Follow the solution to `t_start` backwards in time, to find a repelling cycle.
    points : int
        Points of the returned cycle.

    Returns
    -------
    LimitCycle

    Raises
    ------
    ValueError
        If there is but one variable, or the solution ends at a fixed point, grows without bound, does not return within
        `max_period`, or only passes by cycles that do not attract it, as on a chaotic attractor.

    Examples
    --------
    >>> from rheobase.dynamics import VanDerPol
    >>> round(limit_cycle(VanDerPol(c=-1), [1, 0], t_start=60, max_period=20).period, 4)
    6.6633
    """
    F = Field(field)
    start = F.at("x0", x0)
    if start.size < 2:
        raise ValueError(
            f"field must have at least two variables for a limit cycle, got {start.size}; spikes that reset a neuron "
            "are no part of its field: see rb.theory.Noiseless for its rate"
        )
    t_start = checks.number("t_start", t_start, unit="", low=0, high=_LONGEST)
    max_period = checks.number("max_period", max_period, above=0, high=_LONGEST)
    points = checks.integer("points", points, low=3)
    checks.memory("points", 8 * points * (start.size + 1))
    sign = -1.0 if checks.flag("backwards", backwards) else 1.0
    if t_start:
        start = _solve(lambda u: sign * F(u), t_start, start, rtol=1e-8).y[:, -1]
    u, period, multipliers = _approached(F, start, sign, max_period)
    times = np.linspace(0, period, points)
    cycle = _solve(F, period, u, t_eval=times)
    return LimitCycle(float(period), times, cycle.y.T, multipliers)


def _approached(F: Field, start: np.ndarray, sign: float, max_period: float) -> tuple[np.ndarray, float, np.ndarray]:
    """Return a point, period and multipliers of the shortest cycle near `start` that attracts in `sign` time."""
    passed: list[str] = []
    for guess in _returns(F, start, sign, max_period):
        try:
            u, period, monodromy = _shoot(F, start, guess)
        except ValueError as error:
            passed.append(str(error))
            continue
        multipliers = np.linalg.eigvals(monodromy).astype(complex)
        multipliers = multipliers[np.argsort(-np.abs(multipliers))]
        others = np.abs(np.delete(multipliers, np.argmin(np.abs(multipliers - 1))))
        # Next to a bifurcation a multiplier of 1 is known no better than this.
        if ((others if sign > 0 else 1 / np.maximum(others, 1e-300)) < 1 + 1e-4).all():
            return u, period, multipliers
        passed.append(
            f"no limit cycle was reached: the solution passes by a cycle of period {period:.6g}, which does not "
            f"attract it (largest multiplier {np.abs(multipliers).max():.4g}), and settles on none within max_period = "
            f"{max_period:g}; it may be chaotic, or need a later t_start"
        )
        if len(passed) == _MAX_TRIED:
            break
    raise ValueError(passed[-1])


def _solve(
    f: Callable[[np.ndarray], np.ndarray], duration: float, u: np.ndarray, rtol: float = 1e-11, **options: Any
) -> Any:
    """Integrate tightly, or say that the solution was lost on the way to a cycle."""
    try:
        return integrate(lambda y, t: f(y), u, (0.0, duration), rtol=rtol, atol=1e-12, **options)
    except ValueError as error:
        raise ValueError(f"no limit cycle was reached: {error}") from error


def _returns(F: Field, start: np.ndarray, sign: float, max_period: float) -> list[float]:
    """Return the times at which the solution comes back near `start`, through the plane there across the flow.

    Rising; a return much closer than those before comes first, for it tells the period of what has been settled on.
    """
    speed, way = F(start), "" if sign > 0 else ", followed backwards,"
    if np.linalg.norm(speed) * max_period < 1e-4 * (1 + np.linalg.norm(start)):
        raise ValueError(f"no limit cycle was reached: the solution{way} came to rest at the fixed point {start}")
    normal = speed / np.linalg.norm(speed)

    def crossing(t: float, u: np.ndarray) -> float:
        return float(normal @ (u - start))

    crossing.direction = sign  # type: ignore[attr-defined]
    path = _solve(lambda u: sign * F(u), max_period, start, rtol=1e-9, method="DOP853", events=crossing)
    extent = np.ptp(path.y, axis=1).max()
    near = [
        (float(t), float(np.linalg.norm(u - start)))
        for t, u in zip(path.t_events[0], path.y_events[0], strict=True)
        if t > 1e-9 * max_period and np.linalg.norm(u - start) < 0.05 * extent
    ]
    if not near:
        raise ValueError(
            f"no limit cycle was reached: from {start} the solution{way} did not return within max_period = "
            f"{max_period:g}; it may need a later t_start"
        )
    settled = [t for t, gap in near if gap < 1e-4 * extent]
    return [t for t, _ in near] if not settled else [settled[0], *(t for t, _ in near if t != settled[0])]


def _shoot(F: Field, u: np.ndarray, period: float) -> tuple[np.ndarray, float, np.ndarray]:
    """Solve φ_T(u) = u for u (in the plane across the flow) and T by Newton's method."""
    n = u.size
    anchor, normal = u, F(u)

    def variational(y: np.ndarray) -> np.ndarray:
        return np.concatenate([F(y[:n]), (F.jacobian(y[:n]) @ y[n:].reshape(n, n)).ravel()])

    for _ in range(12):
        end = _solve(variational, period, np.concatenate([u, np.eye(n).ravel()])).y[:, -1]
        gap, monodromy = end[:n] - u, end[n:].reshape(n, n)
        if np.linalg.norm(gap) < 1e-9 * (1 + np.linalg.norm(u)):
            return u, period, monodromy
        system = np.block([[monodromy - np.eye(n), F(end[:n])[:, None]], [normal[None], np.zeros((1, 1))]])
        step = np.linalg.lstsq(system, -np.append(gap, normal @ (u - anchor)), rcond=None)[0]
        u, new_period = u + step[:n], period + step[n]
        if not period / 2 < new_period < 2 * period:
            break
        period = new_period
    raise ValueError(
        f"no limit cycle was reached: shooting did not converge near {u}, the solution misses its start by "
        f"{np.linalg.norm(gap):.3g} after {period:.6g}"
    )
