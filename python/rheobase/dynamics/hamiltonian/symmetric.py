"""Symmetric network as a Hamiltonian system with friction."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheobase.dynamics.fields import as_state
from rheobase.dynamics.hamiltonian.legendre import LegendrePair, Tanh
from rheobase.dynamics.hamiltonian.system import HamiltonianNetwork, coupling, drive, state


class SymmetricNetwork(HamiltonianNetwork):
    """Network x' + x = f(b + Wx) with W = Wᵀ, seen in phase space.

    Phase space: x' + x = f(p), p' + p = b + W f(b + Wx). The manifold p = b + Wx is invariant and there the two
    agree. With H of `energy`, x' = ∂H/∂p and p' = −∂H/∂x − 2[f⁻¹(x + x') − f⁻¹(x)], so that

        dH/dt = −2 x'ᵀ[f⁻¹(x + x') − f⁻¹(x)] ≤ 0

    on and off the manifold (Seung, 9.641, 2005; Seung et al., NIPS 1997). On it H is twice the energy L of Cohen,
    Grossberg and Hopfield.

    Parameters
    ----------
    W : array (n, n)
        Symmetric weights, post × pre.
    b : float or array (n,), default 0
        Constant input.
    transfer : LegendrePair, default Tanh()
        Transfer function f. States must lie inside its open range.

    Raises
    ------
    TypeError, ValueError
        If W is not square, finite and symmetric, or b does not fit.

    Examples
    --------
    >>> net = SymmetricNetwork([[0.0, 1.0], [1.0, 0.0]])
    >>> float(net.energy(net.lift([0.0, 0.0])))
    0.0
    """

    def __init__(self, W: npt.ArrayLike, b: npt.ArrayLike = 0.0, transfer: LegendrePair | None = None) -> None:
        self.W = coupling("W", W)
        self.size = len(self.W)
        self.b = drive("b", b, self.size)
        self.transfer = Tanh() if transfer is None else transfer
        self.dimension = 2 * self.size

    def _state_velocity(self, x: np.ndarray) -> np.ndarray:
        """Velocity x' = −x + f(b + Wx) for states `(..., n)`."""
        x = state("x", x, self.size)
        return self.transfer.f(self.b + x @ self.W) - x

    def state_energy(self, x: npt.ArrayLike) -> np.ndarray:
        """L = −½xᵀWx − bᵀx + 1ᵀF̄(x); never increases along the network's motion."""
        x = state("x", x, self.size)
        return (self.transfer.conjugate(x) - (0.5 * x @ self.W + self.b) * x).sum(-1)

    def lift(self, x: npt.ArrayLike) -> np.ndarray:
        """Point (x, b + Wx) of the invariant manifold, `(..., 2n)`."""
        x = state("x", x, self.size)
        return np.concatenate([x, self.b + x @ self.W], axis=-1)

    def deviation(self, z: npt.ArrayLike) -> np.ndarray:
        """Deviation d = b + Wx − p, `(..., n)`; obeys d' + d = W[f(p) − f(b + Wx)]."""
        x, p = self._split(z)
        return self.b + x @ self.W - p

    def _velocity(self, z: np.ndarray) -> np.ndarray:
        """(x', p') in phase space."""
        x, p = self._split(z)
        f = self.transfer.f
        return np.concatenate([f(p) - x, self.b + f(self.b + x @ self.W) @ self.W - p], axis=-1)

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Jacobian of the phase-space flow at one point."""
        x, p = self._split(as_state("u", u, self.dimension))
        one = np.eye(self.size)
        slope = self.transfer.slope
        return np.block([[-one, np.diag(slope(p))], [self.W * slope(self.b + x @ self.W) @ self.W, -one]])

    def energy(self, z: npt.ArrayLike) -> np.ndarray:
        """H = 1ᵀF(p) − pᵀx + 1ᵀF̄(x) − bᵀx − 1ᵀF(b + Wx) + 1ᵀF̄(x)."""
        x, p = self._split(z)
        F = self.transfer.potential
        return (F(p) - p * x + 2 * self.transfer.conjugate(x) - self.b * x - F(self.b + x @ self.W)).sum(-1)

    def gradient(self, z: npt.ArrayLike) -> np.ndarray:
        """(∂H/∂x, ∂H/∂p)."""
        x, p = self._split(z)
        f = self.transfer.f
        along_x = -p + 2 * self.transfer.inverse(x) - self.b - f(self.b + x @ self.W) @ self.W
        return np.concatenate([along_x, f(p) - x], axis=-1)

    def energy_rate(self, z: npt.ArrayLike) -> np.ndarray:
        """dH/dt = −2 x'ᵀ[f⁻¹(x + x') − f⁻¹(x)]."""
        x, p = self._split(z)
        # x + x' = f(p), so f⁻¹(x + x') is p itself, exact even where f is saturated.
        return -2 * ((self.transfer.f(p) - x) * (p - self.transfer.inverse(x))).sum(-1)

    def manifold_rates(self, x: npt.ArrayLike) -> np.ndarray:
        """Eigenvalues of the linearised deviation d' = −(1 + W diag f'(b + Wx)) d at one state; negative attracts."""
        x = as_state("x", x, self.size)
        matrix = np.eye(self.size) + self.W * self.transfer.slope(self.b + x @ self.W)
        return -np.linalg.eigvals(matrix)

    def _split(self, z: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        points = self._points(z)
        return points[..., : self.size], points[..., self.size :]
