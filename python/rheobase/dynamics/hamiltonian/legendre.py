"""Legendre pairs: a transfer function f with its potential F and the conjugate F̄.

F' = f and F̄' = f⁻¹, so F(p) + F̄(x) ≥ p·x with equality where x = f(p). Every Hamiltonian of this package is built from
these two potentials. All functions act elementwise on arrays of any shape.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy.special import expit, log_expit, logit, xlog1py, xlogy

from rheobase import checks


class LegendrePair(ABC):
    """An increasing transfer function f with F' = f and F̄' = f⁻¹.

    Attributes
    ----------
    name : str
        Name of the transfer function.
    low, high : float
        The open range of f.
    steepest : float
        The largest slope of f.
    """

    name: ClassVar[str]
    low: ClassVar[float]
    high: ClassVar[float]
    steepest: ClassVar[float]

    @abstractmethod
    def f(self, p: npt.ArrayLike) -> np.ndarray:
        """Transfer function f(p)."""

    @abstractmethod
    def slope(self, p: npt.ArrayLike) -> np.ndarray:
        """Slope f'(p)."""

    @abstractmethod
    def potential(self, p: npt.ArrayLike) -> np.ndarray:
        """Potential F(p), with F' = f."""

    @abstractmethod
    def _inverse(self, x: np.ndarray) -> np.ndarray: ...

    @abstractmethod
    def _conjugate(self, x: np.ndarray) -> np.ndarray: ...

    def inverse(self, x: npt.ArrayLike) -> np.ndarray:
        """Inverse f⁻¹(x); `ValueError` unless every x lies inside the open range of f."""
        return self._inverse(self.inside("x", x))

    def conjugate(self, x: npt.ArrayLike) -> np.ndarray:
        """Conjugate F̄(x), with F̄' = f⁻¹; `ValueError` unless every x lies inside the open range of f."""
        return self._conjugate(self.inside("x", x))

    def inside(self, name: str, x: npt.ArrayLike) -> np.ndarray:
        """Return `x` as an array, checked to lie inside the open range of f."""
        place = f"{name}, a state of a {self.name} network or part of a point z,"
        return checks.array(place, x, above=self.low, below=self.high)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


class Tanh(LegendrePair):
    """Hyperbolic tangent: f = tanh, F = ln cosh, F̄ = x artanh x + ½ ln(1 − x²) on −1 < x < 1.

    Examples
    --------
    >>> float(Tanh().inverse(Tanh().f(0.3)))
    0.3
    """

    name = "tanh"
    low, high, steepest = -1.0, 1.0, 1.0

    def f(self, p: npt.ArrayLike) -> np.ndarray:
        """Transfer function tanh p."""
        return np.tanh(_floats(p))

    def slope(self, p: npt.ArrayLike) -> np.ndarray:
        """Slope 1 − tanh² p."""
        return 1.0 - np.tanh(_floats(p)) ** 2

    def potential(self, p: npt.ArrayLike) -> np.ndarray:
        """Potential ln cosh p."""
        # ln(e^p + e^-p) − ln 2 does not overflow where cosh p would.
        p = _floats(p)
        with np.errstate(invalid="ignore"):
            return np.logaddexp(p, -p) - np.log(2.0)

    def _inverse(self, x: np.ndarray) -> np.ndarray:
        return np.arctanh(x)

    def _conjugate(self, x: np.ndarray) -> np.ndarray:
        return 0.5 * (xlog1py(1.0 + x, x) + xlog1py(1.0 - x, -x))


class Logistic(LegendrePair):
    """Logistic function: g = 1/(1 + e^−p), G = ln(1 + e^p), Ḡ = y ln y + (1 − y) ln(1 − y) on 0 < y < 1.

    Examples
    --------
    >>> float(Logistic().f(0.0))
    0.5
    """

    name = "logistic"
    low, high, steepest = 0.0, 1.0, 0.25

    def f(self, p: npt.ArrayLike) -> np.ndarray:
        """Transfer function 1/(1 + e^−p)."""
        return expit(_floats(p))

    def slope(self, p: npt.ArrayLike) -> np.ndarray:
        """Slope g(p)(1 − g(p))."""
        p = _floats(p)
        return expit(p) * expit(-p)

    def potential(self, p: npt.ArrayLike) -> np.ndarray:
        """Potential ln(1 + e^p)."""
        return -log_expit(-_floats(p))

    def _inverse(self, x: np.ndarray) -> np.ndarray:
        return logit(x)

    def _conjugate(self, x: np.ndarray) -> np.ndarray:
        return xlogy(x, x) + xlog1py(1.0 - x, -x)


def _floats(p: npt.ArrayLike) -> np.ndarray:
    """Return inputs as floats; those of a solution that runs away are not finite."""
    return checks.array("p", p, finite=False)
