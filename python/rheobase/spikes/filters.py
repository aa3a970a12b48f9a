"""Filters that smooth spike trains into rates, built on whole steps so that lag 0 is always among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase import checks
from rheobase.models.values import ByValue


@dataclass(frozen=True, eq=False)
class Filter(ByValue):
    """A smoothing filter k(s) on a grid of lags, of unit area: ∑k dt = 1.

    Parameters
    ----------
    values : array of float, shape (lags,)
        k(s) in 1/ms, not negative; scaled to unit area on construction.
    first : int
        Lag of `values[0]` in steps, 0 or less; 0 makes the filter causal.
    dt : float
        Step between lags, ms.

    Raises
    ------
    ValueError
        If the lag 0 is not covered by a positive value, or a value is negative.

    Notes
    -----
    ``np.arange(-3 * sigma, 3 * sigma, dt)`` need not contain 0, and ``s >= 0`` may then drop the sample that should
    be 0; lags here are `dt` times integers.

    Examples
    --------
    >>> Filter(np.ones(5), first=-2, dt=1.0).values
    array([0.2, 0.2, 0.2, 0.2, 0.2])
    """

    values: np.ndarray
    first: int
    dt: float

    def __post_init__(self) -> None:
        values = checks.array("values", self.values, shape=(None,), low=0)
        first = checks.integer("first", self.first, high=0)
        dt = checks.number("dt", self.dt, above=0)
        if not -first < values.size or values[-first] == 0:
            raise ValueError(f"values must be positive at lag 0, got {values.size} values from lag {first} on")
        object.__setattr__(self, "values", values / (values.sum() * dt))

    @property
    def lags(self) -> np.ndarray:
        """Lags s in ms, shape (lags,)."""
        return self.dt * np.arange(self.first, self.first + self.values.size)


def gaussian_filter(sigma: float, dt: float, *, width: float = 3.0) -> Filter:
    """Return the Gaussian k(s) ∝ exp(-s²/(2 σ²)), which looks both ways in time (Rosenbaum, section 2.1).

    Parameters
    ----------
    sigma : float
        Standard deviation, ms.
    dt : float
        Step of the grid, ms.
    width : float, default 3
        Where the filter is cut, in units of `sigma`.

    Returns
    -------
    Filter
        On [-width σ, width σ].

    Raises
    ------
    ValueError
        If an argument is not positive.

    Examples
    --------
    >>> gaussian_filter(10.0, 1.0).values.size
    61
    """
    sigma, dt, reach = _extent("sigma", sigma, dt, width)
    lags = dt * np.arange(-reach, reach + 1)
    return Filter(np.exp(-(lags**2) / (2 * sigma**2)), -reach, dt)


def half_gaussian_filter(sigma: float, dt: float, *, width: float = 3.0) -> Filter:
    """Return the causal half of a Gaussian, k(s) ∝ exp(-s²/(2 σ²)) for s ≥ 0.

    Parameters
    ----------
    sigma : float
        Standard deviation of the whole Gaussian, ms.
    dt : float
        Step of the grid, ms.
    width : float, default 3
        Where the filter is cut, in units of `sigma`.

    Returns
    -------
    Filter
        On [0, width σ].

    Raises
    ------
    ValueError
        If an argument is not positive.

    Examples
    --------
    >>> half_gaussian_filter(10.0, 1.0).lags[0]
    np.float64(0.0)
    """
    sigma, dt, reach = _extent("sigma", sigma, dt, width)
    return Filter(np.exp(-((dt * np.arange(reach + 1)) ** 2) / (2 * sigma**2)), 0, dt)


def exponential_filter(tau: float, dt: float, *, width: float = 10.0) -> Filter:
    """Return the causal k(s) ∝ exp(-s/τ) for s ≥ 0, a leaky count of past spikes.

    Parameters
    ----------
    tau : float
        Time constant, ms.
    dt : float
        Step of the grid, ms.
    width : float, default 10
        Where the filter is cut, in units of `tau`.

    Returns
    -------
    Filter
        On [0, width τ].

    Raises
    ------
    ValueError
        If an argument is not positive.

    Examples
    --------
    >>> exponential_filter(10.0, 1.0).first
    0
    """
    tau, dt, reach = _extent("tau", tau, dt, width)
    return Filter(np.exp(-dt * np.arange(reach + 1) / tau), 0, dt)


def _extent(name: str, scale: float, dt: float, width: float) -> tuple[float, float, int]:
    """Check the arguments of a filter and return its scale, its step and how many steps it reaches."""
    scale = checks.number(name, scale, above=0, unit="ms")
    dt = checks.number("dt", dt, above=0)
    width = checks.number("width", width, above=0)
    if width * scale / dt > 1e8:
        raise ValueError(f"{name} × width must leave at most 1e8 lags of dt = {dt:g} ms, got {width * scale:g} ms")
    return scale, dt, int(np.floor(width * scale / dt + 1e-9))
