"""Harmonic oscillator with friction, the two-dimensional model of a network that loses energy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.hamiltonian.system import HamiltonianSystem, state


@dataclass(frozen=True)
class Oscillator(HamiltonianSystem):
    """Oscillator H = p²/(2m) + ½kx² with x' = ∂H/∂p, p' = −∂H/∂x − D x', hence dH/dt = −D x'².

    The position plays the inhibitory neuron, the momentum the excitatory one (Seung, 9.641, 2005).

    Parameters
    ----------
    friction : float, default 0
        D ≥ 0; the oscillator conserves H at 0.
    mass : float, default 1
        m > 0.
    stiffness : float, default 1
        k > 0.

    Raises
    ------
    TypeError, ValueError
        If a parameter is no number or out of range.

    Examples
    --------
    >>> float(Oscillator(friction=0.5).energy_rate([1.0, 2.0]))
    -2.0
    """

    friction: float = 0.0
    mass: float = 1.0
    stiffness: float = 1.0

    dimension = 2

    def __post_init__(self) -> None:
        checks.field(self, "friction", low=0)
        checks.field(self, "mass", above=0)
        checks.field(self, "stiffness", above=0)

    def _velocity(self, z: np.ndarray) -> np.ndarray:
        """Vector field (x', p'), shape of `z`."""
        dH_dx, dH_dp = np.moveaxis(self.gradient(z), -1, 0)
        return np.stack([dH_dp, -dH_dx - self.friction * dH_dp], axis=-1)

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Jacobian of the vector field, `(2, 2)`."""
        state("u", u, self.dimension)
        return np.array([[0.0, 1 / self.mass], [-self.stiffness, -self.friction / self.mass]])

    def energy(self, z: npt.ArrayLike) -> np.ndarray:
        """H = p²/(2m) + ½kx²."""
        x, p = np.moveaxis(self._points(z), -1, 0)
        return p**2 / (2 * self.mass) + self.stiffness * x**2 / 2

    def gradient(self, z: npt.ArrayLike) -> np.ndarray:
        """(∂H/∂x, ∂H/∂p) = (kx, p/m)."""
        x, p = np.moveaxis(self._points(z), -1, 0)
        return np.stack([self.stiffness * x, p / self.mass], axis=-1)

    def energy_rate(self, z: npt.ArrayLike) -> np.ndarray:
        """dH/dt = −D x'²."""
        p = self._points(z)[..., 1]
        return -self.friction * (p / self.mass) ** 2
