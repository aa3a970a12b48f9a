"""Where the fixed points of a random rate network lie and how many there are: the saddle point of Kac and Rice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.interpolate import CubicSpline

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.theory.random_networks.disorder import gain, noise_variance
from rheobase.theory.random_networks.gaussian_averages import (
    gaussian_moments,
    static_variance,
)
from rheobase.theory.random_networks.jacobian_spectrum import JacobianSpectrum
from rheobase.theory.random_networks.mean_field import dynamical_mean_field
from rheobase.theory.random_networks.saddle_point import SaddlePoint, noise, saddle_point
from rheobase.theory.random_networks.transfer import TANH, Transfer, odd_sigmoid

#: Complexity below which rounding would show in the sum that defines it.
_FEW = 1e-7


@dataclass(frozen=True, eq=False, repr=False)
class FixedPointDistribution(Brief):
    """Fixed points of x' = −x + Jφ(x) + η as N → ∞: μ*(y) ∝ √(1 + αφ'(y)²) exp(−y²/(2β) + γφ(y)²).

    Attributes
    ----------
    g, D : float
        Gain and variance of the frozen input noise.
    transfer : str
        Name of the transfer function.
    trivial : bool
        Whether there is a single fixed point (then α = γ = 0, complexity 0 and μ* is Gaussian; at D = 0 it is the
        origin and β = 0).
    alpha, beta, gamma : float
        Parameters of μ*.
    q : float
        ⟨y²⟩, the squared distance of the fixed points from the origin over N.
    mean_square_rate : float
        ⟨φ²⟩.
    kurtosis : float
        ⟨y⁴⟩/⟨y²⟩², 3 for a Gaussian; NaN at the origin.
    complexity : float
        C = lim ln⟨N_fp⟩/N.
    radius : float
        Radius g√⟨φ'²⟩ of the disk of eigenvalues of J diag φ' at a fixed point.
    residual : float
        Largest error of the three equations for α, β, γ, relative to the size of their terms.
    coordinates, density, slopes : array (K,)
        Grid, μ* and φ' on it; empty at the origin.
    widths : array (K,)
        Widths of the grid's cells: the mean of f(y) is ``(density * widths) @ f(coordinates)``.
    """

    g: float
    D: float
    transfer: str
    trivial: bool
    alpha: float
    beta: float
    gamma: float
    q: float
    mean_square_rate: float
    kurtosis: float
    complexity: float
    radius: float
    residual: float
    coordinates: np.ndarray = field(repr=False)
    density: np.ndarray = field(repr=False)
    slopes: np.ndarray = field(repr=False)
    widths: np.ndarray = field(repr=False)

    def probability(self, low: float, high: float) -> float:
        """P(`low` ≤ y ≤ `high`) under μ*."""
        low = checks.number("low", low)
        if checks.number("high", high) < low:
            raise ValueError(f"high must be >= low, got low = {low:g} and high = {high:g}")
        if not self.coordinates.size:
            return float(low <= 0 <= high)
        first, last = self.coordinates[[0, -1]]
        return float(self._cumulative()(np.clip(high, first, last)) - self._cumulative()(np.clip(low, first, last)))

    def sample(self, n: int, seed: checks.Seed = None) -> np.ndarray:
        """Draw `n` coordinates from μ*, `(n,)`."""
        n = checks.integer("n", n, low=0)
        checks.memory("n", 24.0 * n)
        if not self.coordinates.size:
            return np.zeros(n)
        return np.interp(checks.generator(seed).random(n), self._cumulative()(self.coordinates), self.coordinates)

    def spectrum(self) -> JacobianSpectrum:
        """Spectrum of J diag φ' at the fixed points; that of the Jacobian lies about −1."""
        if not self.coordinates.size:
            return JacobianSpectrum([self.radius])
        return JacobianSpectrum(self.g * self.slopes, self.density * self.widths)

    def expected_log_count(self, n: int) -> float:
        """n·C, the logarithm of the expected number of fixed points to leading order (no prefactor)."""
        return checks.integer("n", n, low=1) * self.complexity

    def _cumulative(self) -> CubicSpline:
        return CubicSpline(self.coordinates, self.density).antiderivative()

    def _repr_html_(self) -> str:
        what = "one fixed point" if self.trivial else f"e^({self.complexity:.5g} N) fixed points"
        return (
            f"<b>Fixed points</b> ({self.transfer}, g = {self.g:g}, D = {self.D:g}): {what}; α = {self.alpha:.6g}, "
            f"β = {self.beta:.6g}, γ = {self.gamma:.6g}, q = {self.q:.6g}, radius = {self.radius:.6g}"
        )


def fixed_point_distribution(g: float, D: float = 0.0, transfer: Transfer | str = TANH) -> FixedPointDistribution:
    """Solve for the distribution of fixed-point coordinates and their number.

    The density of fixed points is ρ(x) ≐ e^(−NS), see `action`. The μ maximising entropy − S obeys

        1 = g²⟨φ'²/(1 + αφ'²)⟩,   β = g²⟨φ²⟩ + D,   γ = g²/(2β) (⟨y²⟩/β − 1),

    and the maximum is C = ln Z − γ⟨φ²⟩ − ½ln(2πβ) − α/(2g²) (Stubenrauch et al., arXiv 2210.07877). For
    g ≤ g_c, or D ≥ `critical_noise`, the disk of eigenvalues stays within the unit disk and there is one fixed point.

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
    FixedPointDistribution

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or the solver does not converge (with the residual it reached).

    Examples
    --------
    >>> round(fixed_point_distribution(2.0).complexity, 4)
    0.0248
    """
    g, D = gain(g), noise_variance(D)
    phi = odd_sigmoid(transfer)
    critical = critical_noise(g, phi)
    if critical <= D:
        return _single(g, D, phi)
    point = saddle_point(g, 1 - D / critical, phi)
    found = _describe(point, g, D, phi)
    if found.complexity < _FEW:
        return replace(found, complexity=_complexity_by_noise(g, D, critical, phi))
    return found


def critical_noise(g: float, transfer: Transfer | str = TANH) -> float:
    """Variance D_c of the frozen noise from which on a single fixed point is left, and chaos is over.

    D_c = β − g²⟨φ²⟩ with g²⟨φ'²⟩ = 1 under N(0, β): the single state at rest loses its stability there.

    Parameters
    ----------
    g : float
        Gain, ≥ 0.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        Transfer function φ.

    Returns
    -------
    float
        D_c; 0 for g ≤ g_c, where there is a single fixed point without noise, too.

    Examples
    --------
    >>> round(critical_noise(2.0), 4)
    1.636
    """
    g, phi = gain(g), odd_sigmoid(transfer)
    if g <= phi.critical_gain:
        return 0.0
    return noise(g, 0.0, phi)


def radial_separation(g: float, D: float = 0.0, transfer: Transfer | str = TANH) -> tuple[float, float]:
    """Distances from the origin, over √N, of the fixed points and of the dynamics: (√q, √Δ₀).

    Above the transition the fixed points lie inside the shell that the dynamics visits.

    Examples
    --------
    >>> fixed, moving = radial_separation(2.0)
    >>> round(fixed, 4), round(moving, 4)
    (1.0706, 1.3874)
    """
    fixed = fixed_point_distribution(g, D, transfer).q
    return float(np.sqrt(fixed)), float(np.sqrt(dynamical_mean_field(g, D, transfer).variance))


def _grid(beta: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and widths on which sums are exact to rounding: fine for φ and wide for exp(−y²/2β)."""
    step = 0.02 * min(1.0, np.sqrt(beta))
    if beta < 1e4:
        count = int(np.ceil(14 * np.sqrt(beta) / step))
        y = step * np.arange(-count, count + 1)
        return y, np.full_like(y, step)
    t = step * np.arange(
        -np.ceil(np.arcsinh(14 * np.sqrt(beta)) / step), np.ceil(np.arcsinh(14 * np.sqrt(beta)) / step) + 1
    )
    return np.sinh(t), step * np.cosh(t)


def _complexity_by_noise(g: float, D: float, critical: float, transfer: Transfer) -> float:
    """C = −∫γ dD/g² from D to D_c, without the cancellations of the sum it is by definition."""
    nodes, weights = np.polynomial.legendre.leggauss(8)
    distances = (1 - D / critical) * (nodes + 1) / 2
    gammas = [saddle_point(g, float(distance), transfer).gamma for distance in distances]
    return float(-(critical - D) / 2 * (weights @ gammas) / g**2)


def _describe(point: SaddlePoint, g: float, D: float, transfer: Transfer) -> FixedPointDistribution:
    alpha, beta, gamma = point.alpha, point.beta, point.gamma
    y, width = _grid(beta)
    slope, rate_square = transfer.slope(y), transfer.phi(y) ** 2
    exponent = 0.5 * np.log1p(alpha * slope**2) - y**2 / (2 * beta) + gamma * rate_square
    weight = np.exp(exponent - exponent.max())
    integral = float(weight @ width)
    density, log_z = weight / integral, exponent.max() + np.log(integral)
    mean = density * width
    q, mean_square_rate = float(mean @ y**2), float(mean @ rate_square)
    trivial = alpha == 0
    complexity = log_z - gamma * mean_square_rate - np.log(2 * np.pi * beta) / 2 - alpha / (2 * g**2 if g else 1)
    return FixedPointDistribution(
        g=g,
        D=D,
        transfer=transfer.name,
        trivial=trivial,
        alpha=alpha,
        beta=beta,
        gamma=gamma,
        q=q,
        mean_square_rate=mean_square_rate,
        kurtosis=float(mean @ y**4) / q**2,
        complexity=0.0 if trivial else float(complexity),
        radius=float(g * np.sqrt(mean @ slope**2)),
        residual=point.residual,
        coordinates=y,
        density=density,
        slopes=slope,
        widths=width,
    )


def _single(g: float, D: float, transfer: Transfer) -> FixedPointDistribution:
    beta = static_variance(g, D, transfer)
    if beta > 0:
        residual = abs((g**2 * gaussian_moments(transfer, beta)[0] + D) / beta - 1)
        return _describe(SaddlePoint(0.0, beta, 0.0, residual), g, D, transfer)
    none = np.empty(0)
    radius = float(g / transfer.critical_gain)
    return FixedPointDistribution(
        g, D, transfer.name, True, 0.0, 0.0, 0.0, 0.0, 0.0, float("nan"), 0.0, radius, 0.0, none, none, none, none
    )
