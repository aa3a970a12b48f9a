"""Where the fixed points of a random rate network lie and how many there are: the saddle point of Kac and Rice."""

from dataclasses import dataclass, field

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq, root

from rheobase import checks
from rheobase.theory.random_networks.correlation import gaussian_moments
from rheobase.theory.random_networks.jacobian_spectrum import JacobianSpectrum
from rheobase.theory.random_networks.mean_field import dynamical_mean_field, static_variance
from rheobase.theory.random_networks.transfer import TANH, Transfer, transfer_function


@dataclass(frozen=True)
class FixedPointDistribution:
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
        Largest error of the three equations for α, β, γ.
    coordinates, density, slopes : array (K,)
        Uniform grid, μ* and φ' on it; empty at the origin.
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

    def probability(self, low: float, high: float) -> float:
        """P(`low` ≤ y ≤ `high`) under μ*."""
        low = checks.number("low", low)
        high = checks.number("high", high, low=low)
        if not self.coordinates.size:
            return float(low <= 0 <= high)
        first, last = self.coordinates[[0, -1]]
        return float(self._cumulative()(np.clip(high, first, last)) - self._cumulative()(np.clip(low, first, last)))

    def sample(self, n: int, seed: checks.Seed = None) -> np.ndarray:
        """Draw `n` coordinates from μ*, `(n,)`."""
        n = checks.integer("n", n, low=0)
        if not self.coordinates.size:
            return np.zeros(n)
        return np.interp(checks.generator(seed).random(n), self._cumulative()(self.coordinates), self.coordinates)

    def spectrum(self) -> JacobianSpectrum:
        """Spectrum of J diag φ' at the fixed points; that of the Jacobian lies about −1."""
        if not self.coordinates.size:
            return JacobianSpectrum([self.radius])
        return JacobianSpectrum(self.g * self.slopes, self.density)

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
    g, D = checks.number("g", g, low=0), checks.number("D", D, low=0)
    phi = transfer_function(transfer)
    critical = critical_noise(g, phi)
    if critical <= D:
        return _single(g, D, phi)
    # At the critical noise the solution is exact: α = γ = 0 and this β. Powell's method finds the way from there.
    start = np.array([0.0, np.log(_critical_variance(g, phi)), 0.0])
    solved = root(lambda p: _equations(p, g, D, phi), start, tol=1e-13)
    residual = float(np.abs(solved.fun).max())
    if not residual < 1e-9 or solved.x[0] <= 0:
        raise ValueError(
            f"no solution found for g = {g:g}, D = {D:g}: after {solved.nfev} steps residual {residual:.2g}"
        )
    return _describe(float(solved.x[0]), float(np.exp(solved.x[1])), float(solved.x[2]), residual, g, D, phi)


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
    g, phi = checks.number("g", g, low=0), transfer_function(transfer)
    if g <= phi.critical_gain:
        return 0.0
    variance = _critical_variance(g, phi)
    return max(0.0, variance - g**2 * gaussian_moments(phi, variance)[0])


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


def _critical_variance(g: float, transfer: Transfer) -> float:
    def excess(variance: float) -> float:
        return g**2 * gaussian_moments(transfer, variance)[1] - 1

    high = 1.0
    while excess(high) > 0:
        high *= 2
        if high > 1e8:
            raise ValueError(f"g = {g:g} is too large for transfer {transfer.name!r}: no noise calms the network")
    return float(brentq(excess, 0.0, high, xtol=1e-16, rtol=1e-14))


def _grid(beta: float) -> np.ndarray:
    """Grid on which the trapezoidal rule is exact to rounding: fine for φ and wide for exp(−y²/2β)."""
    step = 0.02 * min(1.0, np.sqrt(beta))
    count = int(np.ceil(14 * np.sqrt(beta) / step))
    return step * np.arange(-count, count + 1)


def _density(alpha: float, beta: float, gamma: float, y: np.ndarray, transfer: Transfer) -> tuple[np.ndarray, float]:
    """Normalised μ* on the grid, and ln Z."""
    rate_square = transfer.phi(y) ** 2
    exponent = 0.5 * np.log1p(alpha * transfer.slope(y) ** 2) - y**2 / (2 * beta) + gamma * rate_square
    largest = exponent.max()
    weight = np.exp(exponent - largest)
    integral = weight.sum() * (y[1] - y[0])
    return weight / integral, float(largest + np.log(integral))


def _equations(p: np.ndarray, g: float, D: float, transfer: Transfer) -> np.ndarray:
    alpha, beta, gamma = float(p[0]), float(np.exp(p[1])), float(p[2])
    y = _grid(beta)
    slope_square = transfer.slope(y) ** 2
    if alpha * slope_square.max() <= -1:
        return np.full(3, 1e3)  # μ* does not exist there; turn the search back
    density, _ = _density(alpha, beta, gamma, y, transfer)
    mean = density * (y[1] - y[0])
    return np.array(
        [
            1 - g**2 * (mean @ (slope_square / (1 + alpha * slope_square))),
            np.log((g**2 * (mean @ transfer.phi(y) ** 2) + D) / beta),
            g**2 / (2 * beta) * (mean @ y**2 / beta - 1) - gamma,
        ]
    )


def _describe(
    alpha: float, beta: float, gamma: float, residual: float, g: float, D: float, transfer: Transfer
) -> FixedPointDistribution:
    y = _grid(beta)
    density, log_z = _density(alpha, beta, gamma, y, transfer)
    mean = density * (y[1] - y[0])
    slope = transfer.slope(y)
    q, mean_square_rate = float(mean @ y**2), float(mean @ transfer.phi(y) ** 2)
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
        residual=residual,
        coordinates=y,
        density=density,
        slopes=slope,
    )


def _single(g: float, D: float, transfer: Transfer) -> FixedPointDistribution:
    beta = static_variance(g, D, transfer)
    if beta > 0:
        residual = abs(g**2 * gaussian_moments(transfer, beta)[0] + D - beta)
        return _describe(0.0, beta, 0.0, residual, g, D, transfer)
    none = np.empty(0)
    radius = float(g / transfer.critical_gain)
    return FixedPointDistribution(
        g, D, transfer.name, True, 0.0, 0.0, 0.0, 0.0, 0.0, float("nan"), 0.0, radius, 0.0, none, none, none
    )
