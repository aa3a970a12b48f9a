"""Cells along the membrane potential in which densities are found, fine where the density or the drift changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rheobase.models.values import Brief
from rheobase.theory.membranes import Membrane, lowest_potential

#: Size of a cell next to σ, and next to the distance over which drift and density change in the upstroke.
_CELL, _UPSTROKE = 0.4, 0.8

#: Inputs, s.d. and time constants that differ less than by this part share a grid.
_LIKE = 1.1

#: Time from the highest potential of a grid to V_th, next to τ_m or τ_s.
_INSTANT = 2e-3

#: Largest number of unknowns of the linear system.
_MAX_UNKNOWNS = 200_000


@dataclass(frozen=True, eq=False, repr=False)
class PotentialGrid(Brief):
    """Potentials between cells, mV, which of them is the reset, and the time from the highest to V_th, ms."""

    edges: np.ndarray
    reset: int
    upstroke: float


def grid_like(m: Membrane, mean: float, sigma: float, tau_s: float, weakest: float, amplitudes: int) -> PotentialGrid:
    """Return the grid for a neuron's mean input, s.d. and time constant, or one for those that differ little from them.

    That inputs share a grid makes the rate smooth in them. No current is weaker than the `weakest`, mV; of the density
    there are so many `amplitudes` in each cell.
    """
    sigma, tau_s = (float(_LIKE ** np.round(np.log(x) / np.log(_LIKE))) for x in (sigma, tau_s))
    step = _CELL * sigma
    mean, weakest = float(step * np.round(mean / step)), float(step * np.floor(weakest / step))
    return _grid(m, mean, sigma, tau_s, weakest, amplitudes)


@lru_cache(maxsize=512)
def _grid(m: Membrane, mean: float, sigma: float, tau_s: float, weakest: float, amplitudes: int) -> PotentialGrid:
    """Return a grid from where no neuron goes, or not even the `weakest` current down, up to V_th or its upstroke."""
    lowest = lowest_potential(m, mean, float(sigma * np.sqrt(1 + tau_s / m.tau_m)))
    widest = _CELL * sigma
    if not (m.V_th - lowest) / widest < _MAX_UNKNOWNS / amplitudes:
        raise ValueError(
            f"sigma must be nearer to V_th - V_re = {m.V_th - m.V_re:g} mV, or there are too many cells, got {sigma:g}"
        )
    highest, upstroke = _upstroke(m, mean, _INSTANT * min(m.tau_m, tau_s))
    up = [m.V_re]
    while up[-1] < highest:
        up.append(up[-1] + _width_at(m, mean, sigma, up[-1], highest))
    above = m.V_re + (np.array(up) - m.V_re) * (highest - m.V_re) / (up[-1] - m.V_re)
    below = np.arange(m.V_re, lowest - widest, -widest)[1:]
    # Lower down all currents push up.
    least = m.drift(below) + mean - widest + weakest
    below = below[: int(np.argmin(np.append(least < 0, False))) + 1]
    return PotentialGrid(np.append(below[::-1], above), len(below), upstroke)


def _upstroke(m: Membrane, mean: float, instant: float) -> tuple[float, float]:
    """Return the potential from which V_th is reached within an `instant`, and in what time, ms."""
    V = np.linspace(m.V_th, m.V_re, 4001)
    drift = m.drift(V) + mean
    rapid = np.logical_and.accumulate((drift > 0) & (np.diff(drift, append=-np.inf) < 0))
    slowness = m.tau_m / np.where(rapid, drift, 1.0)
    time = np.append(0.0, np.cumsum((slowness[1:] + slowness[:-1]) / 2 * (V[0] - V[1])))
    last = int(np.argmin(np.append(rapid & (time <= instant), False))) - 1
    return (m.V_th, 0.0) if last < 1 else (float(V[last]), float(time[last]))


def _width_at(m: Membrane, mean: float, sigma: float, V: float, highest: float) -> float:
    """Return the size of a cell above V, mV: small next to σ, or where the neuron is rapid next to its density."""
    fine = _CELL * sigma
    rapid = _shape(m, mean, sigma, V)[0]
    width = max(fine, rapid)
    while True:
        above, bend = _shape(m, mean, sigma, min(V + width, highest))
        if bend * width <= 2 * _UPSTROKE and width <= max(fine, min(rapid, above)):
            return width
        width *= 0.8


def _shape(m: Membrane, mean: float, sigma: float, V: float) -> tuple[float, float]:
    """Return the size of a cell for the density of a rapid neuron at V, mV, and how bent the drift is, 1/mV."""
    h = 1e-3 * sigma
    low, here, high = (m.drift(V + h * np.array([-1.0, 0.0, 1.0])) + mean).tolist()
    slope, curvature = (high - low) / (2 * h), abs(high - 2 * here + low) / h**2
    return _UPSTROKE * here / slope if here > 0 and slope > 0 else 0.0, curvature / (1 + abs(slope))
