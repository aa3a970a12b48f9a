"""Kac and Rice for random rate networks: statistics of velocity and Jacobian, and the density of fixed points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.theory.random_networks.disorder import gain, noise_variance
from rheobase.theory.random_networks.jacobian_spectrum import JacobianSpectrum
from rheobase.theory.random_networks.transfer import TANH, Transfer, odd_sigmoid


@dataclass(frozen=True, eq=False, repr=False)
class VelocityStatistics(Brief):
    """Moments over J and η of the velocity y = −x + Jφ(x) + η and the Jacobian y' = −1 + J diag φ'(x) at one state x.

    Velocity and Jacobian are jointly Gaussian, independent between rows i. Within a row

        ⟨y_i⟩ = −x_i,  ⟨y'_ik⟩ = −δ_ik,  var y_i = κ + D,  cov(y_i, y'_ik) = k_k,  cov(y'_ik, y'_il) = δ_kl K_k.

    Attributes
    ----------
    x : array (N,)
        The state.
    kappa : float
        κ = (g²/N) Σ φ(x_k)².
    D : float
        Variance of the frozen input noise.
    k : array (N,)
        (g²/N) φ(x_k)φ'(x_k).
    K : array (N,)
        (g²/N) φ'(x_k)².
    """

    x: np.ndarray
    kappa: float
    D: float
    k: np.ndarray
    K: np.ndarray

    @property
    def velocity_mean(self) -> np.ndarray:
        """⟨y⟩ = −x, `(N,)`."""
        return -self.x

    @property
    def velocity_variance(self) -> float:
        """κ + D, of every component."""
        return self.kappa + self.D

    @property
    def jacobian_mean(self) -> np.ndarray:
        """⟨y'⟩ = −1, `(N, N)`."""
        return -np.eye(self.x.size)

    def at_fixed_point(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean `(N, N)` of the Jacobian and covariance `(N, N)` of each of its rows, given that x is a fixed point.

        Conditioning on y = 0 shifts row i by k x_i/(κ + D) and leaves the covariance diag K − kkᵀ/(κ + D): changes of
        rank one, which the leading exponential order does not see.
        """
        mean = self.jacobian_mean + np.outer(self.x, self.k) / self.velocity_variance
        return mean, np.diag(self.K) - np.outer(self.k, self.k) / self.velocity_variance


def velocity_statistics(
    x: npt.ArrayLike, g: float, D: float = 0.0, transfer: Transfer | str = TANH
) -> VelocityStatistics:
    """Means and covariances of velocity and Jacobian at `x`.

    Parameters
    ----------
    x : array (N,)
        State.
    g, D : float
        Gain and variance of the frozen input noise (default 0), ≥ 0.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        Transfer function φ.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Examples
    --------
    >>> velocity_statistics([0.0, 0.0], g=2.0, D=0.5).velocity_variance
    0.5
    """
    x, g, D, phi = _validated(x, g, D, transfer)
    rate, slope = phi.phi(x), phi.slope(x)
    scale = g**2 / x.size
    return VelocityStatistics(x, float(scale * (rate @ rate)), D, scale * rate * slope, scale * slope**2)


def action(x: npt.ArrayLike, g: float, D: float = 0.0, transfer: Transfer | str = TANH) -> float:
    """S(x) of the density of fixed points ρ(x) ≐ e^(−N S(x)).

    S = q/(2(κ + D)) + ½ln[2π(κ + D)] − ζ with q = Σx_i²/N, κ = (g²/N)Σφ(x_i)² and
    ζ = −½z + (1/2N)Σ ln(1 + z g²φ'(x_i)²), where 1 = (1/N)Σ g²φ'²/(1 + z g²φ'²) if the mean of g²φ'² exceeds 1 and
    z = 0 otherwise.

    Parameters
    ----------
    x : array (N,)
        State.
    g, D : float
        Gain and variance of the frozen input noise (default 0), ≥ 0.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        Transfer function φ.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit, or κ + D = 0 (the velocity at the origin does not vary without noise).

    Examples
    --------
    >>> round(action([0.5, -1.0, 2.0], g=2.0), 4)
    1.7152
    """
    x, g, D, phi = _validated(x, g, D, transfer)
    variance = float(g**2 * np.mean(phi.phi(x) ** 2)) + D
    if variance == 0:
        raise ValueError(
            "x must not be the origin where g·φ and D vanish: the density of fixed points is singular there"
        )
    q = float(np.mean(x**2))
    zeta = JacobianSpectrum(g * phi.slope(x)).determinant_exponent()
    return float(q / (2 * variance) + np.log(2 * np.pi * variance) / 2 - zeta)


def _validated(
    x: npt.ArrayLike, g: float, D: float, transfer: Transfer | str
) -> tuple[np.ndarray, float, float, Transfer]:
    state = checks.array("x", x, shape=(None,))
    if not state.size:
        raise ValueError("x must hold at least one coordinate, got none")
    return state, gain(g), noise_variance(D), odd_sigmoid(transfer)
