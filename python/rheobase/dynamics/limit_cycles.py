"""Limit cycles: their period, extent and Floquet multipliers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike
from rheobase.dynamics.solvers import integrate


@dataclass(frozen=True)
class LimitCycle:
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
    transient: float = 1000.0,
    max_period: float = 1000.0,
    backwards: bool = False,
    points: int = 2001,
) -> LimitCycle:
    """Find the limit cycle that the solution from `x0` approaches.

    The solution is followed for `transient`, its return to a plane across it gives a first guess, and Newton's method
    on the return (single shooting) makes it exact. The monodromy matrix solves the variational equation M' = J(u) M,
    which also holds for continuous fields with kinks, such as threshold-linear rate networks.

    Parameters
    ----------
    field : callable or object
        See `Field`.
    x0 : array_like, shape (n,)
    transient : float
        Time to wait for the approach.
    max_period : float
        Longest period looked for.
    backwards : bool
        Follow the transient backwards in time, to find a repelling cycle.
    points : int
        Points of the returned cycle.

    Returns
    -------
    LimitCycle

    Raises
    ------
    ValueError
        If the solution ends at a fixed point, grows without bound, or does not return within `max_period`.

    Examples
    --------
    >>> from rheobase.dynamics import VanDerPol
    >>> round(limit_cycle(VanDerPol(c=-1), [1, 0], transient=60, max_period=20).period, 4)
    6.6633
    """
    F = Field(field)
    start = F.at("x0", x0)
    transient = checks.number("transient", transient, low=0)
    max_period = checks.number("max_period", max_period, above=0)
    points = checks.integer("points", points, low=3)
    sign = -1.0 if backwards else 1.0
    if transient:
        start = _solve(lambda u: sign * F(u), transient, start, rtol=1e-8).y[:, -1]
    u, period = _first_return(F, start, sign, max_period)
    u, period, monodromy = _shoot(F, u, period)
    multipliers = np.linalg.eigvals(monodromy).astype(complex)
    times = np.linspace(0, period, points)
    cycle = _solve(F, period, u, t_eval=times)
    return LimitCycle(float(period), times, cycle.y.T, multipliers[np.argsort(-np.abs(multipliers))])


def _solve(
    f: Callable[[np.ndarray], np.ndarray], duration: float, u: np.ndarray, rtol: float = 1e-11, **options: Any
) -> Any:
    """Integrate tightly, or say that the solution was lost on the way to a cycle."""
    try:
        return integrate(lambda y, t: f(y), u, (0.0, duration), rtol=rtol, atol=1e-12, **options)
    except ValueError as error:
        raise ValueError(f"no limit cycle was reached: {error}") from error


def _first_return(F: Field, start: np.ndarray, sign: float, max_period: float) -> tuple[np.ndarray, float]:
    """Return `start` and the time of its return to the plane through it across the flow."""
    speed = F(start)
    if np.linalg.norm(speed) * max_period < 1e-4 * (1 + np.linalg.norm(start)):
        raise ValueError(f"no limit cycle was reached: the solution came to rest at the fixed point {start}")
    normal = speed / np.linalg.norm(speed)

    def crossing(t: float, u: np.ndarray) -> float:
        return float(normal @ (u - start))

    crossing.direction = sign  # type: ignore[attr-defined]
    path = _solve(lambda u: sign * F(u), max_period, start, rtol=1e-9, method="DOP853", events=crossing)
    extent = np.ptp(path.y, axis=1).max()
    for t, u in zip(path.t_events[0], path.y_events[0], strict=True):
        if t > 1e-9 * max_period and np.linalg.norm(u - start) < 0.05 * extent:
            return start, t
    raise ValueError(
        f"no limit cycle was reached: from {start} the solution did not return within max_period = {max_period:g}"
    )


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
