"""Dynamical mean-field theory of random rate networks: autocovariance, chaos, Lyapunov exponent."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.linalg import eigh_tridiagonal

from rheobase.models.values import Brief
from rheobase.theory.random_networks.disorder import gain, noise_variance
from rheobase.theory.random_networks.gaussian_averages import gaussian_moments, static_variance
from rheobase.theory.random_networks.orbit import Orbit, find_orbit
from rheobase.theory.random_networks.saddle_point import noise
from rheobase.theory.random_networks.transfer import TANH, Transfer, odd_sigmoid


@dataclass(frozen=True, eq=False, repr=False)
class DynamicalMeanField(Brief):
    """Statistics of x' = −x + Jφ(x) + η with J_ij ~ N(0, g²/N), η_i ~ N(0, D) frozen, as N → ∞.

    Times and rates are in units of the membrane time constant (and its inverse).

    Attributes
    ----------
    g, D : float
        Gain and variance of the frozen input noise.
    transfer : str
        Name of the transfer function.
    chaotic : bool
        Whether the activity fluctuates for ever. If not, x rests at one fixed point: Δ(τ) = Δ₀ (0 without noise).
    variance : float
        Δ₀ = ⟨x²⟩.
    plateau : float
        Δ(∞), the variance of the time averages; 0 without input noise.
    mean_square_rate : float
        ⟨φ(x)²⟩.
    lags, autocovariance : array (T,)
        τ ≥ 0 and Δ(τ) = ⟨x(t)x(t + τ)⟩.
    half_time, decay_time : float
        Lags at which Δ − Δ(∞) has fallen to 1/2 and 1/e; infinite when not chaotic.
    tail_rate : float
        Rate of the final exponential decay of Δ, √(1 − g²C_φ'(Δ(∞))); 0 when not chaotic.
    lyapunov : float
        Largest Lyapunov exponent.
    translation_error : float
        Energy found for the first excited state of the Schrödinger problem, which is exactly 0 (its wave function is
        Δ'): a check of the numbers; 0 when not chaotic.
    radius : float
        Radius g√⟨φ'²⟩ of the disk, centred at −1, that the eigenvalues of the Jacobian fill.
    """

    g: float
    D: float
    transfer: str
    chaotic: bool
    variance: float
    plateau: float
    mean_square_rate: float
    lags: np.ndarray = field(repr=False)
    autocovariance: np.ndarray = field(repr=False)
    half_time: float
    decay_time: float
    tail_rate: float
    lyapunov: float
    translation_error: float
    radius: float

    def _repr_html_(self) -> str:
        state = "chaotic" if self.chaotic else "at rest"
        return (
            f"<b>Dynamical mean field</b> ({self.transfer}, g = {self.g:g}, D = {self.D:g}): {state}; "
            f"Δ₀ = {self.variance:.6g}, λ = {self.lyapunov:.4g}, radius = {self.radius:.5g}"
        )


def dynamical_mean_field(g: float, D: float = 0.0, transfer: Transfer | str = TANH) -> DynamicalMeanField:
    """Solve the dynamical mean-field theory of Sompolinsky, Crisanti and Sommers (1988).

    The autocovariance obeys Δ'' = −∂V/∂Δ with V = −½Δ² + DΔ + g²∫C_φ dΔ. It leaves Δ₀ at rest and reaches Δ(∞) at
    rest, so V(Δ₀) = V(Δ(∞)) and V'(Δ(∞)) = 0 fix both. The largest exponent is λ = −1 + √(1 − E₀), with E₀ the ground
    state of −∂² + 1 − g²C_φ'(Δ(τ)).

    Parameters
    ----------
    g : float
        Gain, ≥ 0.
    D : float, default 0
        Variance of the frozen input noise, ≥ 0.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        Transfer function φ.

    Returns
    -------
    DynamicalMeanField
        For g ≤ g_c at D = 0, or D at or above the critical noise, the solution is the resting one (`chaotic` False):
        Δ is constant and λ = radius − 1 ≤ 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, φ is not bounded enough for the activity to stay finite, or not smooth.

    Examples
    --------
    >>> round(dynamical_mean_field(1.5).variance, 4)
    0.7477
    """
    g, D = gain(g), noise_variance(D)
    phi = odd_sigmoid(transfer)
    static = static_variance(g, D, phi)
    _, mean_square_slope, _ = gaussian_moments(phi, static)
    if g**2 * mean_square_slope <= 1 or noise(g, 0.0, phi) <= D:
        return _resting(g, D, phi, static)
    try:
        orbit = find_orbit(g, D, phi)
    except ValueError as error:
        raise ValueError(
            f"g and D must lead to an autocovariance that can be found, got g = {g:g}, D = {D:g}: {error}"
        ) from error
    variance, plateau, correlation = orbit.variance, orbit.plateau, orbit.correlation
    time, position = orbit.fall()
    tail_rate = orbit.tail_rate
    lags = np.linspace(0, 14 / tail_rate, 1401)
    fallen = [float(time(np.arccosh(np.sqrt(ratio)))) for ratio in (2, np.e)]
    ground, excited = _bound_states(orbit, position)
    return DynamicalMeanField(
        g=g,
        D=D,
        transfer=phi.name,
        chaotic=True,
        variance=variance,
        plateau=plateau,
        mean_square_rate=float(correlation(variance)),
        lags=lags,
        autocovariance=np.where(lags > 0, plateau + orbit.depth * _fallen(lags, position), variance),
        half_time=fallen[0],
        decay_time=fallen[1],
        tail_rate=tail_rate,
        lyapunov=float(-ground / (1 + np.sqrt(1 - ground))),
        translation_error=excited,
        radius=float(g * np.sqrt(correlation.of_slopes(variance))),
    )


def _resting(g: float, D: float, transfer: Transfer, variance: float) -> DynamicalMeanField:
    mean_square_rate, mean_square_slope, _ = gaussian_moments(transfer, variance)
    radius = g * np.sqrt(mean_square_slope)
    return DynamicalMeanField(
        g=g,
        D=D,
        transfer=transfer.name,
        chaotic=False,
        variance=variance,
        plateau=variance,
        mean_square_rate=mean_square_rate,
        lags=np.array([0.0]),
        autocovariance=np.array([variance]),
        half_time=np.inf,
        decay_time=np.inf,
        tail_rate=0.0,
        lyapunov=float(radius - 1),
        translation_error=0.0,
        radius=float(radius),
    )


def _fallen(lags: np.ndarray, position: CubicSpline) -> np.ndarray:
    """(Δ(τ) − Δ(∞))/(Δ₀ − Δ(∞)), from s(τ)."""
    return 1 / np.cosh(position(np.minimum(lags, position.x[-1]))) ** 2


def _bound_states(orbit: Orbit, position: CubicSpline) -> tuple[float, float]:
    """Lowest even and odd energies of −∂² + 1 − g²C_φ'(Δ(τ)) on the line."""
    # The well may have a narrow bottom, of the time that Δ takes to leave the layer below Δ₀: τ = bottom · sinh q.
    bottom = np.sqrt(orbit.layer) / float(position(0.0, 1))
    end = np.arcsinh(18 / orbit.tail_rate / bottom)
    energies = []
    for cells in (3000, 6000):
        h = end / cells
        q = (np.arange(cells) + 0.5) * h  # midpoints, so that reflection at 0 costs only the corner entry
        stretch = bottom * np.cosh(q)
        conductance = 1 / (h**2 * bottom * np.cosh(np.arange(cells + 1) * h))
        well = -orbit.curvature(_fallen(bottom * np.sinh(q), position))
        diagonal = (conductance[:-1] + conductance[1:]) / stretch + well
        coupling = -conductance[1:-1] / np.sqrt(stretch[:-1] * stretch[1:])
        pair = []
        for parity in (1, -1):
            corner = diagonal.copy()
            corner[0] -= parity * conductance[0] / stretch[0]
            pair.append(eigh_tridiagonal(corner, coupling, eigvals_only=True, select="i", select_range=(0, 0))[0])
        energies.append(pair)
    # The error of the three-point second derivative is O(h²), which one extrapolation removes.
    (even, odd), (fine_even, fine_odd) = energies
    return float((4 * fine_even - even) / 3), float((4 * fine_odd - odd) / 3)
