"""Over which frequencies the power of noise is known and summed."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline

#: Frequencies, Hz, at which spectra are found, that from which they are the rate, and those over which they are summed.
KNOWN, _FLAT, SUMMED = np.geomspace(1.0, 200.0, 8), 600.0, np.geomspace(0.05, 5000.0, 400)

_LOG, _AT = np.log(np.append(KNOWN, _FLAT)), np.log(SUMMED)


def irregular(powers: np.ndarray) -> np.ndarray:
    """Return a power spectrum next to the rate, known at 8 frequencies, at all over which it is summed."""
    spline = CubicSpline(_LOG, np.append(powers, 1.0), bc_type="natural")
    return np.asarray(np.maximum(spline(np.clip(_AT, _LOG[0], _LOG[-1])), 1e-3))


def answering(known: np.ndarray, falls: int) -> np.ndarray:
    """Return answers (..., 8) at all frequencies: constant below those known, beyond falling with a power of f."""
    within = np.clip(_AT, _LOG[0], _LOG[-2])
    found = CubicSpline(_LOG[:-1], known, axis=-1, bc_type="natural")(within)
    return np.asarray(found * np.exp(falls * np.minimum(within - _AT, 0.0)))


def total(spectrum: np.ndarray) -> float:
    """Return the integral of a spectrum over frequencies from 0 on, but for a factor."""
    with np.errstate(invalid="ignore"):
        return float(np.trapezoid(spectrum * SUMMED, np.log(SUMMED)) + spectrum[0] * SUMMED[0])
