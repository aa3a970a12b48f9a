"""Normal forms: the simplest systems that show each bifurcation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import as_state, as_states


@dataclass(frozen=True)
class SaddleNode:
    """x' = x² + a (book Ex. A.7.4): two fixed points ±√−a for a < 0, a half-stable one at a = 0, none beyond.

    Attributes
    ----------
    a : float

    Examples
    --------
    >>> SaddleNode(a=-1).field(np.array([0.0]))
    array([-1.])
    """

    a: float = -1.0
    names: ClassVar = ("x",)

    def __post_init__(self) -> None:
        checks.field(self, "a")

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Return x', shape of `u` (1,) or (1, m)."""
        return as_states("u", u, 1) ** 2 + self.a

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Return 2x, shape (1, 1)."""
        return np.array([[2 * as_state("u", u, 1)[0]]])


@dataclass(frozen=True)
class PlanarSaddleNode:
    """x' = a + x², y' = b y: with b < 0 a stable node and a saddle meet at a = 0, with b > 0 an unstable node does.

    At the bifurcation D = 0 and T = b, so that a stable node needs T < 0 (the textbook's A.9 prints T > 0).

    Attributes
    ----------
    a, b : float

    Examples
    --------
    >>> PlanarSaddleNode(a=-1).jacobian(np.array([-1.0, 0.0])).diagonal()
    array([-2., -1.])
    """

    a: float = -1.0
    b: float = -1.0
    names: ClassVar = ("x", "y")

    def __post_init__(self) -> None:
        checks.field(self, "a")
        checks.field(self, "b")

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Return (x', y'), shape of `u` (2,) or (2, m)."""
        x, y = as_states("u", u, 2)
        return np.stack([self.a + x**2, self.b * y])

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Return the Jacobian, shape (2, 2)."""
        return np.array([[2 * as_state("u", u, 2)[0], 0.0], [0.0, self.b]])


@dataclass(frozen=True)
class Hopf:
    """r' = a r + s r³, θ' = ω in Cartesian coordinates: a Hopf bifurcation at a = 0.

    For s = −1 (supercritical) a stable cycle of radius √a exists for a > 0; for s = +1 (subcritical) an unstable one
    of radius √−a for a < 0. The period is 2π/ω.

    Attributes
    ----------
    a, omega, s : float

    Examples
    --------
    >>> Hopf(a=0.25).field(np.array([0.5, 0.0]))
    array([0. , 0.5])
    """

    a: float = 0.25
    omega: float = 1.0
    s: float = -1.0
    names: ClassVar = ("x", "y")

    def __post_init__(self) -> None:
        checks.field(self, "a")
        checks.field(self, "omega")
        checks.field(self, "s")

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Return (x', y'), shape of `u` (2,) or (2, m)."""
        x, y = as_states("u", u, 2)
        growth = self.a + self.s * (x**2 + y**2)
        return np.stack([growth * x - self.omega * y, self.omega * x + growth * y])

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Return the Jacobian, shape (2, 2)."""
        x, y = state = as_state("u", u, 2)
        growth = self.a + self.s * (x**2 + y**2)
        return np.array([[growth, -self.omega], [self.omega, growth]]) + 2 * self.s * np.outer(state, state)
