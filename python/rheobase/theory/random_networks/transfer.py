"""Transfer functions of the random rate networks."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import erf as _erf

from rheobase import checks

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Transfer:
    """A smooth odd sigmoid φ with its slope φ'.

    The theory asks for φ(−x) = −φ(x), a slope that is largest at zero, and smoothness (an analytic φ; its Hermite
    series must converge). Use functions of a module, not lambdas, where results are to be pickled.

    Parameters
    ----------
    name : str
        Name for messages and plots.
    phi, slope : callable
        φ and φ', elementwise on arrays.

    Raises
    ------
    ValueError
        If φ is not odd, `slope` is not its derivative, or the slope is not largest at zero.

    Examples
    --------
    >>> float(TANH.critical_gain)
    1.0
    """

    name: str
    phi: Function
    slope: Function

    def __post_init__(self) -> None:
        checks.text("name", self.name)
        checks.function("phi", self.phi)
        checks.function("slope", self.slope)
        x = np.linspace(0.0, 6.0, 61)
        phi, slope = self.phi(x), self.slope(x)
        if np.abs(phi + self.phi(-x)).max() > 1e-12 * np.abs(phi).max():
            raise ValueError(f"phi must be odd, but phi(x) + phi(-x) of {self.name!r} is not zero")
        h = 1e-5
        error = np.abs((self.phi(x + h) - self.phi(x - h)) / (2 * h) - slope).max()
        if error > 1e-6 * np.abs(slope).max():
            raise ValueError(f"slope must be the derivative of phi, but they differ by {error:.2g} for {self.name!r}")
        if slope[0] <= 0 or slope.max() > slope[0] * (1 + 1e-12):
            raise ValueError(f"slope must be positive and largest at zero for {self.name!r}")

    @property
    def critical_gain(self) -> float:
        """g_c = 1/φ'(0), above which the network without input noise is chaotic."""
        return float(1 / self.slope(np.zeros(1))[0])


def _tanh_slope(x: np.ndarray) -> np.ndarray:
    return 1 - np.tanh(x) ** 2


def _erf_phi(x: np.ndarray) -> np.ndarray:
    return np.asarray(_erf(np.sqrt(np.pi) / 2 * x))


def _erf_slope(x: np.ndarray) -> np.ndarray:
    return np.exp(-np.pi / 4 * x**2)


def _arctan_phi(x: np.ndarray) -> np.ndarray:
    return 2 / np.pi * np.arctan(np.pi / 2 * x)


def _arctan_slope(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + (np.pi / 2 * x) ** 2)


#: The hyperbolic tangent, of unit slope at zero and saturating at ±1.
TANH = Transfer("tanh", np.tanh, _tanh_slope)
#: erf(√π x/2), of unit slope at zero and saturating at ±1.
ERF = Transfer("erf", _erf_phi, _erf_slope)
#: (2/π) arctan(πx/2), of unit slope at zero and saturating slowly at ±1.
ARCTAN = Transfer("arctan", _arctan_phi, _arctan_slope)

TRANSFERS = {transfer.name: transfer for transfer in (TANH, ERF, ARCTAN)}


def transfer_function(value: Transfer | str) -> Transfer:
    """Return a transfer function given itself or one of the names 'tanh', 'erf', 'arctan'."""
    if isinstance(value, Transfer):
        return value
    return TRANSFERS[checks.choice("transfer", value, TRANSFERS)]


#: Weights of central differences of tenth order, and the distance at which a smooth slope loses least to rounding.
_DIFFERENCES = (5 / 6, -5 / 21, 5 / 84, -5 / 504, 1 / 1260)
_DISTANCE = 0.01


def second_derivative(transfer: Transfer, y: np.ndarray) -> np.ndarray:
    """Return the derivative of the slope, from its differences."""
    differences = [
        weight * (transfer.slope(y + k * _DISTANCE) - transfer.slope(y - k * _DISTANCE))
        for k, weight in enumerate(_DIFFERENCES, 1)
    ]
    return np.asarray(sum(differences)) / _DISTANCE
