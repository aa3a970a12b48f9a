"""Fluctuating states of random networks of any transfer function, with mean weights, populations and noise in time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh_tridiagonal

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.theory.random_networks.stationary import block_weights
from rheobase.theory.random_networks.transfer import TANH, Function, Transfer, transfer_function

#: Standard deviations and nodes of the averages, and terms of the Hermite series; its rest counts at lag 0 alone.
_REACH, _NODES, _TERMS = 9.0, 4001, 120

#: Iterations, the part of each step that is made, and the change, next to the variance, that counts as none.
_ROUNDS, _PACE, _SETTLED = 4000, 0.8, 1e-8


@dataclass(frozen=True, eq=False, repr=False)
class FluctuatingState(Brief):
    """Statistics of x' = −x + Jφ(x) + drive + η + σξ(t) as N → ∞, in each of B populations.

    Attributes
    ----------
    mean, variance : ndarray, shape (B,)
        Of x over units and time.
    plateau : ndarray, shape (B,)
        Variance over units of the time averages. Without noise, the network is at rest where it is the variance.
    rates : ndarray, shape (B,)
        ⟨φ⟩.
    lags : ndarray, shape (T,)
    autocovariance : ndarray, shape (B, T)
        ⟨δx(t) δx(t + τ)⟩ with δx = x − mean.
    radius : float
        Of the bulk of eigenvalues of J diag φ'(x) at one time.
    lyapunov : float
        Largest Lyapunov exponent for one population, the noise being the same for both solutions; NaN for several.
    """

    mean: np.ndarray
    variance: np.ndarray
    plateau: np.ndarray
    rates: np.ndarray
    lags: np.ndarray = field(repr=False)
    autocovariance: np.ndarray = field(repr=False)
    radius: float
    lyapunov: float


def fluctuating_state(
    g: npt.ArrayLike,
    D: float = 0.0,
    transfer: Transfer | str = TANH,
    *,
    m: npt.ArrayLike = 0.0,
    drive: npt.ArrayLike = 0.0,
    noise: float = 0.0,
    longest: float = 60.0,
    dt: float = 0.05,
) -> FluctuatingState:
    """Solve the dynamical mean-field theory of a random network of any transfer function.

    The weights from population b to a have mean m_ab/N_b and variance g_ab²/N_b. The autocovariances obey
    Δ_a'' = Δ_a − Σ g_ab² C_b(τ) − D − σ²δ(τ), where C_b = ⟨φ(x(t))φ(x(t + τ))⟩ over Gaussian x of mean μ_b and
    autocovariance Δ_b, and μ_a = Σ m_ab⟨φ⟩_b + drive_a (Kadmon & Sompolinsky 2015; Schuecker et al. 2018). They are
    iterated from fluctuations that are fast, on lags up to `longest`.

    Parameters
    ----------
    g : float or array_like, shape (B, B)
        Gains of the random weights, ≥ 0, post × pre.
    D : float, default 0
        Variance of the frozen input noise.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        φ; it need be no odd sigmoid.
    m : float or array_like, shape (B, B), default 0
        Means of the weights.
    drive : float or array_like, shape (B,), default 0
        Input to all units of a population.
    noise : float, default 0
        Amplitude σ of white noise in time, as that of `RandomNetwork.simulate`.
    longest : float, default 60
        Longest lag, in membrane time constants; some ten times the decay time, which grows without bound near the
        onset of chaos.
    dt : float, default 0.05
        Step of the lags, of which there may be 20,000.

    Returns
    -------
    FluctuatingState

    Raises
    ------
    ValueError
        If shapes differ, the activity grows without bound, or the iteration does not settle.

    Examples
    --------
    >>> fluctuating_state(2.0).variance.round(3)
    array([1.925])
    """
    gains, means = block_weights(g, m)
    n = len(gains)
    inputs, D = checks.one_or_each("drive", drive, n), checks.number("D", D, low=0, high=1e6)
    noise, phi = checks.number("noise", noise, low=0, high=1e3), transfer_function(transfer)
    dt = checks.number("dt", dt, above=0, high=0.5)
    steps = checks.steps("longest", longest, dt, low=10, high=20_000, unit="")
    lags, series = dt * np.arange(steps + 1), _HermiteSeries()
    # Of the circle of lags, whose far side is the longest, and what the noise alone makes there.
    filtered = 1 / (1 + (np.pi * np.arange(steps + 1) / (steps * dt)) ** 2)
    own = noise**2 / 2 * np.exp(-lags) + D
    mean, delta = inputs.copy(), np.ones((n, 1)) * np.exp(-lags) + D
    for _ in range(_ROUNDS):
        rates, covariances = _of_rates(series, phi.phi, mean, delta)
        spectra = np.fft.rfft(np.concatenate([covariances, covariances[:, -2:0:-1]], axis=1), axis=1).real
        following = gains**2 @ np.fft.irfft(spectra * filtered, 2 * steps, axis=1)[:, : steps + 1] + own
        next_mean = means @ rates + inputs
        change = max(float(np.abs(next_mean - mean).max()), float(np.abs(following - delta).max()))
        if not change < 1e9:
            raise ValueError(f"g, m and drive must let the activity stay finite, but with {phi.name!r} it grows")
        mean, delta = mean + _PACE * (next_mean - mean), delta + _PACE * (following - delta)
        if change < _SETTLED * max(float(delta[:, 0].max()), 1e-3):
            break
    else:
        raise ValueError(
            f"longest must be some ten times the decay time, but by lag {longest:g} the autocovariances did not settle"
        )
    rates, _ = _of_rates(series, phi.phi, mean, delta)
    _, slopes = _of_rates(series, phi.slope, mean, delta)
    radius = float(np.sqrt(np.abs(np.linalg.eigvals(gains**2 * slopes[:, 0])).max()))
    exponent = _exponent(1 - gains[0, 0] ** 2 * slopes[0], dt) if n == 1 else float("nan")
    return FluctuatingState(mean, delta[:, 0], delta[:, -1], rates, lags, delta, radius, exponent)


class _HermiteSeries:
    """C(Δ) = Σ c_k² (Δ/Δ₀)^k of a function of Gaussian variables, with its coefficients in Hermite polynomials."""

    def __init__(self) -> None:
        edges = np.linspace(-_REACH, _REACH, _NODES)
        # Midpoints: a kink costs little.
        self.z = (edges[1:] + edges[:-1]) / 2
        chance = np.exp(-(self.z**2) / 2)
        self.chance = chance / chance.sum()
        rows = [np.ones_like(self.z), self.z]
        for k in range(1, _TERMS - 1):
            rows.append((self.z * rows[k] - np.sqrt(k) * rows[k - 1]) / np.sqrt(k + 1))
        self.weights = np.stack(rows) * self.chance

    def __call__(self, function: Function, mean: float, delta: np.ndarray) -> tuple[float, np.ndarray]:
        """Return ⟨f⟩ and ⟨f(x(0))f(x(τ))⟩ for x of this mean and autocovariance."""
        values = function(mean + np.sqrt(max(delta[0], 0.0)) * self.z)
        squares = (self.weights @ values) ** 2
        ratio = np.clip(delta / delta[0], -1, 1) if delta[0] > 0 else np.zeros_like(delta)
        covariance = np.polynomial.polynomial.polyval(ratio, squares)
        covariance[0] = self.chance @ values**2
        return float(self.chance @ values), covariance


def _of_rates(
    series: _HermiteSeries, function: Function, mean: np.ndarray, delta: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    both = [series(function, float(a), b) for a, b in zip(mean, delta, strict=True)]
    return np.array([rate for rate, _ in both]), np.stack([covariance for _, covariance in both])


def _exponent(well: np.ndarray, dt: float) -> float:
    """λ = −1 + √(1 − E₀) with E₀ the ground state of −∂² + well(τ), which is even in τ."""
    diagonal, coupling = well + 2 / dt**2, np.full(len(well) - 1, -1 / dt**2)
    # The ground state is even: the first row couples to both neighbours, made symmetric by a factor of √2.
    coupling[0] *= np.sqrt(2)
    ground = eigh_tridiagonal(diagonal, coupling, eigvals_only=True, select="i", select_range=(0, 0))[0]
    # Where all units are saturated nothing is left but the leak, to rounding.
    return float(-1 + np.sqrt(max(1 - ground, 0.0)))
