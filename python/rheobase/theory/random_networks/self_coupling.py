"""Random networks whose units excite themselves: where silence ends, and fixed points of units with two states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.theory.random_networks.disorder import gain, noise_variance
from rheobase.theory.random_networks.gaussian_averages import legendre, variance_of_no
from rheobase.theory.random_networks.transfer import TANH, Transfer, odd_sigmoid

#: Standard deviations that averages reach.
_REACH = 14

#: Largest weight of a unit on itself: its two states are then as far apart.
_STRONGEST = 1e6


def critical_gain(symmetry: float = 0.0, self_coupling: float = 0.0, transfer: Transfer | str = TANH) -> float:
    """Return the gain above which x = 0 of x' = −x + sφ(x) + Jφ(x) is unstable, as N → ∞.

    The rightmost point of the ellipse of eigenvalues of J is g (1 + symmetry), so that silence ends where
    (s + g (1 + symmetry)) φ'(0) = 1 (Sommers et al. 1988; Stern, Sompolinsky & Abbott 2014).

    Parameters
    ----------
    symmetry : float, default 0
        Correlation of J_ij with J_ji, from −1 to 1; at −1 no gain makes silence unstable.
    self_coupling : float, default 0
        Weight s of each unit on itself.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        φ, an odd sigmoid.

    Returns
    -------
    float
        0 where self-coupling alone makes silence unstable, infinite where nothing does.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or φ is no odd sigmoid.

    Examples
    --------
    >>> critical_gain(symmetry=0.25), critical_gain(self_coupling=0.4)
    (0.8, 0.6)
    """
    symmetry = checks.number("symmetry", symmetry, low=-1, high=1)
    room = odd_sigmoid(transfer).critical_gain - checks.number("self_coupling", self_coupling)
    if room <= 0:
        return 0.0
    return room / (1 + symmetry) if symmetry > -1 else np.inf


@dataclass(frozen=True, eq=False, repr=False)
class AlignedRest(Brief):
    """Fixed points of x' = −x + sφ(x) + Jφ(x) + η in which each unit has the sign of its input, as N → ∞.

    Attributes
    ----------
    input_variance : float
        Of the Gaussian input Jφ(x) + η over units.
    variance : float
        ⟨x²⟩.
    mean_square_rate : float
        ⟨φ²⟩.
    radius : float
        g√⟨(φ'/(1 − sφ'))²⟩, below 1 where they are stable.
    edge : float
        Largest real part of the eigenvalues of the Jacobian.
    """

    input_variance: float
    variance: float
    mean_square_rate: float
    radius: float
    edge: float


def aligned_rest(g: float, self_coupling: float, D: float = 0.0, transfer: Transfer | str = TANH) -> AlignedRest:
    """Return the fixed points of a network of self-coupled units that are most stable.

    With s φ'(0) > 1 a unit alone has two stable states, and a network of weak weights has fixed points for most
    choices of them. Those in which each unit has the sign of its input lie on the flattest parts of φ: x = sφ(x) + z
    with x z > 0 and z ~ N(0, q), q = g²⟨φ²⟩ + D. The eigenvalues λ of the Jacobian fill the region
    ``g²⟨φ'² / |λ + 1 − sφ'|²⟩ ≥ 1`` (Stern, Sompolinsky & Abbott 2014). With weaker s the state is that in which x is
    a function of z, and silence where that is stable.

    Parameters
    ----------
    g : float
        Gain, ≥ 0.
    self_coupling : float
        Weight s of each unit on itself.
    D : float, default 0
        Variance of the frozen input noise, ≥ 0.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        φ, an odd sigmoid.

    Returns
    -------
    AlignedRest

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, φ is no odd sigmoid, or the activity grows without bound.

    Examples
    --------
    >>> round(aligned_rest(0.5, 2.0).edge, 3)
    -0.827
    """
    g, D, phi = gain(g), noise_variance(D), odd_sigmoid(transfer)
    s = checks.number("self_coupling", self_coupling, low=-_STRONGEST, high=_STRONGEST)
    variance = _input_variance(g, s, D, phi)
    x, chance = _units(s, variance, phi)
    slope = phi.slope(x)
    return AlignedRest(
        input_variance=variance,
        variance=float(chance @ x**2),
        mean_square_rate=float(chance @ phi.phi(x) ** 2),
        radius=float(g * np.sqrt(chance @ (slope / (1 - s * slope)) ** 2)),
        edge=_edge(g, s, slope, chance, phi),
    )


def largest_stable_gain(self_coupling: float, D: float = 0.0, transfer: Transfer | str = TANH) -> float:
    """Return the gain above which no fixed point of a network of self-coupled units is stable, as N → ∞.

    That is where `aligned_rest` has radius 1, or, with s φ'(0) ≤ 1 and D = 0, where silence ends. Above it there is
    chaos for ever; below it, close to it, chaos may last long before a fixed point is met.

    Parameters
    ----------
    self_coupling : float
        Weight s of each unit on itself.
    D : float, default 0
        Variance of the frozen input noise, ≥ 0.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        φ, an odd sigmoid.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, φ is no odd sigmoid, or no gain up to 10¹² makes all fixed points unstable.

    Examples
    --------
    >>> round(largest_stable_gain(0.4), 6)
    0.6
    """
    D, phi = noise_variance(D), odd_sigmoid(transfer)
    s = checks.number("self_coupling", self_coupling, low=-_STRONGEST, high=_STRONGEST)
    if D == 0 and s <= phi.critical_gain:
        return critical_gain(0.0, s, phi)

    def excess(log_gain: float) -> float:
        return aligned_rest(np.exp(log_gain), s, D, phi).radius - 1

    high = 0.0
    while excess(high) <= 0:
        high += 1
        if high > np.log(1e12):
            raise ValueError(f"self_coupling and D must leave a gain that makes rest unstable, got {s:g} and {D:g}")
    low = high - 1
    while excess(low) > 0:
        low -= 1
    return float(np.exp(brentq(excess, low, high, xtol=1e-14)))


def _state_alone(s: float, phi: Transfer) -> float:
    """Return x ≥ 0 with x = sφ(x): the positive state of a unit without input, 0 where it has none."""
    if s <= phi.critical_gain:
        return 0.0
    return float(_states(s, np.zeros(1), phi)[0])


def _states(s: float, z: np.ndarray, phi: Transfer) -> np.ndarray:
    """Return the largest solution of x = sφ(x) + z, for z ≥ 0."""
    # φ bends down: Newton's method approaches from above where s > 0, from below where s < 0, and never passes.
    x = np.zeros_like(z)
    if s > 0:
        x = z + 1.0
        while (low := x - s * phi.phi(x) - z < 0).any():
            x[low] *= 2
    for _ in range(200):
        step = (x - s * phi.phi(x) - z) / (1 - s * phi.slope(x))
        x = x - step
        if (np.abs(step) <= 1e-15 * (1e-300 + np.abs(x))).all():
            break
    return x


def _units(s: float, variance: float, phi: Transfer) -> tuple[np.ndarray, np.ndarray]:
    """Return states x > 0 and their probabilities."""
    if variance == 0:
        return np.array([_state_alone(s, phi)]), np.ones(1)
    z, chance = _half_normal(variance)
    return _states(s, z, phi), chance


def _half_normal(variance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes z > 0 and probabilities for averages of even functions, which bend at 0, over N(0, `variance`)."""
    spread = np.sqrt(variance)
    scale = min(1.0, spread)
    # As z = scale sinh t, in panels of Gauss and Legendre.
    ends = np.linspace(0, np.arcsinh(_REACH * spread / scale), 2 + int(2 * np.arcsinh(_REACH * spread / scale)))
    nodes, weights = legendre(16)
    t = (ends[:-1, None] + np.diff(ends)[:, None] * nodes).ravel()
    z = scale * np.sinh(t)
    chance = np.exp(-(z**2) / (2 * variance)) * np.cosh(t) * np.tile(weights, len(ends) - 1)
    return z, chance / chance.sum()


def _input_variance(g: float, s: float, D: float, phi: Transfer) -> float:
    """Return q = g²⟨φ²⟩ + D; the nonzero solution where there is one."""
    if D == 0 and (g == 0 or g <= critical_gain(0.0, s, phi)):
        return 0.0

    def excess(log_variance: float) -> float:
        variance = np.exp(log_variance)
        x, chance = _units(s, variance, phi)
        return float((g**2 * (chance @ phi.phi(x) ** 2) + D) / variance - 1)

    refusal = f"g must let the activity stay finite, but with transfer {phi.name!r} it grows at {g:g}"
    return variance_of_no(excess, np.log(D + g**2), 1.0, 40.0, refusal)


def _edge(g: float, s: float, slope: np.ndarray, chance: np.ndarray, phi: Transfer) -> float:
    """Return the largest real λ with g²⟨φ'²/(λ + 1 − sφ')²⟩ ≥ 1, or that of units alone."""
    alone = s * (
        1 / phi.critical_gain if s <= phi.critical_gain else float(phi.slope(np.array([_state_alone(s, phi)]))[0])
    )
    alone = max(alone, 0.0) - 1

    def excess(beyond: float) -> float:
        return float(g**2 * (chance @ (slope / (alone + beyond + 1 - s * slope)) ** 2) - 1)

    reach = g / phi.critical_gain
    closest = 1e-9 * reach
    if g == 0 or excess(closest) <= 0:
        return alone
    return alone + float(brentq(excess, closest, reach * (1 + 1e-9), xtol=1e-15))
