"""Pseudo-arclength tracing of the curve G(z) = 0 of n equations in n + 1 unknowns, from step to step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import optimize

from rheobase.dynamics.fields import Family, Field, numerical_jacobian
from rheobase.models.values import Brief

#: Branches nearer to each other than this (scaled units) may be taken for crossing ones.
NEAREST = 1e-5

#: How a curve ended that Ctrl-C cut short.
INTERRUPTED = "interrupted"

#: Shortest step before the tracing gives up, and the Newton correction that counts as converged (scaled units).
_SHORTEST, _CONVERGED = 1e-7, 1e-9

#: What part of the last correction one by an old matrix may be, for that matrix to do.
_SHORTER = 0.05

#: Elements of Jacobians that a curve remembers.
_KEPT = 2**22


class Curve:
    """The fixed points of a family of fields, with states and parameter measured in units of `scale`.

    Parameters
    ----------
    family : callable
        From the parameter to a field.
    scale : ndarray, shape (n + 1,)
        Typical sizes of the n state variables and, last, of the parameter.
    """

    #: Whether the corrector saves matrices, where they cost more than values.
    saves_matrices: ClassVar = True

    def __init__(self, family: Family, scale: np.ndarray) -> None:
        self.family, self.scale = family, scale
        self._largest = np.zeros(len(scale) - 1)
        # Corrector, tangents, tests and eigenvalues need the derivatives at the same points.
        self._derivatives: dict[bytes, tuple[np.ndarray, np.ndarray]] = {}

    @property
    def row_size(self) -> np.ndarray:
        """Sizes of the rows of dG/dz along the curve, the units of its determinant."""
        # One unit for the whole curve: where a row itself vanishes its direction says nothing.
        return np.where((self._largest > 0) & np.isfinite(self._largest), self._largest, 1.0)

    def measure(self, z: np.ndarray) -> None:
        """Let the matrix at `z` count for the sizes of the rows."""
        self._largest = np.maximum(self._largest, np.abs(self.matrix(z)).max(axis=1))

    def field(self, z: np.ndarray) -> Field:
        """Return the field at the parameter of `z`."""
        return Field(self.family(float(z[-1] * self.scale[-1])))

    def value(self, z: np.ndarray) -> np.ndarray:
        """Return G(z), shape (n,)."""
        return self.field(z)(z[:-1] * self.scale[:-1])

    def jacobian(self, z: np.ndarray) -> np.ndarray:
        """Return the Jacobian of the field with respect to the unscaled state, shape (n, n)."""
        return self._derived(z)[0]

    def matrix(self, z: np.ndarray) -> np.ndarray:
        """Return dG/dz, shape (n, n + 1)."""
        return self._derived(z)[1]

    def _derived(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return `jacobian` and `matrix` at `z`, which are found once."""
        key = z.tobytes()
        if key not in self._derivatives:
            J = self.field(z).jacobian(z[:-1] * self.scale[:-1])
            by_parameter = numerical_jacobian(lambda q: self.value(np.append(z[:-1], q)), z[-1:])
            while len(self._derivatives) >= max(3, _KEPT // J.size):
                del self._derivatives[next(iter(self._derivatives))]
            self._derivatives[key] = J, np.column_stack([J * self.scale[:-1], by_parameter])
        return self._derivatives[key]

    def tangent(self, z: np.ndarray, along: np.ndarray) -> np.ndarray:
        """Return the unit tangent of the curve at `z` that makes an acute angle with `along`."""
        null = np.linalg.svd(_rows_to_one(self.matrix(z)))[2][-1]
        return null if null @ along >= 0 else -null

    def correct(self, guess: np.ndarray, normal: np.ndarray) -> np.ndarray | None:
        """Return the point of the curve in the plane through `guess` across `normal`; None if Newton fails."""
        z, before = guess, 0.0
        matrix: np.ndarray | None = None
        for _ in range(24 if self.saves_matrices else 12):
            # A matrix from nearby does where the step with it is much shorter than the last one.
            fresh = matrix is None
            if matrix is None:
                matrix = self.matrix(z)
            value = self.value(z)
            if not (np.isfinite(matrix).all() and np.isfinite(value).all()):
                return None
            size = np.maximum(np.abs(matrix).max(axis=1, keepdims=True), 1e-300)
            system = np.vstack([matrix / size, normal])
            step = np.linalg.lstsq(system, -np.append(value / size[:, 0], normal @ (z - guess)), rcond=None)[0]
            length = float(np.abs(step).max())
            if not fresh and length > _SHORTER * before:
                matrix = None
                continue
            z, before = z + step, length
            if length < _CONVERGED * (1.0 if fresh else 1e-4):
                return z
            if not self.saves_matrices:
                matrix = None
        return None


def _rows_to_one(matrix: np.ndarray) -> np.ndarray:
    """Divide each row by its largest entry."""
    return matrix / np.maximum(np.abs(matrix).max(axis=1, keepdims=True), 1e-300)


#: Whether a step, from a point and its tangent to another point and its tangent, stays on one branch of the curve.
StaysOn = Callable[[Curve, np.ndarray, np.ndarray, np.ndarray, np.ndarray], bool]


def _goes_astray(
    curve: Curve, z: np.ndarray, t: np.ndarray, ahead: np.ndarray, h: float, stays_on: StaysOn | None
) -> bool:
    """Return whether a step looks like one onto another branch or past a bend; very short ones pass, for true kinks."""
    if h <= 10 * _SHORTEST:
        return False
    tangent = curve.tangent(ahead, t)
    if tangent @ t < 0.97 or np.linalg.norm(ahead - z - h * t) > 0.25 * h:
        return True
    return stays_on is not None and h > NEAREST and not stays_on(curve, z, t, ahead, tangent)


@dataclass(frozen=True, eq=False, repr=False)
class Trace(Brief):
    """Points of a curve, and why the tracing ended."""

    points: list[np.ndarray]
    ended: str


def trace(
    curve: Curve,
    start: np.ndarray,
    direction: np.ndarray,
    margin: Callable[[np.ndarray], float],
    step: float,
    max_steps: int,
    stays_on: StaysOn | None = None,
    watch: Callable[[], object] | None = None,
) -> Trace:
    """Follow `curve` from `start` towards `direction` while `margin(z)` is positive, and call `watch` at each point.

    Steps are at most `step` long in units of the scales, or of how far a variable has come where that is further.
    """
    points: list[np.ndarray] = [start]
    try:
        return Trace(points, _followed(curve, points, direction, margin, step, max_steps, stays_on, watch))
    except KeyboardInterrupt:
        return Trace(points, INTERRUPTED)


def _followed(
    curve: Curve,
    points: list[np.ndarray],
    direction: np.ndarray,
    margin: Callable[[np.ndarray], float],
    step: float,
    max_steps: int,
    stays_on: StaysOn | None,
    watch: Callable[[], object] | None,
) -> str:
    """Append what comes after the first of `points`, and return why there is no more."""
    start = z = points[0]
    t, h = curve.tangent(start, direction), step
    while len(points) <= max_steps:
        ahead = curve.correct(z + h * t, t)
        if ahead is None or np.linalg.norm(ahead - z) > 2 * h or _goes_astray(curve, z, t, ahead, h, stays_on):
            h /= 2
            if h < _SHORTEST:
                return f"the corrector failed at parameter {z[-1] * curve.scale[-1]:.8g}"
            continue
        here, heading, length = z, t, h

        def at(s: float, here: np.ndarray = here, heading: np.ndarray = heading) -> np.ndarray:
            point = curve.correct(here + s * heading, heading)
            return here + s * heading if point is None else point

        left = margin(ahead) <= 0
        if left:
            length = optimize.brentq(lambda s, at=at: margin(at(s)), 0.0, h, xtol=1e-14) if margin(here) > 0 else 0.0
            ahead = at(length)
        z, t = ahead, curve.tangent(ahead, t)
        points.append(z)
        if watch is not None:
            watch()
        if left:
            return "left the range"
        if len(points) > 4 and np.linalg.norm(z - start) < 0.75 * h:
            points.append(start)
            return "closed on itself"
        come = np.maximum(np.abs(z - start), 1.0)
        h = min(1.5 * h, step / float(np.linalg.norm(t / come)))
    return f"max_steps reached at parameter {z[-1] * curve.scale[-1]:.8g}"
