"""Escape of noise-driven states: Kramers' rate where there is an energy, exact mean times in one dimension."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike
from rheobase.dynamics.solvers import adaptive

#: Grid points: at first, and at most.
_FIRST, _MOST = 2**10, 2**20
#: Places at which a Jacobian must be symmetric, on the way from a well to a barrier and as many around.
_LOOKED_AT = 5
#: How far, in units of 2U/σ², the energy rises at the outer end of a well: e⁻⁴⁰ is below the rounding of doubles.
_RISE = 40.0


def kramers_rate(field: FieldLike, well: npt.ArrayLike, barrier: npt.ArrayLike, sigma: float) -> float:
    """Return Kramers' rate of escape from a well over a barrier, for du = F(u) dt + σ dB where F has an energy.

    With the energy U, F = −∇U, it is ``λ/2π · √(det U''(well)/|det U''(barrier)|) · exp(−2 (U(barrier) − U(well))/σ²)``
    with λ the unstable eigenvalue at the barrier (Eyring and Kramers): the limit of weak noise, for states that cross
    to the other side and stay. In one dimension every field has an energy. In more the Jacobian must be symmetric;
    `passage_times` takes fields of two variables without an energy.

    Parameters
    ----------
    field : callable or object
        Field of n variables, see `Field`.
    well, barrier : float or array_like, shape (n,)
        A stable fixed point, and a saddle beside it with one unstable direction, by which the state leaves.
    sigma : float
        Amplitude of the white noise of each variable, in its units per square root of time.

    Returns
    -------
    float
        Escapes per unit of time.

    Raises
    ------
    ValueError
        If `well` and `barrier` are not such points, beside each other, or the Jacobian is not symmetric at some places
        between and around them.

    Examples
    --------
    >>> round(kramers_rate(lambda x: x - x**3, -1.0, 0.0, sigma=0.5), 5)
    0.03046
    """
    F, sigma = Field(field), checks.number("sigma", sigma, above=0)
    bottom, top = _fixed(F, "well", well), _fixed(F, "barrier", barrier)
    if len(bottom) != len(top):
        raise ValueError(f"barrier must have as many variables as well, {len(bottom)}, got {len(top)}")
    _check_energy(F, bottom, top)
    inside, across = np.linalg.eigvalsh(F.jacobian(bottom)), np.linalg.eigvalsh(F.jacobian(top))
    if inside[-1] >= 0:
        raise ValueError(f"well must be a stable fixed point, got one of slope {inside[-1]:g} at {_listed(bottom)}")
    if across[-1] <= 0 or (across[:-1] >= 0).any():
        kind = "an unstable fixed point" if len(top) == 1 else "a saddle with one unstable direction"
        raise ValueError(f"barrier must be {kind}, got one of slopes {across.tolist()} at {_listed(top)}")
    if not _leads_to(F, top, bottom):
        raise ValueError(
            f"well and barrier must be beside each other, got {_listed(bottom)} and {_listed(top)} with others between"
        )
    share, weights = np.polynomial.legendre.leggauss(200)
    path = bottom[:, None] + (share + 1) / 2 * (top - bottom)[:, None]
    height = -float((top - bottom) @ F.many(path) @ weights / 2)
    ratio = np.exp(np.log(-inside).sum() - np.log(np.abs(across)).sum())
    return float(across[-1] / (2 * np.pi) * np.sqrt(ratio) * np.exp(-2 * height / sigma / sigma))


def mean_first_passage(
    field: FieldLike, x0: float, target: float, sigma: float, *, reflecting: float | None = None
) -> float:
    """Return the mean time until dx = F(x) dt + σ dB, from `x0`, first reaches `target`.

    It is exact, for noise of any strength: with φ = 2U/σ² and −dU/dx = F,
    2/σ² ∫ e^φ(x) ∫ e^−φ(y) dy dx, with x from `x0` to `target` and y from the reflecting end to x (Gardiner, Handbook
    of Stochastic Methods, 5.2.7).

    Parameters
    ----------
    field : callable or object
        One-dimensional field, see `Field`.
    x0, target : float
        Where the state begins, and where it is to arrive.
    sigma : float
        Amplitude of the white noise, in units of x per square root of time.
    reflecting : float, optional
        A wall behind `x0`. Default: none, where the field itself holds the state back.

    Returns
    -------
    float
        Infinite where it is beyond the range of numbers.

    Raises
    ------
    ValueError
        If the field has more than one variable, `reflecting` is not behind `x0`, nothing holds the state back there,
        or noise is so weak that a million points do not resolve the well.

    Examples
    --------
    From one well to the other, nearly as Kramers says:

    >>> def double_well(x):
    ...     return x - x**3
    >>> round(mean_first_passage(double_well, -1.0, 1.0, 0.5) * kramers_rate(double_well, -1.0, 0.0, 0.5), 2)
    1.25
    """
    F = Field(field)
    x0, target = checks.number("x0", x0), checks.number("target", target)
    F.at("x0", x0)
    F.at("target", target)
    sigma = checks.number("sigma", sigma, above=0)
    if x0 == target:
        return 0.0
    side = float(np.sign(target - x0))
    if reflecting is None:
        wall = _outer_end(F, x0, target, sigma)
    else:
        wall = checks.number("reflecting", reflecting)
        if (x0 - wall) * side < 0:
            raise ValueError(f"reflecting must lie behind x0 = {x0:g}, seen from target = {target:g}, got {wall:g}")
    log_time, n = np.nan, _FIRST
    while n <= _MOST:
        before, log_time = log_time, _log_passage(F, wall, x0, target, sigma, n)
        if abs(log_time - before) < 1e-9:
            with np.errstate(over="ignore"):
                return float(np.exp(log_time))
        n *= 2
    raise ValueError(
        f"sigma must be larger, or x0 and target closer, for {_MOST} points to resolve the field from {wall:g} on, "
        f"got sigma = {sigma:g}, x0 = {x0:g}, target = {target:g}"
    )


def _check_energy(F: Field, bottom: np.ndarray, top: np.ndarray) -> None:
    """Refuse a field whose Jacobian is not symmetric at both points, between them, or around."""
    shares = np.linspace(0, 1, _LOOKED_AT)
    spread = np.linalg.norm(top - bottom) / 2 * np.random.default_rng(0).standard_normal((len(top), _LOOKED_AT))
    path = bottom[:, None] + shares * (top - bottom)[:, None]
    places = np.concatenate([path, path + spread], axis=1)
    for u, J in zip(places.T, F.many_jacobians(places), strict=True):
        if np.abs(J - J.T).max() > 1e-6 * np.abs(J).max():
            raise ValueError(f"field must have an energy, a symmetric Jacobian, got {J.tolist()} at {_listed(u)}")


def _fixed(F: Field, name: str, u: npt.ArrayLike) -> np.ndarray:
    """Return what must be a fixed point, shape (n,)."""
    state = F.at(name, u)
    speed, slope = np.abs(F(state)).max(), np.abs(F.jacobian(state)).max()
    if speed > 1e-6 * slope * max(1.0, float(np.abs(state).max())):
        raise ValueError(f"{name} must be a fixed point of the field, got {_listed(state)} where it is {F(state)}")
    return state


def _listed(u: np.ndarray) -> str:
    return f"{u[0]:g}" if len(u) == 1 else str(u.tolist())


def _leads_to(F: Field, top: np.ndarray, bottom: np.ndarray) -> bool:
    """Return whether the flow out of a saddle, on either side, ends at a point."""
    rates, vectors = np.linalg.eigh(F.jacobian(top))
    rest = -float(np.linalg.eigvalsh(F.jacobian(bottom))[-1])
    far = float(np.linalg.norm(bottom - top))
    duration = 20 / rates[-1] + 20 / rest
    for side in (1, -1):
        try:
            end = adaptive(lambda u, t: F(u), top + side * 1e-3 * far * vectors[:, -1], [0.0, duration])[-1]
        except ValueError:  # the state runs away on this side
            continue
        if np.linalg.norm(end - bottom) < 1e-2 * far:
            return True
    return False


def _integral(F: Field, start: float, stop: float, n: int = 2**14) -> np.ndarray:
    """Return the integral of F from `start` to each of n + 1 points up to `stop`, by Simpson's rule."""
    from scipy.integrate import cumulative_simpson

    x = np.linspace(start, stop, n + 1)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.sign(stop - start) * cumulative_simpson(F.many(x[None])[0], dx=abs(stop - start) / n, initial=0)


def _outer_end(F: Field, x0: float, target: float, sigma: float) -> float:
    """Return a point behind `x0` where the energy is so high above all on the way that no state gets there."""
    length = x0 - target
    for _ in range(40):
        energy = -_integral(F, x0, x0 + length, _FIRST)
        if not np.isfinite(energy).all():
            break
        if energy[-1] - energy.min() > _RISE * sigma * sigma / 2:
            return x0 + length
        length *= 1.5
    raise ValueError(
        f"reflecting must be given: behind x0 = {x0:g}, seen from target = {target:g}, nothing holds the state back "
        f"against noise of sigma = {sigma:g}"
    )


def _log_passage(F: Field, wall: float, x0: float, target: float, sigma: float, n: int) -> float:
    """Return the logarithm of the mean first passage time, with n intervals on each side of `x0`."""
    from scipy.integrate import cumulative_simpson, simpson

    scale, step = -2 / sigma / sigma, abs(target - x0) / n
    with np.errstate(all="ignore"):
        ahead = scale * _integral(F, x0, target, n)
        behind = scale * _integral(F, x0, wall, n) if wall != x0 else np.zeros(n + 1)
        low, high = min(ahead.min(), behind.min()), ahead.max()
        held = simpson(np.exp(low - behind), dx=abs(wall - x0) / n)
        occupied = held + cumulative_simpson(np.exp(low - ahead), dx=step, initial=0)
        outer = simpson(np.exp(ahead - high) * occupied, dx=step)
        return float(np.log(2) - 2 * np.log(sigma) + high - low + np.log(outer))
