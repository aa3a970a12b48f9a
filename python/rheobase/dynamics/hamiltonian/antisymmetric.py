"""Antisymmetric network: a conservative Hamiltonian system."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheobase.dynamics.fields import as_state
from rheobase.dynamics.hamiltonian.legendre import LegendrePair, Tanh
from rheobase.dynamics.hamiltonian.system import HamiltonianNetwork, coupling, drive, state


class AntisymmetricNetwork(HamiltonianNetwork):
    """Network without leak, x' = f(b + Ax) with Aᵀ = −A, seen in phase space.

    Phase space: x' = f(p), p' = A f(b + Ax). With H = 1ᵀF(p) + 1ᵀF(b + Ax) these are Hamilton's equations
    x' = ∂H/∂p, p' = −∂H/∂x, so H is conserved on and off the invariant manifold p = b + Ax, which neither attracts nor
    repels (Seung, 9.641, 2005).

    Parameters
    ----------
    A : array (n, n)
        Antisymmetric weights, post × pre.
    b : float or array (n,), default 0
        Constant input.
    transfer : LegendrePair, default Tanh()
        Transfer function f.

    Raises
    ------
    TypeError, ValueError
        If A is not square, finite and antisymmetric, or b does not fit.

    Examples
    --------
    >>> net = AntisymmetricNetwork([[0.0, -1.0], [1.0, 0.0]])
    >>> float(net.energy_rate(net.lift([0.3, 0.1])))
    0.0
    """

    def __init__(self, A: npt.ArrayLike, b: npt.ArrayLike = 0.0, transfer: LegendrePair | None = None) -> None:
        self.A = coupling("A", A, sign=-1)
        self.size = len(self.A)
        self.b = drive("b", b, self.size)
        self.transfer = Tanh() if transfer is None else transfer
        self.dimension = 2 * self.size

    def _state_velocity(self, x: np.ndarray) -> np.ndarray:
        """Velocity x' = f(b + Ax) for states `(..., n)`."""
        return self.transfer.f(self._input(state("x", x, self.size)))

    def state_energy(self, x: npt.ArrayLike) -> np.ndarray:
        """1ᵀF(b + Ax), which the network conserves; half of H on the manifold."""
        return self.transfer.potential(self._input(state("x", x, self.size))).sum(-1)

    def lift(self, x: npt.ArrayLike) -> np.ndarray:
        """Point (x, b + Ax) of the invariant manifold, `(..., 2n)`."""
        x = state("x", x, self.size)
        return np.concatenate([x, self._input(x)], axis=-1)

    def deviation(self, z: npt.ArrayLike) -> np.ndarray:
        """Deviation d = b + Ax − p, `(..., n)`; obeys d' = A[f(p) − f(b + Ax)]."""
        x, p = self._split(z)
        return self._input(x) - p

    def _velocity(self, z: np.ndarray) -> np.ndarray:
        """(x', p') in phase space."""
        x, p = self._split(z)
        return np.concatenate([self.transfer.f(p), self.transfer.f(self._input(x)) @ self.A.T], axis=-1)

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Jacobian of the phase-space flow at one point."""
        x, p = self._split(as_state("u", u, self.dimension))
        zero = np.zeros((self.size, self.size))
        slope = self.transfer.slope
        return np.block([[zero, np.diag(slope(p))], [self.A * slope(self._input(x)) @ self.A, zero]])

    def energy(self, z: npt.ArrayLike) -> np.ndarray:
        """H = 1ᵀF(p) + 1ᵀF(b + Ax)."""
        x, p = self._split(z)
        return (self.transfer.potential(p) + self.transfer.potential(self._input(x))).sum(-1)

    def gradient(self, z: npt.ArrayLike) -> np.ndarray:
        """(∂H/∂x, ∂H/∂p) = (Aᵀf(b + Ax), f(p))."""
        x, p = self._split(z)
        return np.concatenate([self.transfer.f(self._input(x)) @ self.A, self.transfer.f(p)], axis=-1)

    def energy_rate(self, z: npt.ArrayLike) -> np.ndarray:
        """dH/dt = 0."""
        return np.zeros(self._points(z).shape[:-1])

    def _input(self, x: np.ndarray) -> np.ndarray:
        return self.b + x @ self.A.T

    def _split(self, z: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        points = self._points(z)
        return points[..., : self.size], points[..., self.size :]
