"""Excitatory–inhibitory network as a Hamiltonian system with friction."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import as_state
from rheobase.dynamics.hamiltonian.legendre import LegendrePair, Tanh
from rheobase.dynamics.hamiltonian.system import HamiltonianNetwork, coupling, drive, state


class ExcitatoryInhibitoryNetwork(HamiltonianNetwork):
    """Excitatory units x and inhibitory units y with antisymmetric cross-coupling.

    State space: τ_x x' + x = f(u + Ax − By), τ_y y' + y = g(v + Bᵀx − Cy), with A and C symmetric. Phase space adds
    momenta with (r + d/dt)(u + Ax − By − p_x) = 0 and (r + d/dt)(v + Bᵀx − Cy − p_y) = 0, so the manifold where momenta
    equal inputs attracts at rate r exactly. The Hamiltonian is H = Φ/τ_x + Γ/τ_y + rS (see `energy`) and

        dH/dt = x'ᵀAx' − y'ᵀCy' − (1/τ_x + r) x'ᵀ[p_x − f⁻¹(x)] − (1/τ_y − r) y'ᵀ[p_y − g⁻¹(y)]
                + 2r y'ᵀ(v + Bᵀx − Cy − p_y),

    whose last term vanishes on the manifold (Seung, 9.641, 2005; Seung et al., NIPS 1997). A phase-space point is
    (x, y, p_x, p_y) in one array.

    Parameters
    ----------
    A, B, C : array (n, n), (n, m), (m, m)
        Weights, post × pre; A and C symmetric. The weight from y to x is −B, from x to y it is Bᵀ.
    u, v : float or array (n,), (m,), default 0
        Constant inputs of x and y.
    tau_x, tau_y : float, default 1
        Time constants, in one unit of time.
    r : float, default 1
        Rate at which the manifold attracts, ≥ 0.
    f, g : LegendrePair, default Tanh()
        Transfer functions of x and y.

    Raises
    ------
    TypeError, ValueError
        If a matrix does not fit or is not symmetric, or a parameter is out of range.

    Examples
    --------
    >>> net = ExcitatoryInhibitoryNetwork([[0.5]], [[1.0]], [[0.0]], r=0.8)
    >>> float(net.energy(net.lift([0.0, 0.0])))
    0.0
    """

    def __init__(
        self,
        A: npt.ArrayLike,
        B: npt.ArrayLike,
        C: npt.ArrayLike,
        u: npt.ArrayLike = 0.0,
        v: npt.ArrayLike = 0.0,
        *,
        tau_x: float = 1.0,
        tau_y: float = 1.0,
        r: float = 1.0,
        f: LegendrePair | None = None,
        g: LegendrePair | None = None,
    ) -> None:
        self.A = coupling("A", A)
        self.C = coupling("C", C)
        self.n, self.m = len(self.A), len(self.C)
        self.B = checks.array("B", B, shape=(self.n, self.m))
        self.u = drive("u", u, self.n)
        self.v = drive("v", v, self.m)
        self.tau_x = checks.number("tau_x", tau_x, above=0)
        self.tau_y = checks.number("tau_y", tau_y, above=0)
        self.r = checks.number("r", r, low=0)
        self.f = Tanh() if f is None else f
        self.g = Tanh() if g is None else g
        self.size = self.n + self.m
        self.dimension = 2 * self.size

    def _state_velocity(self, s: np.ndarray) -> np.ndarray:
        """(x', y') for states s = (x, y), `(..., n + m)`."""
        x, y = self._halves(state("s", s, self.size))
        i_x, i_y = self._inputs(x, y)
        return np.concatenate([(self.f.f(i_x) - x) / self.tau_x, (self.g.f(i_y) - y) / self.tau_y], axis=-1)

    def state_energy(self, s: npt.ArrayLike) -> np.ndarray:
        """S = −uᵀx − ½xᵀAx + 1ᵀF̄(x) + vᵀy − ½yᵀCy − 1ᵀḠ(y) + xᵀBy; the network seeks its minimum in x, maximum in y.

        S follows from p_x' and p_y' in Hamiltonian form: ∂S/∂x = f⁻¹(x) − u − Ax + By and
        ∂S/∂y = v + Bᵀx − Cy − g⁻¹(y), which vanish together at the fixed points.
        """
        x, y = self._halves(state("s", s, self.size))
        along_x = self.f.conjugate(x) - (self.u + 0.5 * x @ self.A - y @ self.B.T) * x
        along_y = (self.v - 0.5 * y @ self.C) * y - self.g.conjugate(y)
        return along_x.sum(-1) + along_y.sum(-1)

    def lift(self, s: npt.ArrayLike) -> np.ndarray:
        """Point of the invariant manifold above the state (x, y): momenta equal to the inputs."""
        s = state("s", s, self.size)
        return np.concatenate([s, *self._inputs(*self._halves(s))], axis=-1)

    def deviation(self, z: npt.ArrayLike) -> np.ndarray:
        """(u + Ax − By − p_x, v + Bᵀx − Cy − p_y), `(..., n + m)`; decays as e^(−rt)."""
        x, y, p_x, p_y = self._split(z)
        i_x, i_y = self._inputs(x, y)
        return np.concatenate([i_x - p_x, i_y - p_y], axis=-1)

    def _velocity(self, z: np.ndarray) -> np.ndarray:
        """(x', y', p_x', p_y')."""
        x, y, p_x, p_y = self._split(z)
        i_x, i_y = self._inputs(x, y)
        dx, dy = (self.f.f(p_x) - x) / self.tau_x, (self.g.f(p_y) - y) / self.tau_y
        dp_x = dx @ self.A - dy @ self.B.T + self.r * (i_x - p_x)
        dp_y = dx @ self.B - dy @ self.C + self.r * (i_y - p_y)
        return np.concatenate([dx, dy, dp_x, dp_y], axis=-1)

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Jacobian of the phase-space flow at one point."""
        _, _, p_x, p_y = self._split(as_state("u", u, self.dimension))
        coupled = np.block([[self.A, -self.B], [self.B.T, -self.C]])
        rate = np.concatenate([np.full(self.n, 1 / self.tau_x), np.full(self.m, 1 / self.tau_y)])
        slope = rate * np.concatenate([self.f.slope(p_x), self.g.slope(p_y)])
        one = np.eye(self.size)
        return np.block([[-np.diag(rate), np.diag(slope)], [coupled * (self.r - rate), coupled * slope - self.r * one]])

    def energy(self, z: npt.ArrayLike) -> np.ndarray:
        """H = Φ/τ_x + Γ/τ_y + rS, with Φ = 1ᵀF(p_x) − p_xᵀx + 1ᵀF̄(x), Γ = 1ᵀG(p_y) − p_yᵀy + 1ᵀḠ(y)."""
        x, y, p_x, p_y = self._split(z)
        phi = (self.f.potential(p_x) - p_x * x + self.f.conjugate(x)).sum(-1)
        gamma = (self.g.potential(p_y) - p_y * y + self.g.conjugate(y)).sum(-1)
        return phi / self.tau_x + gamma / self.tau_y + self.r * self.state_energy(np.concatenate([x, y], axis=-1))

    def gradient(self, z: npt.ArrayLike) -> np.ndarray:
        """(∂H/∂x, ∂H/∂y, ∂H/∂p_x, ∂H/∂p_y)."""
        x, y, p_x, p_y = self._split(z)
        i_x, i_y = self._inputs(x, y)
        f_inverse, g_inverse = self.f.inverse(x), self.g.inverse(y)
        along_x = (f_inverse - p_x) / self.tau_x + self.r * (f_inverse - i_x)
        along_y = (g_inverse - p_y) / self.tau_y + self.r * (i_y - g_inverse)
        along_p = [(self.f.f(p_x) - x) / self.tau_x, (self.g.f(p_y) - y) / self.tau_y]
        return np.concatenate([along_x, along_y, *along_p], axis=-1)

    def energy_rate(self, z: npt.ArrayLike) -> np.ndarray:
        """dH/dt in closed form (class docstring); B drops out of it."""
        x, y, p_x, p_y = self._split(z)
        dx, dy = (self.f.f(p_x) - x) / self.tau_x, (self.g.f(p_y) - y) / self.tau_y
        # τ_x x' + x = f(p_x), so f⁻¹(τ_x x' + x) is p_x itself; likewise p_y.
        rise_x, rise_y = p_x - self.f.inverse(x), p_y - self.g.inverse(y)
        off_manifold = self._inputs(x, y)[1] - p_y
        along_x = dx * (dx @ self.A - (1 / self.tau_x + self.r) * rise_x)
        along_y = dy * (-dy @ self.C - (1 / self.tau_y - self.r) * rise_y + 2 * self.r * off_manifold)
        return along_x.sum(-1) + along_y.sum(-1)

    def dissipative(self) -> bool:
        """Whether the weights guarantee dH/dt ≤ 0 on the manifold.

        It suffices that λ_max(A) ≤ (1 + rτ_x)/max f' and λ_min(C) ≥ (rτ_y − 1)/max g'.
        """
        excitation = np.linalg.eigvalsh(self.A)[-1] * self.f.steepest
        inhibition = np.linalg.eigvalsh(self.C)[0] * self.g.steepest
        return bool(excitation <= 1 + self.r * self.tau_x and inhibition >= self.r * self.tau_y - 1)

    def dissipative_rates(self) -> tuple[float, float] | None:
        """Interval (lowest, highest) of the rates r ≥ 0 for which `dissipative` holds, or None when there is none.

        It exists if [max f'·λ_max(A) − 1]/τ_x ≤ [1 + max g'·λ_min(C)]/τ_y, the nonlinear analogue of a negative trace.
        """
        lowest = (self.f.steepest * np.linalg.eigvalsh(self.A)[-1] - 1) / self.tau_x
        highest = (1 + self.g.steepest * np.linalg.eigvalsh(self.C)[0]) / self.tau_y
        lowest = max(lowest, 0.0)
        return (float(lowest), float(highest)) if lowest <= highest else None

    def _inputs(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.u + x @ self.A - y @ self.B.T, self.v + x @ self.B - y @ self.C

    def _halves(self, s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return s[..., : self.n], s[..., self.n :]

    def _split(self, z: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        points = self._points(z)
        return (*self._halves(points[..., : self.size]), *self._halves(points[..., self.size :]))
