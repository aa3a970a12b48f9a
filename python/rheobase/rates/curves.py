"""f-I curves: the firing rate of a population as a function of its input, with their derivatives (the gain)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator
from scipy.special import expit

from rheobase import checks
from rheobase.dynamics import finite_differences
from rheobase.models.values import Brief, ByValue


class Curve(Protocol):
    """An f-I curve: calling it gives the rate, ``derivative`` the gain, elementwise, at input `I`."""

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate, Hz, at input `I`, mV."""

    def derivative(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gain f'(I), Hz/mV."""


#: An f-I curve, or any elementwise function from input, mV, to rate, Hz.
CurveLike = Curve | Callable[[np.ndarray], npt.ArrayLike]


@dataclass(frozen=True)
class ThresholdLinear:
    """f(I) = g (I − θ) for I > θ, else 0 (book 2.3).

    Attributes
    ----------
    g : float
        Gain, Hz/mV; the default is the textbook's fit to an EIF neuron in a fluctuating input.
    theta : float
        Threshold, mV.

    Examples
    --------
    >>> ThresholdLinear(g=3.58, theta=9.64)([0.0, 13.6]).round(4)
    array([ 0.    , 14.1768])
    """

    g: float = 3.58
    theta: float = 9.64

    def __post_init__(self) -> None:
        checks.field(self, "g", low=0)
        checks.field(self, "theta")

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate, Hz."""
        return self.g * np.maximum(_floats(I) - self.theta, 0)

    def derivative(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gain, Hz/mV; 0 at the threshold itself."""
        return np.where(_floats(I) > self.theta, self.g, 0.0)


@dataclass(frozen=True)
class Tanh:
    """f(I) = offset + scale · tanh((I − θ)/width).

    Attributes
    ----------
    scale, offset : float
        Half the range, and the rate at threshold; the default is plain tanh. ``Tanh(60, 60)`` spans 0 to 120 Hz.
    theta, width : float
        Place and width of the rise, mV.

    Examples
    --------
    >>> Tanh(60, 60)([-5.0, 0.0, 5.0]).round(6)
    array([5.44800000e-03, 6.00000000e+01, 1.19994552e+02])
    """

    scale: float = 1.0
    offset: float = 0.0
    theta: float = 0.0
    width: float = 1.0

    def __post_init__(self) -> None:
        checks.field(self, "scale")
        checks.field(self, "offset")
        checks.field(self, "theta")
        checks.field(self, "width", above=0)

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate."""
        return self.offset + self.scale * np.tanh((_floats(I) - self.theta) / self.width)

    def derivative(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gain."""
        x = np.clip((_floats(I) - self.theta) / self.width, -350, 350)
        return self.scale / self.width / np.cosh(x) ** 2


@dataclass(frozen=True)
class Logistic:
    """f(I) = r_max / (1 + e^{−(I − θ)/width}).

    Attributes
    ----------
    r_max : float
        Largest rate, Hz.
    theta, width : float
        Place and width of the rise, mV.

    Examples
    --------
    >>> Logistic(r_max=50)(0.0)
    np.float64(25.0)
    """

    r_max: float = 1.0
    theta: float = 0.0
    width: float = 1.0

    def __post_init__(self) -> None:
        checks.field(self, "r_max", above=0)
        checks.field(self, "theta")
        checks.field(self, "width", above=0)

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate."""
        return self.r_max * expit((_floats(I) - self.theta) / self.width)

    def derivative(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gain."""
        x = (_floats(I) - self.theta) / self.width
        return self.r_max / self.width * expit(x) * expit(-x)


@dataclass(frozen=True)
class PowerLaw:
    """f(I) = k (I − θ)^p for I > θ, else 0: the supralinear curve of fluctuation-driven neurons for p > 1.

    Attributes
    ----------
    k : float
        Rate, Hz, at 1 mV above threshold.
    p : float
        Exponent, at least 1.
    theta : float
        Threshold, mV.

    Examples
    --------
    >>> PowerLaw(k=0.04, p=2)(10.0)
    np.float64(4.0)
    """

    k: float = 0.04
    p: float = 2.0
    theta: float = 0.0

    def __post_init__(self) -> None:
        checks.field(self, "k", above=0)
        checks.field(self, "p", low=1)
        checks.field(self, "theta")

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate, Hz."""
        above = np.maximum(_floats(I) - self.theta, 0)
        with np.errstate(over="ignore"):
            return self.k * above**self.p

    def derivative(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gain, Hz/mV."""
        above = _floats(I) - self.theta
        with np.errstate(over="ignore"):
            return np.where(above > 0, self.k * self.p * np.maximum(above, 0) ** (self.p - 1), 0.0)


@dataclass(frozen=True)
class Softplus:
    """f(I) = g · width · ln(1 + e^{(I − θ)/width}): a threshold-linear curve with a smooth corner.

    Attributes
    ----------
    g : float
        Gain far above threshold, Hz/mV.
    theta, width : float
        Threshold and width of its corner, mV.

    Examples
    --------
    >>> Softplus(g=1, theta=0, width=1)(0.0).round(6)
    np.float64(0.693147)
    """

    g: float = 3.58
    theta: float = 9.64
    width: float = 1.0

    def __post_init__(self) -> None:
        checks.field(self, "g", low=0)
        checks.field(self, "theta")
        checks.field(self, "width", above=0)

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate, Hz."""
        x = (_floats(I) - self.theta) / self.width
        with np.errstate(invalid="ignore"):
            return self.g * self.width * np.logaddexp(0, x)

    def derivative(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gain, Hz/mV."""
        return self.g * expit((_floats(I) - self.theta) / self.width)


class Interpolated(ByValue):
    """An f-I curve through measured points, smooth and without overshoot (monotone cubic interpolation).

    Parameters
    ----------
    I : array_like, shape (K,)
        Inputs, mV, increasing.
    rate : array_like, shape (K,)
        Rates, Hz. Below the first point the curve is constant, above the last one it goes on with its last slope; one
        that falls ends at zero.
    label : str
        What the points come from, for displays. Default: none.

    Raises
    ------
    ValueError
        If the inputs do not increase, the lengths differ, or there are fewer than two points.

    Examples
    --------
    >>> Interpolated([0, 10, 20], [0, 5, 20])([10.0, 30.0]).round(2)
    array([ 5., 40.])
    """

    def __init__(self, I: npt.ArrayLike, rate: npt.ArrayLike, *, label: str = "") -> None:  # noqa: E741
        self.label = checks.instance("label", label, str, "a text")
        self.I = checks.array("I", I, shape=(None,))
        if len(self.I) < 2 or (np.diff(self.I) <= 0).any():
            raise ValueError(f"I must hold at least two increasing values, got {self.I}")
        self.rate = checks.array("rate", rate, shape=self.I.shape)
        self._f = PchipInterpolator(self.I, self.rate, extrapolate=False)
        self._slope = self._f.derivative()

    def _content(self) -> tuple[Any, ...]:
        return self.I, self.rate, self.label

    def __repr__(self) -> str:
        label = f": {self.label}" if self.label else ""
        return f"<Interpolated, {len(self.I)} points from {self.I[0]:.4g} to {self.I[-1]:.4g} mV{label}>"

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate, Hz."""
        x = _floats(I)
        inside = self._f(np.clip(x, self.I[0], self.I[-1]))
        ahead = inside + self._slope(self.I[-1]) * np.maximum(x - self.I[-1], 0)
        return np.where(x > self.I[-1], np.maximum(ahead, min(self.rate[-1], 0.0)), inside)

    def derivative(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gain, Hz/mV."""
        x = _floats(I)
        ended = (x > self.I[-1]) & (self(x) <= 0)
        return np.where((x < self.I[0]) | ended, 0.0, self._slope(np.clip(x, self.I[0], self.I[-1])))


@dataclass(frozen=True, eq=False, repr=False)
class NumericalCurve(Brief):
    """Any function as an f-I curve; its derivative by fourth-order central differences.

    Attributes
    ----------
    function : callable
        Elementwise function from input, mV, to rate, Hz.

    Examples
    --------
    >>> NumericalCurve(np.sqrt).derivative(4.0).round(9)
    np.float64(0.25)
    """

    function: Callable[[np.ndarray], npt.ArrayLike]

    def __post_init__(self) -> None:
        checks.function("function", self.function)

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate."""
        with np.errstate(all="ignore"):
            return checks.array("the value of function", self.function(_floats(I)), finite=False)

    def derivative(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gain."""
        x = _floats(I)
        h = finite_differences.BEST_STEP * np.maximum(np.abs(x), 1)
        with np.errstate(invalid="ignore"):
            return finite_differences.slope((self(x + k * h) for k in finite_differences.STEPS), h)


def _floats(I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
    """Return inputs as floats; those of a solution that runs away are not finite."""
    return checks.array("I", I, finite=False)


def as_curve(name: str, f: CurveLike) -> Curve:
    """Return `f` as a curve: itself if it has a derivative, a function wrapped otherwise."""
    if callable(f):
        return cast(Curve, f) if hasattr(f, "derivative") else NumericalCurve(f)
    raise TypeError(f"{name} must be an f-I curve or a function of the input, got {f!r}")
