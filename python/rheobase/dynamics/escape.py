"""Escape of noise-driven states in one dimension: Kramers' rate, and the exact mean first passage time."""

from __future__ import annotations

import numpy as np

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike

#: Grid points: at first, and at most.
_FIRST, _MOST = 2**10, 2**20
#: How far, in units of 2U/σ², the energy rises at the outer end of a well: e⁻⁴⁰ is below the rounding of doubles.
_RISE = 40.0


def kramers_rate(field: FieldLike, well: float, barrier: float, sigma: float) -> float:
    """Return Kramers' rate of escape from a well over a barrier, for dx = F(x) dt + σ dB.

    With the energy U, −dU/dx = F, it is √(|F'(well) F'(barrier)|)/2π · exp(−2 (U(barrier) − U(well))/σ²): the limit of
    weak noise, for states that cross to the other side and stay.

    Parameters
    ----------
    field : callable or object
        One-dimensional field, see `Field`.
    well, barrier : float
        A stable fixed point, and the unstable one beside it.
    sigma : float
        Amplitude of the white noise, in units of x per square root of time.

    Returns
    -------
    float
        Escapes per unit of time.

    Raises
    ------
    ValueError
        If `well` and `barrier` are not such points, beside each other.

    Examples
    --------
    >>> round(kramers_rate(lambda x: x - x**3, -1.0, 0.0, sigma=0.5), 5)
    0.03046
    """
    F = Field(field)
    well, barrier = checks.number("well", well), checks.number("barrier", barrier)
    sigma = checks.number("sigma", sigma, above=0)
    slopes = [_slope(F, "well", well), _slope(F, "barrier", barrier)]
    if slopes[0] >= 0:
        raise ValueError(f"well must be a stable fixed point, got one of slope {slopes[0]:g} at {well:g}")
    if slopes[1] <= 0:
        raise ValueError(f"barrier must be an unstable fixed point, got one of slope {slopes[1]:g} at {barrier:g}")
    x = np.linspace(well, barrier, _FIRST + 1)
    towards_well = F.many(x[None])[0] * np.sign(barrier - well)
    if (towards_well[1:-1] >= 0).any():
        raise ValueError(
            f"well and barrier must be beside each other, got {well:g} and {barrier:g} with others between"
        )
    height = -float(_integral(F, well, barrier)[-1])
    return float(np.sqrt(-slopes[0] * slopes[1]) / (2 * np.pi) * np.exp(-2 * height / sigma / sigma))


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
        If `reflecting` is not behind `x0`, if nothing holds the state back there, or if noise is so weak that a
        million points do not resolve the well.

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


def _slope(F: Field, name: str, x: float) -> float:
    """Return F' at what must be a fixed point."""
    slope = float(F.jacobian(F.at(name, [x]))[0, 0])
    if abs(F([x])[0]) > 1e-6 * abs(slope) * max(1.0, abs(x)):
        raise ValueError(f"{name} must be a fixed point of the field, got {x:g} where it is {F([x])[0]:g}")
    return slope


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
