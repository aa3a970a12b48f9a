"""States at rest of random networks of any transfer function, with mean weights, in one population or several."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.theory.random_networks.transfer import TANH, Transfer, transfer_function

#: Standard deviations and nodes of the averages; a midpoint rule loses little at a kink.
_REACH, _NODES = 9.0, 20_001

#: Spread next to which a state without any is taken.
_NARROW = 1e-6

#: Iterations, the longest first step, how much longer the next may be, and the change that counts as none.
_ROUNDS, _STEP, _LONGER, _SETTLED = 20_000, 0.25, 1.25, 1e-12


@dataclass(frozen=True, eq=False, repr=False)
class StationaryState(Brief):
    """Distribution over units of x = Jφ(x) + drive + η, at rest, as N → ∞.

    Attributes
    ----------
    mean, variance : ndarray, shape (B,)
        Of x in each population, where it is Gaussian.
    rates : ndarray, shape (B,)
        ⟨φ⟩ in each.
    radius : float
        Of the bulk of eigenvalues of J diag φ'(x): the state is stable below 1, unless a single one lies outside.
    outliers : ndarray of complex, shape (2B,)
        Single eigenvalues of J diag φ'(x), largest first; those within the radius are lost in the bulk. The state is
        unstable where a real part is above 1.
    """

    mean: np.ndarray
    variance: np.ndarray
    rates: np.ndarray
    radius: float
    outliers: np.ndarray


def stationary_state(
    g: npt.ArrayLike,
    D: float = 0.0,
    transfer: Transfer | str = TANH,
    *,
    m: npt.ArrayLike = 0.0,
    drive: npt.ArrayLike = 0.0,
    x0: npt.ArrayLike = 1.0,
) -> StationaryState:
    """Solve the mean-field equations of a random network at rest.

    The weights from population b to a have mean m_ab/N_b and variance g_ab²/N_b. The mean of x is μ_a = Σ m_ab⟨φ⟩_b +
    drive_a and its variance Δ_a = Σ g_ab²⟨φ²⟩_b + D, with averages over N(μ_b, Δ_b) (Kadmon & Sompolinsky 2015).
    The flow μ' = … − μ, Δ' = … − Δ is followed from `x0` to rest by implicit steps: strong inhibition, as in balanced
    networks, is no harder than weak.

    The outliers are the eigenvalues of the derivatives of both right-hand sides, by μ and by half of Δ: x depends on J,
    and so they are not those of m diag ⟨φ'⟩ alone (Mastrogiuseppe & Ostojic 2018).

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
    x0 : float or array_like, shape (B,), default 1
        Means to start from, where there are several solutions.

    Returns
    -------
    StationaryState

    Raises
    ------
    ValueError
        If shapes differ, or the activity grows without bound.

    Examples
    --------
    Chaos of rectified units sets in at g = √2, whatever the drive:

    >>> rectifier = Transfer("rectifier", lambda x: np.maximum(x, 0))
    >>> round(stationary_state(np.sqrt(2), transfer=rectifier, m=-2.0, drive=1.0).radius, 3)
    1.0
    """
    gains, means = block_weights(g, m)
    n = len(gains)
    inputs = checks.one_or_each("drive", drive, n)
    phi, D = transfer_function(transfer), checks.number("D", D, low=0)
    mean, variance = checks.one_or_each("x0", x0, n).copy(), np.ones(n)
    step, former = 0.0, np.inf
    for _ in range(_ROUNDS):
        averages = [_averages(phi, a, b) for a, b in zip(mean, variance, strict=True)]
        rates, squares = (np.array([getattr(each, name) for each in averages]) for name in ("rate", "square"))
        moves = np.concatenate([means @ rates + inputs - mean, gains**2 @ squares + D - variance])
        change = float(np.abs(moves).max())
        if not change < 1e12 * max(1.0, D):
            raise ValueError(f"g, m and x0 must let the activity stay finite, but with transfer {phi.name!r} it grows")
        if change < _SETTLED * max(1.0, float(variance.max())):
            break
        slopes = _linearised(gains, means, averages)
        if not step:
            fastest = float(np.linalg.eigvals(slopes).real.max()) - 1
            step = _STEP / max(1.0, fastest)
        step *= _LONGER if change < former else 1.0
        former = change
        moved = np.linalg.solve((1 / step + 1) * np.eye(2 * n) - slopes, moves)
        mean, variance = mean + moved[:n], np.maximum(variance + moved[n:], 0.0)
    else:
        raise ValueError("the mean-field equations did not settle; another x0 may help")
    outliers = np.linalg.eigvals(_linearised(gains, means, averages)).astype(complex)
    radius = np.sqrt(np.abs(np.linalg.eigvals(gains**2 * [each.square_slope for each in averages])).max())
    return StationaryState(mean, variance, rates, float(radius), outliers[np.argsort(-np.abs(outliers), kind="stable")])


@dataclass(frozen=True)
class _Averages:
    """⟨φ⟩, ⟨φ²⟩, ⟨φ'⟩, ⟨φφ'⟩, ⟨φ'²⟩, and by parts ⟨φ''⟩ and ⟨φ'² + φφ''⟩, which need no φ''."""

    rate: float
    square: float
    slope: float
    steepness: float
    square_slope: float
    bend: float
    square_bend: float


def _averages(phi: Transfer, mean: float, variance: float) -> _Averages:
    z, chance = _gaussian()
    # A state without spread has the averages of one that hardly has any.
    spread = max(np.sqrt(variance), _NARROW)
    x = mean + spread * z
    rate, slope = phi.phi(x), phi.slope(x)
    of = (rate, rate**2, slope, rate * slope, slope**2, slope * z / spread, rate * slope * z / spread)
    return _Averages(*(float(chance @ values) for values in of))


@cache
def _gaussian() -> tuple[np.ndarray, np.ndarray]:
    """Return midpoints and their probabilities in a normal distribution."""
    edges = np.linspace(-_REACH, _REACH, _NODES)
    z = (edges[1:] + edges[:-1]) / 2
    chance = np.exp(-(z**2) / 2)
    return z, chance / chance.sum()


def _linearised(gains: np.ndarray, means: np.ndarray, averages: list[_Averages]) -> np.ndarray:
    """Return the derivatives of the means and variances that follow from means and variances, (2B, 2B)."""
    slope, bend, steepness, square_bend = (
        np.array([getattr(each, name) for each in averages]) for name in ("slope", "bend", "steepness", "square_bend")
    )
    return np.block([[means * slope, means * bend / 2], [gains**2 * 2 * steepness, gains**2 * square_bend]])


def block_weights(g: npt.ArrayLike, m: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return gains and means of the weights between populations, (B, B) each."""
    gains = np.atleast_2d(checks.array("g", g, low=0))
    if gains.ndim != 2 or gains.shape[0] != gains.shape[1]:
        raise ValueError(f"g must be a number or have shape (B, B), got {gains.shape}")
    means = checks.array("m", m)
    if means.shape not in ((), gains.shape):
        raise ValueError(f"m must be a number or have shape {gains.shape}, got {means.shape}")
    return gains, np.broadcast_to(means, gains.shape)
