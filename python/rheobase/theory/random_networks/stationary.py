"""States at rest of random networks of any transfer function, with mean weights, in one population or several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.theory.random_networks.transfer import TANH, Transfer, transfer_function

#: Standard deviations and nodes of the averages; a midpoint rule loses little at a kink.
_REACH, _NODES = 9.0, 20_001

#: Iterations, the part of each step that is made, and the change that counts as none.
_ROUNDS, _PACE, _SETTLED = 20_000, 0.2, 1e-12


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
    outliers : ndarray of complex, shape (B,)
        Eigenvalues that the mean weights make, to first order: those of m diag ⟨φ'⟩.
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
    edges = np.linspace(-_REACH, _REACH, _NODES)
    z = (edges[1:] + edges[:-1]) / 2
    chance = np.exp(-(z**2) / 2)
    chance /= chance.sum()
    mean, variance = checks.one_or_each("x0", x0, n).copy(), np.ones(n)

    def averages(function: object) -> np.ndarray:
        assert callable(function)
        return np.array([chance @ function(a + np.sqrt(b) * z) for a, b in zip(mean, variance, strict=True)])

    for _ in range(_ROUNDS):
        next_mean = means @ averages(phi.phi) + inputs
        next_variance = gains**2 @ averages(lambda x: phi.phi(x) ** 2) + D
        change = max(np.abs(next_mean - mean).max(), np.abs(next_variance - variance).max())
        if not change < 1e12:
            raise ValueError(f"g, m and x0 must let the activity stay finite, but with transfer {phi.name!r} it grows")
        mean, variance = mean + _PACE * (next_mean - mean), variance + _PACE * (next_variance - variance)
        if change < _SETTLED * max(1.0, float(variance.max())):
            break
    else:
        raise ValueError("the mean-field equations did not settle; another x0 may help")
    spread = gains**2 * averages(lambda x: phi.slope(x) ** 2)
    outliers = np.linalg.eigvals(means * averages(phi.slope)).astype(complex)
    radius = float(np.sqrt(np.abs(np.linalg.eigvals(spread)).max()))
    return StationaryState(mean, variance, averages(phi.phi), radius, outliers)


def block_weights(g: npt.ArrayLike, m: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return gains and means of the weights between populations, (B, B) each."""
    gains = np.atleast_2d(checks.array("g", g, low=0))
    if gains.ndim != 2 or gains.shape[0] != gains.shape[1]:
        raise ValueError(f"g must be a number or have shape (B, B), got {gains.shape}")
    means = checks.array("m", m)
    if means.shape not in ((), gains.shape):
        raise ValueError(f"m must be a number or have shape {gains.shape}, got {means.shape}")
    return gains, np.broadcast_to(means, gains.shape)
