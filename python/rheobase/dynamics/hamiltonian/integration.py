"""Integration of Hamiltonian systems: the implicit midpoint rule and its composition beside Runge–Kutta and Euler."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.flows.trajectories import Trajectory
from rheobase.dynamics.hamiltonian.system import HamiltonianSystem
from rheobase.dynamics.solvers import euler_step, rk4_step


def euler(system: HamiltonianSystem, z: np.ndarray, dt: float) -> np.ndarray:
    """One forward Euler step; turns a conserved energy into a growing one."""
    return euler_step(lambda u, t: system.field(u), z, 0.0, dt)


def rk4(system: HamiltonianSystem, z: np.ndarray, dt: float) -> np.ndarray:
    """One classical Runge–Kutta step of order 4."""
    return rk4_step(lambda u, t: system.field(u), z, 0.0, dt)


def implicit_midpoint(system: HamiltonianSystem, z: np.ndarray, dt: float) -> np.ndarray:
    """One step of z₁ = z + dt·v((z + z₁)/2), symplectic and of order 2.

    The midpoint is found by Newton's method with the Jacobian held fixed.

    Raises
    ------
    ValueError
        If the iteration does not converge, which a smaller `dt` cures.
    """
    half = 0.5 * dt
    step = half * system.field(z)
    # The Jacobian at the start serves all iterations: each then shrinks the error by a factor of order dt².
    inverse = np.linalg.inv(np.eye(z.size) - half * system.jacobian(z))
    tolerance = 1e-12 * (1 + np.abs(z).max())
    for _ in range(30):
        correction = inverse @ (half * system.field(z + step) - step)
        step = step + correction
        size = np.abs(correction).max()
        if size < tolerance:
            return z + 2 * step
    raise ValueError(f"dt = {dt:g} is too large for the midpoint rule: after 30 iterations the change is {size:g}")


def composed_midpoint(system: HamiltonianSystem, z: np.ndarray, dt: float) -> np.ndarray:
    """One step of order 4: three midpoint steps of lengths w, 1 − 2w, w with w = 1/(2 − 2^⅓) (Yoshida, 1990)."""
    outer = 1 / (2 - 2 ** (1 / 3))
    for weight in (outer, 1 - 2 * outer, outer):
        z = implicit_midpoint(system, z, weight * dt)
    return z


METHODS: dict[str, Callable[[HamiltonianSystem, np.ndarray, float], np.ndarray]] = {
    "midpoint": implicit_midpoint,
    "composed midpoint": composed_midpoint,
    "rk4": rk4,
    "euler": euler,
}


def simulate(
    system: HamiltonianSystem, x0: npt.ArrayLike, duration: float, dt: float, *, method: str = "composed midpoint"
) -> Trajectory:
    """Follow a Hamiltonian system from `x0`.

    Parameters
    ----------
    system : HamiltonianSystem
        The flow to follow.
    x0 : array (dimension,)
        Start.
    duration, dt : float
        Length and step, in units of the model's time; `duration` must be a multiple of `dt`.
    method : {"composed midpoint", "midpoint", "rk4", "euler"}, default "composed midpoint"
        The midpoint rule and its composition are symplectic and symmetric: the error of a conserved energy stays
        bounded, O(dt²) and O(dt⁴). Runge–Kutta loses it slowly, Euler gains it fast.

    Returns
    -------
    Trajectory

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit, the states grow without bound, or `dt` is too large for the midpoint rule.

    Examples
    --------
    >>> from rheobase.dynamics.hamiltonian import Oscillator
    >>> path = simulate(Oscillator(), [1.0, 0.0], duration=10, dt=0.1)
    >>> path.states.shape
    (101, 2)
    """
    checks.instance("system", system, HamiltonianSystem, "a HamiltonianSystem")  # type: ignore[type-abstract]
    checks.choice("method", method, METHODS)
    dt = checks.number("dt", dt, unit="", above=0)
    count = checks.steps("duration", duration, dt, unit="")
    checks.memory("duration", 8 * count * (system.dimension + 1))
    states = np.empty((count + 1, system.dimension))
    states[0] = checks.array("x0", x0, shape=(system.dimension,))
    step = METHODS[method]
    for n in range(count):
        states[n + 1] = step(system, states[n], dt)
        if not np.isfinite(states[n + 1]).all():
            raise ValueError(f"dt = {dt:g} is too large for {method}: the state is not finite at time {(n + 1) * dt:g}")
    return Trajectory(np.arange(count + 1) * dt, states)
