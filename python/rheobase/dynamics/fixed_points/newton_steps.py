"""Iterations that carry many states at once to zeros of a field: Newton, least squares, and a flow that ends there.

All take states as columns, shape (n, m), and return new ones.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rheobase.dynamics.fields import Field
from rheobase.dynamics.fixed_points.linear_systems import solve_at, solve_each, systems_at

#: States whose Jacobians fit into the cache together, and entries that those of large fields may have together.
BATCH, ROOM = 32, 8_000_000


def batch_size(n: int) -> int:
    """Return how many states of n variables are taken together."""
    return max(1, min(BATCH, ROOM // n**2))


def in_batches(iterate: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return what `iterate` makes of the states `x`, taken a few at a time."""
    size = batch_size(len(x))
    parts = [iterate(x[:, i : i + size]) for i in range(0, x.shape[1], size)]
    return np.concatenate(parts, axis=1) if parts else x


def speeds(F: Field, x: np.ndarray) -> np.ndarray:
    """Return the length of F at each state, shape (m,); infinite where the field is not finite."""
    if not x.shape[1]:
        return np.zeros(0)
    v = np.linalg.norm(F.many(x), axis=0)
    return np.where(np.isfinite(v), v, np.inf)


def bounded_newton(F: Field, x: np.ndarray, tolerance: float, max_step: float, max_iterations: int) -> np.ndarray:
    """Newton's method with steps of bounded length, as a root mean square over the coordinates."""
    x = x.copy()
    active = np.arange(x.shape[1])
    for _ in range(max_iterations):
        active, v = _going(F, x, active, tolerance)
        if not active.size:
            break
        step = solve_at(F, x[:, active], -v)
        length = np.sqrt(np.mean(step**2, axis=0))
        # No demand that the speed falls: a start that may climb escapes the minima in which descent gets stuck.
        x[:, active] += step * (max_step / np.maximum(length, max_step))
    return x


def thrifty_newton(F: Field, x: np.ndarray, tolerance: float, max_step: float, decompositions: int) -> np.ndarray:
    """Newton's method near zeros: with the factors of one Jacobian three steps are made while they shrink."""
    x = x.copy()
    active = np.arange(x.shape[1])
    for _ in range(decompositions):
        active, v = _going(F, x, active, tolerance)
        if not active.size:
            break
        systems = systems_at(F, x[:, active])
        allowed = np.full(active.size, np.inf)
        for _ in range(3):
            step = systems.solve(np.ascontiguousarray(-v.T)[:, None])[:, 0]
            length = np.sqrt(np.mean(step**2, axis=1))
            bounded = np.where(length < allowed, max_step / np.maximum(length, max_step), 0.0)
            x[:, active] += step.T * bounded
            allowed = 0.3 * length
            v = F.many(x[:, active])
    return x


def _going(F: Field, x: np.ndarray, active: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return which active states are not yet at zeros, and the field there."""
    v = F.many(x[:, active])
    # One step beyond the tolerance costs little and brings rounding accuracy.
    going = (np.linalg.norm(v, axis=0) > 1e-3 * tolerance) & np.isfinite(v).all(axis=0)
    return active[going], v[:, going]


def least_squares(F: Field, x: np.ndarray, tolerance: float, max_iterations: int) -> tuple[np.ndarray, np.ndarray]:
    """Levenberg–Marquardt on ½|F|²; returns the ends and whether each is a minimum or a zero of the speed."""
    x = x.copy()
    count = x.shape[1]
    settled, damping, steepest = np.zeros(count, dtype=bool), np.ones(count), np.zeros(count)
    if not count:
        return x, settled
    v = F.many(x)
    speed = np.linalg.norm(v, axis=0)
    active = np.flatnonzero(np.isfinite(speed))
    for _ in range(max_iterations):
        if not active.size:
            break
        jacobian = F.many_jacobians(x[:, active])
        transposed = np.swapaxes(jacobian, 1, 2)
        slope = np.einsum("bij,jb->ib", transposed, v[:, active])
        # Against the largest Jacobian met, for at a slow point the Jacobian itself may vanish.
        steepest[active] = np.maximum(steepest[active], np.linalg.norm(jacobian, axis=(1, 2)))
        settled[active] = (speed[active] <= 1e-3 * tolerance) | (
            np.linalg.norm(slope, axis=0) < 1e-7 * steepest[active] * speed[active]
        )
        going = ~settled[active]
        active, slope, transposed, jacobian = active[going], slope[:, going], transposed[going], jacobian[going]
        if not active.size:
            break
        normal = transposed @ jacobian
        np.einsum("bii->bi", normal)[...] += damping[active, None]
        trial = x[:, active] - solve_each(normal, slope)
        trial_v = F.many(trial)
        trial_speed = np.linalg.norm(trial_v, axis=0)
        better = trial_speed < speed[active]
        moved = active[better]
        x[:, moved], v[:, moved], speed[moved] = trial[:, better], trial_v[:, better], trial_speed[better]
        damping[active] *= np.where(better, 0.25, 6.0)
        # Nothing is left to gain once even tiny steps do not help: rounding has been reached.
        stuck = damping[active] > 1e12
        settled[active[stuck]] = speed[active[stuck]] < tolerance
        active = active[~stuck]
        damping = np.maximum(damping, 1e-14)
    return x, settled | (speed < tolerance)


def flow_to_rest(F: Field, x: np.ndarray, tolerance: float, max_iterations: int = 200) -> np.ndarray:
    """Follow the flow by implicit Euler steps that grow as it slows down, so that it ends at what attracts.

    The first step is short next to the time scales of the field; later ones grow by no more than a quarter each, so
    that the path stays near the flow until Newton's method takes over.
    """
    x = x.copy()
    n, count = x.shape
    if not count:
        return x
    pace = np.linalg.norm(F.many_jacobians(x), axis=(1, 2)) / np.sqrt(n)
    h = 0.2 / np.maximum(np.where(np.isfinite(pace), pace, 1.0), 1e-12)
    active = np.arange(count)
    v = F.many(x)
    for _ in range(max_iterations):
        going = (np.linalg.norm(v, axis=0) > 1e-3 * tolerance) & np.isfinite(v).all(axis=0)
        active, v = active[going], v[:, going]
        if not active.size:
            break
        matrix = -F.many_jacobians(x[:, active])
        np.einsum("bii->bi", matrix)[...] += 1 / h[active, None]
        x[:, active] += solve_each(matrix, v)
        before, v = np.linalg.norm(v, axis=0), F.many(x[:, active])
        slowing = before / np.maximum(np.linalg.norm(v, axis=0), 1e-300)
        h[active] *= np.clip(np.nan_to_num(slowing, nan=0.5), 0.7, 1.25)
    return x


def settle(F: Field, x: np.ndarray, max_iterations: int = 300) -> np.ndarray:
    """Carry states that are all but zeros of the field to where Newton's steps vanish.

    Where the Jacobian is singular Newton's method converges slowly, and a small speed says little about the distance:
    at a zero of x³ a speed of 1e-9 leaves 1e-3. At a zero of any order the speed falls by more than half per step;
    where it does not, rounding is reached, and the state stays.
    """
    x = x.copy()
    active = np.arange(x.shape[1])
    speed = speeds(F, x)
    for _ in range(max_iterations):
        if not active.size:
            break
        step = solve_at(F, x[:, active], -F.many(x[:, active]))
        trial = x[:, active] + step
        size = np.maximum(np.abs(x[:, active]), 1.0)
        found = speeds(F, trial)
        better = (found < 0.5 * speed[active]) & (np.abs(step) < 0.05 * size).all(axis=0)
        x[:, active[better]], speed[active[better]] = trial[:, better], found[better]
        active = active[better & (np.abs(step) > 1e-13 * size).any(axis=0) & (found > 0)]
    return x
