"""Solvers for initial value problems x' = f(x, t): forward Euler, Runge–Kutta, adaptive, Euler–Maruyama.

All share one signature, ``solver(f, x0, times)``, and return the states at `times`, shape (len(times), n).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from rheobase import checks

#: The right-hand side f(x, t) of book eq. A.20.
RightHandSide = Callable[[np.ndarray, float], npt.ArrayLike]


#: A state as large as this is on its way to infinity.
_LOST = 1e100


def euler(f: RightHandSide, x0: npt.ArrayLike, times: npt.ArrayLike) -> np.ndarray:
    """Solve x' = f(x, t) by forward Euler, x(t + dt) ≈ x(t) + f(x, t) dt (book eq. A.22); global error O(dt).

    Parameters
    ----------
    f : callable
        Right-hand side f(x, t) with `x` of shape (n,).
    x0 : float or array_like, shape (n,)
        State at ``times[0]``.
    times : array_like, shape (K,)
        Increasing times; one step from each to the next.

    Returns
    -------
    ndarray, shape (K, n)

    Raises
    ------
    ValueError
        If the solution stops being finite; the message gives the time.

    Examples
    --------
    >>> euler(lambda x, t: -x, 1.0, [0, 0.1, 0.2]).ravel()
    array([1.  , 0.9 , 0.81])
    """
    f, times, x = _prepare(f, x0, times)
    with np.errstate(over="ignore", invalid="ignore"):
        for i in range(len(times) - 1):
            x[i + 1] = euler_step(f, x[i], times[i], times[i + 1] - times[i])
    return _finite(times, x)


def rk4(f: RightHandSide, x0: npt.ArrayLike, times: npt.ArrayLike) -> np.ndarray:
    """Solve x' = f(x, t) by the classical Runge–Kutta method; global error O(dt⁴).

    Parameters, returns and errors are those of `euler`.

    Examples
    --------
    >>> rk4(lambda x, t: -x, 1.0, [0, 0.1]).ravel()
    array([1.       , 0.9048375])
    """
    f, times, x = _prepare(f, x0, times)
    with np.errstate(over="ignore", invalid="ignore"):
        for i in range(len(times) - 1):
            x[i + 1] = rk4_step(f, x[i], times[i], times[i + 1] - times[i])
    return _finite(times, x)


def euler_step(f: Callable[[Any, float], Any], x: Any, t: float, dt: float) -> Any:
    """Return x(t + dt) by one step of forward Euler."""
    return x + dt * f(x, t)


def rk4_step(f: Callable[[Any, float], Any], x: Any, t: float, dt: float) -> Any:
    """Return x(t + dt) by one step of the classical Runge–Kutta method.

    `x` is an array of any shape and precision, or whatever adds and scales like one; `f` returns a new one each time.
    """
    k1 = f(x, t)
    k2 = f(x + dt / 2 * k1, t + dt / 2)
    k3 = f(x + dt / 2 * k2, t + dt / 2)
    k4 = f(x + dt * k3, t + dt)
    return x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def adaptive(
    f: RightHandSide,
    x0: npt.ArrayLike,
    times: npt.ArrayLike,
    *,
    rtol: float = 1e-9,
    atol: float = 1e-10,
    max_step: float = np.inf,
) -> np.ndarray:
    """Solve x' = f(x, t) with step size and order under control (LSODA of `scipy.integrate`).

    Its short steps and its switch to a stiff method make it reliable where f has kinks, as threshold-linear rate
    networks do: there the error estimate of a high-order Runge–Kutta method can be fooled by orders of magnitude.

    Parameters
    ----------
    f, x0, times
        As in `euler`; `times` only say where the solution is wanted.
    rtol, atol : float
        Relative and absolute error per step.
    max_step : float
        Longest step; set it when `f` depends on time, lest a short pulse be stepped over.

    Returns
    -------
    ndarray, shape (K, n)

    Raises
    ------
    ValueError
        If the solution cannot be carried to the end, for instance because it blows up; the message says how far it
        got.

    Examples
    --------
    >>> adaptive(lambda x, t: -x, 1.0, [0, 1.0]).ravel().round(9)
    array([1.        , 0.36787944])
    """
    f, times, x = _prepare(f, x0, times)
    rtol = checks.number("rtol", rtol, low=float(100 * np.finfo(float).eps), below=1)
    atol, max_step = checks.number("atol", atol, low=0), checks.number("max_step", max_step, above=0, finite=False)
    if len(times) == 1:
        return x
    solution = integrate(f, x[0], (times[0], times[-1]), t_eval=times, rtol=rtol, atol=atol, max_step=max_step)
    return _finite(times, solution.y.T)


def integrate(
    f: RightHandSide, x0: np.ndarray, span: tuple[float, float], method: str = "LSODA", **options: Any
) -> Any:
    """Call `scipy.integrate.solve_ivp`, and make sure that a solution that blows up ends.

    Parameters
    ----------
    f, x0
        As in `euler`.
    span : tuple of float
        First and last time.
    method : str
        Of `scipy.integrate.solve_ivp`. With events take ``"DOP853"``: the interpolant of LSODA may miss them.
    **options
        Of `scipy.integrate.solve_ivp`.

    Returns
    -------
    OptimizeResult
        With ``t``, ``y``, shape (n, K), and the events.

    Raises
    ------
    ValueError
        If the solution cannot be carried to the end.

    Examples
    --------
    >>> integrate(lambda x, t: -x, np.array([1.0]), (0, 1), rtol=1e-9).y[0, -1].round(6)
    np.float64(0.367879)
    """
    from scipy.integrate import solve_ivp

    if not (np.abs(x0) < _LOST).all():
        raise ValueError(f"x0 must be smaller than {_LOST:g}, got {x0}")

    def bounded(t: float, y: np.ndarray) -> np.ndarray:
        # LSODA itself would creep towards a pole for ever.
        if not (np.abs(y) < _LOST).all():
            raise _lost(t, span[1])
        # Copies: f may write into its argument, and return the same array again and again.
        return np.array(f(y.copy(), t), dtype=float)

    with np.errstate(all="ignore"), warnings.catch_warnings():
        # LSODA warns when it fails; the error says more.
        warnings.simplefilter("ignore", UserWarning)
        solution = solve_ivp(bounded, span, x0, method=method, **options)
    if not solution.success:
        raise _lost(solution.t[-1] if len(solution.t) else span[0], span[1])
    return solution


def _lost(t: float, end: float) -> ValueError:
    return ValueError(f"the solution could not be carried beyond t = {t:.6g} of {end:.6g}: it grows without bound")


def euler_maruyama(
    f: RightHandSide, x0: npt.ArrayLike, times: npt.ArrayLike, *, sigma: npt.ArrayLike, seed: checks.Seed = None
) -> np.ndarray:
    """Solve dx = f(x, t) dt + σ dB by Euler–Maruyama: the Euler step plus σ √dt ξ with standard normal ξ.

    Parameters
    ----------
    f, x0, times
        As in `euler`.
    sigma : float or array_like, shape (n,)
        Noise amplitude, in units of x per square root of time; additive, so that the strong order is 1.
    seed : int, SeedSequence or Generator, optional

    Returns
    -------
    ndarray, shape (K, n)

    Examples
    --------
    >>> euler_maruyama(lambda x, t: -x, 1.0, [0, 0.1], sigma=0.0).ravel()
    array([1. , 0.9])
    """
    f, times, x = _prepare(f, x0, times)
    sigma = checks.one_or_each("sigma", sigma, x.shape[1], low=0)
    noise = checks.generator(seed).standard_normal((len(times) - 1, x.shape[1]))
    with np.errstate(over="ignore", invalid="ignore"):
        for i in range(len(times) - 1):
            dt = times[i + 1] - times[i]
            x[i + 1] = euler_step(f, x[i], times[i], dt) + sigma * np.sqrt(dt) * noise[i]
    return _finite(times, x)


def _prepare(
    f: RightHandSide, x0: npt.ArrayLike, times: npt.ArrayLike
) -> tuple[Callable[[np.ndarray, float], np.ndarray], np.ndarray, np.ndarray]:
    """Check the arguments every solver shares; return f on memory of its own, the times and the states to fill."""
    f, times = checks.function("f", f), checks.array("times", times, unit="", shape=(None,))
    if not len(times) or (np.diff(times) <= 0).any():
        raise ValueError("times must hold at least one time, in increasing order")
    start = np.atleast_1d(checks.array("x0", x0))
    if start.ndim != 1 or not start.size:
        raise ValueError(f"x0 must be a number or have shape (n,), got {start.shape}")

    def own(x: np.ndarray, t: float) -> np.ndarray:
        # Copies: f may write into its argument, and return the same array again and again.
        return checks.array("the value of f", f(x.copy(), t), finite=False).copy()

    slope = own(start, times[0])
    if slope.size != start.size:
        raise ValueError(f"f must return shape {start.shape} for a state of that shape, got {slope.shape}")
    states = np.empty((len(times), start.size))
    states[0] = start
    return own, times, states


def _finite(times: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return `x` if it is finite throughout, else say when it ceased to be."""
    bad = ~np.isfinite(x).all(axis=1)
    if bad.any():
        i = int(np.argmax(bad))
        raise ValueError(
            f"the solution from x0 = {x[0]} must stay finite, but it left {x[max(i - 1, 0)]} for {x[i]} at "
            f"t = {times[i]:.6g}"
        )
    return x


#: Solvers by name, the better one first.
SOLVERS: dict[str, Callable[..., np.ndarray]] = {"adaptive": adaptive, "rk4": rk4, "euler": euler}
