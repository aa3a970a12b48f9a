"""The one-dimensional linear ODE τ y' = −y + c + I(t), in closed form and by convolution (book A.3–A.5, A.8)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.systems.convolution import convolve, exponential_kernel


def exponential_decay(t: npt.ArrayLike, tau: float, y0: float, c: float = 0.0, t0: float = 0.0) -> np.ndarray:
    """Return the solution y = c + (y0 − c) e^{−(t − t0)/τ} of τ y' = −y + c, y(t0) = y0 (book eqs A.5–A.10).

    Parameters
    ----------
    t : array_like
        Times, ms; before `t0` too.
    tau : float
        Time constant, ms.
    y0 : float
        Value at `t0`.
    c : float
        Value approached.
    t0 : float
        Initial time, ms.

    Returns
    -------
    ndarray
        Shape of `t`.

    Examples
    --------
    >>> exponential_decay([10.0], tau=10, y0=10, c=5).round(6)
    array([6.839397])
    """
    tau = checks.number("tau", tau, unit="", above=0)
    y0, c, t0 = checks.number("y0", y0), checks.number("c", c), checks.number("t0", t0)
    with np.errstate(over="ignore"):
        y = c + (y0 - c) * np.exp(-(checks.array("t", t, unit="") - t0) / tau)
    if not np.isfinite(y).all():
        raise ValueError(f"t must not lie so far before t0 = {t0:g} that y exceeds all floats, got t = {t!r}")
    return y


def linear_ode(I: npt.ArrayLike, dt: float, tau: float, y0: float = 0.0, c: float = 0.0) -> np.ndarray:  # noqa: E741
    """Return the solution y = c + (y0 − c) e^{−t/τ} + (k∗I)(t) of τ y' = −y + c + I(t), y(0) = y0 (eq. A.18).

    The constant c belongs in the decaying term as well, else y(0) would be y0 + c (the textbook's Ex. A.5.1 omits it).

    Parameters
    ----------
    I : array_like, shape (K,)
        Forcing on the grid ``dt * arange(K)``; zero before it.
    dt : float
        Step, ms.
    tau : float
        Time constant, ms.
    y0 : float
        Initial value.
    c : float
        Constant forcing.

    Returns
    -------
    ndarray, shape (K,)
        The error is O(dt) at jumps of `I`.

    Raises
    ------
    ValueError
        If `dt` or `tau` is not positive or `I` is not one-dimensional.

    Examples
    --------
    >>> linear_ode(np.ones(1001), dt=0.1, tau=10)[-1].round(3)
    np.float64(1.0)
    """
    forcing = checks.array("I", I, shape=(None,))
    dt, tau = checks.number("dt", dt, unit="", above=0), checks.number("tau", tau, unit="", above=0)
    checks.memory("tau", 320 * tau / dt)
    t = dt * np.arange(len(forcing))
    free = exponential_decay(t, tau, y0, c)
    return free + convolve(forcing, exponential_kernel(tau, dt, length=max(5 * tau, 40 * dt)), dt)


def dirac_delta(times: npt.ArrayLike, t1: float) -> np.ndarray:
    """Return a Dirac delta at `t1` on a grid: 1/dt in the bin that holds it, so that its integral is 1 (book A.8).

    Parameters
    ----------
    times : array_like, shape (K,)
        Evenly spaced times, ms.
    t1 : float
        Place of the delta; the bin k covers ``times[k] <= t1 < times[k] + dt``.

    Returns
    -------
    ndarray, shape (K,)

    Raises
    ------
    ValueError
        If the times are not evenly spaced, or `t1` lies outside them.

    Examples
    --------
    >>> dirac_delta([0.0, 0.1, 0.2], 0.1)
    array([ 0., 10.,  0.])
    """
    times = checks.array("times", times, unit="", shape=(None,))
    if len(times) < 2 or not np.allclose(np.diff(times), times[1] - times[0], rtol=1e-6) or times[1] <= times[0]:
        raise ValueError("times must be at least two evenly spaced, increasing times")
    dt = (times[-1] - times[0]) / (len(times) - 1)
    t1 = checks.number("t1", t1, low=times[0], below=times[-1] + dt)
    delta = np.zeros(len(times))
    delta[min(int((t1 - times[0]) / dt + 1e-9), len(times) - 1)] = 1 / dt
    return delta
