"""What all Hamiltonian systems of this package share: a flow in phase space, an energy and its rate of change."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import as_states


class HamiltonianSystem(ABC):
    """A flow z' = v(z) in phase space with an energy H(z), a gradient, and a closed form of dH/dt.

    A point z of phase space is one array: coordinates first, momenta last. `field` takes one point, shape
    ``(dimension,)``, or m points as columns, as all of `rheobase.dynamics` does. Energies, gradients and the like take
    a point or a list of points, one per row, shape ``(..., dimension)``, such as the states of a trajectory. Time is in
    units of the time constant of the model.
    """

    #: Number of phase-space coordinates.
    dimension: int

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Vector field z' at one point, shape ``(dimension,)``, or at m points as columns, ``(dimension, m)``."""
        return self._velocity(as_states("u", u, self.dimension).T).T

    @abstractmethod
    def _velocity(self, z: np.ndarray) -> np.ndarray:
        """Vector field z' at points in rows, shape ``(..., dimension)``."""

    @abstractmethod
    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Jacobian ∂z'/∂z at one point, `(dimension, dimension)`."""

    @abstractmethod
    def energy(self, z: npt.ArrayLike) -> np.ndarray:
        """Hamiltonian H(z)."""

    @abstractmethod
    def gradient(self, z: npt.ArrayLike) -> np.ndarray:
        """Gradient ∂H/∂z, same shape as `z`."""

    @abstractmethod
    def energy_rate(self, z: npt.ArrayLike) -> np.ndarray:
        """Rate dH/dt in closed form."""

    def _points(self, z: npt.ArrayLike) -> np.ndarray:
        return state("z", z, self.dimension)


class HamiltonianNetwork(HamiltonianSystem):
    """A network whose phase space holds an invariant manifold, on which it moves as the network in state space does."""

    @abstractmethod
    def deviation(self, z: npt.ArrayLike) -> np.ndarray:
        """Input minus momentum, zero on the invariant manifold."""

    @abstractmethod
    def lift(self, state: npt.ArrayLike) -> np.ndarray:
        """Point of the invariant manifold above a state."""

    def state_field(self, state: npt.ArrayLike) -> np.ndarray:
        """Vector field of the network in state space, at one state, shape ``(n,)``, or m states as columns."""
        return self._state_velocity(as_states("state", state, self.dimension // 2).T).T

    @abstractmethod
    def _state_velocity(self, state: np.ndarray) -> np.ndarray:
        """Vector field in state space at states in rows, shape ``(..., n)``."""


def coupling(name: str, value: npt.ArrayLike, size: int | None = None, sign: int = 1) -> np.ndarray:
    """Return a square matrix checked to be symmetric (`sign` 1) or antisymmetric (`sign` -1)."""
    matrix = checks.array(name, value, shape=(size, size))
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"{name} must be square, got shape {matrix.shape}")
    error = np.abs(matrix - sign * matrix.T).max(initial=0.0)
    if error > 1e-12 * max(1.0, np.abs(matrix).max(initial=0.0)):
        kind, condition = ("symmetric", f"{name} − {name}ᵀ") if sign == 1 else ("antisymmetric", f"{name} + {name}ᵀ")
        raise ValueError(f"{name} must be {kind}, but the largest entry of {condition} is {error:g}")
    return matrix


def drive(name: str, value: npt.ArrayLike, size: int) -> np.ndarray:
    """Return a constant input: a scalar or one value per unit."""
    return checks.one_or_each(name, value, size)


def state(name: str, value: npt.ArrayLike, size: int) -> np.ndarray:
    """Return a state or a stack of states with `size` entries along the last axis."""
    # Integrators come here with good arrays a million times, hence the quick way past the checks.
    if type(value) is np.ndarray and value.dtype == np.float64 and np.isfinite(value).all():
        points = value
    else:
        points = checks.array(name, value)
    if points.ndim == 0 or points.shape[-1] != size:
        raise ValueError(f"{name} must have {size} entries along its last axis, got shape {points.shape}")
    return points
