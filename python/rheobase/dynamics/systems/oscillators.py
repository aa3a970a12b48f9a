"""Oscillators and chaos of appendix A: the van der Pol oscillator and the Lorenz system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import as_state, as_states


@dataclass(frozen=True)
class VanDerPol:
    """x' = −c (1 − y²) x − y, y' = x (book Ex. A.9.3, c = 1, and A.9.4): the van der Pol oscillator with μ = −c.

    The origin has T = −c, D = 1: stable for c > 0, where an unstable cycle bounds its basin, and unstable for c < 0,
    inside a stable cycle. The Hopf bifurcation at c = 0 is degenerate: the system is linear there, and the amplitude
    jumps to 2.

    Attributes
    ----------
    c : float

    Examples
    --------
    >>> VanDerPol(c=1).jacobian(np.zeros(2))
    array([[-1., -1.],
           [ 1.,  0.]])
    """

    c: float = -1.0
    names: ClassVar = ("x", "y")

    def __post_init__(self) -> None:
        checks.field(self, "c")

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Return (x', y'), shape of `u` (2,) or (2, m)."""
        x, y = as_states("u", u, 2)
        return np.stack([-self.c * (1 - y**2) * x - y, x])

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Return the Jacobian, shape (2, 2)."""
        x, y = as_state("u", u, 2)
        return np.array([[-self.c * (1 - y**2), 2 * self.c * x * y - 1], [1.0, 0.0]])


@dataclass(frozen=True)
class Lorenz:
    """x' = σ(y − x), y' = x(ρ − z) − y, z' = xy − βz (book Ex. A.6.2).

    The fixed points C± = (±√(β(ρ−1)), ±√(β(ρ−1)), ρ−1) lose stability in a Hopf bifurcation at
    ρ = σ(σ+β+3)/(σ−β−1) = 24.736842.

    Attributes
    ----------
    sigma, rho, beta : float

    Examples
    --------
    >>> Lorenz().field(np.ones(3)).round(3)
    array([ 0.   , 26.   , -1.667])
    """

    sigma: float = 10.0
    rho: float = 28.0
    beta: float = 8 / 3
    names: ClassVar = ("x", "y", "z")

    def __post_init__(self) -> None:
        checks.field(self, "sigma")
        checks.field(self, "rho")
        checks.field(self, "beta")

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Return (x', y', z'), shape of `u` (3,) or (3, m)."""
        x, y, z = as_states("u", u, 3)
        return np.array([self.sigma * (y - x), x * (self.rho - z) - y, x * y - self.beta * z])

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Return the Jacobian, shape (3, 3)."""
        x, y, z = as_state("u", u, 3)
        return np.array([[-self.sigma, self.sigma, 0.0], [self.rho - z, -1.0, -x], [y, x, -self.beta]])
