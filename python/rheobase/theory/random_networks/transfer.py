"""Transfer functions of the random rate networks."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.special import erf as _erf

from rheobase import checks
from rheobase.dynamics import finite_differences

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, repr=False)
class Transfer:
    """A transfer function φ with its slope φ'.

    Any function of one variable simulates: a rectifier, a power, a logistic. The theory of chaos and of the fixed
    points asks for more, an odd sigmoid: φ(−x) = −φ(x), a slope that is largest at zero, and smoothness (an analytic φ;
    its Hermite series must converge). Use functions of a module, not lambdas, where results are to be pickled.

    Parameters
    ----------
    name : str
        Name for messages and plots.
    phi : callable
        φ, elementwise on arrays.
    slope : callable, optional
        φ', elementwise. Default: differences of `phi`.

    Raises
    ------
    ValueError
        If `phi` does not give finite values of the shape of its argument, or `slope` is not its derivative.

    Examples
    --------
    >>> float(TANH.critical_gain)
    1.0
    >>> Transfer("rectifier", lambda x: np.maximum(x, 0)).slope(np.array([-1.0, 1.0])).round(6)
    array([0., 1.])
    """

    name: str
    phi: Function
    slope: Function = None  # type: ignore[assignment]
    _flaw: str = field(init=False, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<Transfer {self.name}>"

    def __post_init__(self) -> None:
        checks.text("name", self.name)
        checks.function("phi", self.phi)
        x = np.linspace(0.0, 6.0, 61)
        with np.errstate(all="ignore"):
            both = self.phi(x), self.phi(-x)
        for values in both:
            if np.shape(values) != x.shape or not np.isfinite(values).all():
                raise ValueError(f"phi must give finite values of the shape of its argument, {self.name!r} does not")
        if self.slope is None:
            object.__setattr__(self, "slope", _Differences(self.phi))
        else:
            checks.function("slope", self.slope)
            h = 1e-5
            slope = self.slope(x)
            error = np.abs((self.phi(x + h) - self.phi(x - h)) / (2 * h) - slope)
            # One or two kinks may lie on points of the grid.
            if np.sort(error)[-3] > 1e-6 * np.abs(slope).max():
                raise ValueError(
                    f"slope must be the derivative of phi, but they differ by {error.max():.2g} for {self.name!r}"
                )
        object.__setattr__(self, "_flaw", self._what_is_wrong(x))

    def _what_is_wrong(self, x: np.ndarray) -> str:
        """Return why φ is no odd sigmoid, or nothing."""
        phi, slope = self.phi(x), self.slope(x)
        if np.abs(phi + self.phi(-x)).max() > 1e-12 * np.abs(phi).max():
            return f"phi must be odd, but phi(x) + phi(-x) of {self.name!r} is not zero"
        # The slopes of a smooth function on both sides of a point are the same.
        if np.abs(self.slope(x + 1e-6) - self.slope(x - 1e-6)).max() > 1e-3 * np.abs(slope).max():
            return f"phi must be smooth, but the slope of {self.name!r} jumps"
        if slope[0] <= 0 or slope.max() > slope[0] * (1 + 1e-12):
            return f"slope must be positive and largest at zero for {self.name!r}"
        return ""

    @property
    def odd_sigmoid(self) -> bool:
        """Whether φ is odd with its largest slope at zero, which the theory asks for."""
        return not self._flaw

    @property
    def critical_gain(self) -> float:
        """g_c = 1/φ'(0), above which the network of an odd sigmoid without input noise is chaotic.

        Other functions have none of their own: `stationary_state` gives the radius, which is 1 where chaos begins.
        """
        if self._flaw:
            raise ValueError(self._flaw)
        return float(1 / self.slope(np.zeros(1))[0])


@dataclass(frozen=True)
class _Differences:
    """The slope of a function by central differences."""

    phi: Function

    def __call__(self, x: np.ndarray) -> np.ndarray:
        h = 1e-4
        return np.asarray(finite_differences.slope((self.phi(x + k * h) for k in finite_differences.STEPS), h))


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


def odd_sigmoid(value: Transfer | str) -> Transfer:
    """Return a transfer function of which the theory knows, given itself or its name."""
    transfer = transfer_function(value)
    if transfer._flaw:
        raise ValueError(transfer._flaw)
    return transfer


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
