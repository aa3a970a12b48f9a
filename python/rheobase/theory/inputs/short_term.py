"""What short-term plasticity delivers of a weight where senders are Poisson processes (Tsodyks & Markram 1997).

At a spike u is raised to 1 − s, (1 − s) x of the weight is delivered, and s x is left. From spike to spike, with Δ an
exponential interval, e = exp(−Δ/tau_facil) and d = exp(−Δ/tau_rec),

s' = (1 − U) (1 − e + e s),   x' = 1 − d + d s x,

so that the means of s^m, s^m x and s^m x² obey linear equations, in which those of the next powers of s stand with
factors that fall faster than exponentially with m.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import gammaln, roots_genlaguerre

from rheobase.models.circuit import Circuit, Connections
from rheobase.models.distributions import Distribution, Value
from rheobase.models.plasticity import Plasticity
from rheobase.units import PER_MS

#: Largest power of s, and the number of rates that stand for those of senders that differ.
_POWERS, _RATES = 60, 6

#: Number of synapses that stand for all, and of values of a distribution from which theirs are.
_SYNAPSES, _ALL = 16, 10_000

#: Shape of a gamma law above which it is taken as normal, and the smallest.
_NARROW, _WIDEST = 100.0, 1e-3

#: Part of a rate by which it is changed for a slope.
_STEP = 1e-4


@dataclass(frozen=True)
class Delivered:
    """What spikes deliver, next to the weight.

    Attributes
    ----------
    mean, square : float
        Mean over spikes, and mean square.
    between : float
        Variance over synapses of the mean over spikes of each.
    gain : float
        Change of what arrives in a ms where all senders fire more, next to `mean`: 1 without short-term plasticity.
    passed : float
        s.d. over senders of what they deliver in a ms next to that of their rates and to `mean`.
    """

    mean: float
    square: float
    between: float
    gain: float
    passed: float


@dataclass(frozen=True)
class ShortTerm:
    """Parameters of some of Tsodyks and Markram's synapses, that stand for all: U, and time constants, ms.

    Attributes
    ----------
    synapses : tuple of (float, float, float)
        U, tau_rec and tau_facil of each: of one where all are alike.
    """

    synapses: tuple[tuple[float, float, float], ...]

    @classmethod
    def of(cls, rule: Plasticity) -> ShortTerm | None:
        """Return what a rule is, or None if it is not of this kind."""
        if rule.rule.name != "TsodyksMarkram":
            return None
        named = enumerate(("U", "tau_rec", "tau_facil"))
        U, tau_rec, tau_facil = (_some(rule.parameters[name], np.random.default_rng(k)) for k, name in named)
        synapses = tuple(zip(np.minimum(U, 1).tolist(), tau_rec.tolist(), tau_facil.tolist(), strict=True))
        return cls(synapses[:1] if len(set(synapses)) == 1 else synapses)

    def delivered(self, rate: float, variance: float = 0.0) -> Delivered:
        """Return what spikes deliver at the senders' mean rate, Hz, and its variance, Hz²; rates as of a gamma law."""
        return _delivered(self, rate, variance)


def _some(value: Value, random: np.random.Generator) -> np.ndarray:
    """Return values of a parameter that stand for those of all synapses, in an order of their own."""
    values = np.ravel(value.sample(_ALL, random) if isinstance(value, Distribution) else value)
    return random.permutation(np.maximum(np.quantile(values, (np.arange(_SYNAPSES) + 0.5) / _SYNAPSES), 0.0))


def short_term(connections: Connections) -> ShortTerm | None:
    """Return the short-term plasticity of a projection; None where spikes deliver the weights themselves."""
    found = None if connections.plasticity is None else ShortTerm.of(connections.plasticity)
    if found is None:
        _check_delivered(connections, "or parts of them by TsodyksMarkram, for a theory of rates")
    return found


def steady_weight(connections: Connections) -> float:
    """Return the mean weight, with which connections begin, where spikes deliver it at any rate."""
    _check_delivered(connections, "for curves that are measured or given")
    return connections.mean_weight


def check_steady(circuit: Circuit, theory: str) -> None:
    """Raise where spikes deliver other than their weights; `theory` says what needs these."""
    for connections in circuit.projections:
        _check_delivered(connections, f"for {theory}")


def _check_delivered(connections: Connections, where: str) -> None:
    rule = connections.plasticity
    if rule is not None and not rule.delivers_weights:
        raise ValueError(
            f"spikes must deliver their weights {where}, not what the plasticity {rule.rule.name} of "
            f"{connections.name!r} makes of them"
        )


@lru_cache(maxsize=1024)
def _delivered(of: ShortTerm, rate: float, variance: float) -> Delivered:
    every = [_by_one(synapse, rate, variance) for synapse in of.synapses]
    means, squares, gains, passed = np.array([(d.mean, d.square, d.gain, d.passed) for d in every]).T
    mean = float(means.mean())
    if mean == 0:
        return Delivered(0.0, 0.0, 0.0, 1.0, 1.0)
    slopes = [float(np.mean(means * part)) / mean for part in (gains, passed)]
    return Delivered(mean, float(squares.mean()), float(means.var()), *slopes)


def _by_one(synapse: tuple[float, float, float], rate: float, variance: float) -> Delivered:
    """Return what spikes of all senders would deliver through synapses alike."""
    if rate <= 0 or synapse[0] == 0:
        return Delivered(synapse[0], synapse[0] ** 2, 0.0, 1.0, 1.0)
    rates, weights = _rates(rate, variance)
    found = np.array([_released(synapse, r) for r in rates.tolist()]).T
    more = np.array([_released(synapse, r)[0] for r in (rates * (1 + _STEP)).tolist()])
    sent, square = rates * found[0], float(weights @ (rates * found[1])) / rate
    mean = float(weights @ sent) / rate
    gain = float(weights @ (rates * (1 + _STEP) * more - sent)) / (_STEP * rate * mean)
    spread = float(weights @ (sent - mean * rate) ** 2)
    return Delivered(mean, square, 0.0, gain, float(np.sqrt(spread / variance)) / mean if variance > 0 else gain)


def _rates(rate: float, variance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return rates, Hz, and weights that stand for a gamma law, or for the normal law that it is if it is narrow."""
    if variance <= 0:
        return np.array([rate]), np.ones(1)
    shape = max(rate**2 / variance, _WIDEST)
    if shape > _NARROW:
        z, weights = hermegauss(_RATES)
        return rate * (1 + z / np.sqrt(shape)), weights / weights.sum()
    x, weights = roots_genlaguerre(_RATES, shape - 1)
    return x * rate / shape, weights / weights.sum()


@lru_cache(maxsize=4096)
def _released(synapse: tuple[float, float, float], rate: float) -> tuple[float, float]:
    """Return mean and mean square of (1 − s) x at a rate, Hz."""
    of_s, next_power = np.ones(_POWERS + 1), np.eye(_POWERS + 1, k=1)
    next_power[-1, -1] = 1.0
    none, once, twice = (_left(synapse, PER_MS * rate, k) for k in range(3))
    for m in range(1, _POWERS + 1):
        of_s[m] = none[m, :m] @ of_s[:m] / (1 - none[m, m])
    of_x = np.linalg.solve(np.eye(_POWERS + 1) - once @ next_power, (none - once) @ of_s)
    known = (none - 2 * once + twice) @ of_s + 2 * (once - twice) @ next_power @ of_x
    of_square = np.linalg.solve(np.eye(_POWERS + 1) - twice @ next_power @ next_power, known)
    return float(of_x[0] - of_x[1]), float(of_square[0] - 2 * of_square[1] + of_square[2])


def _left(synapse: tuple[float, float, float], per_ms: float, k: int) -> np.ndarray:
    """Return by which factors means of s'^m d^k follow from those of s^j, [m, j], at a rate per ms.

    (1 − U)^m binom(m, j) times the mean of e^j (1 − e)^(m − j) d^k, which is a beta function.
    """
    m, j = np.arange(_POWERS + 1)[:, None], np.arange(_POWERS + 1)
    U, tau_rec, tau_facil = synapse
    kept = (1 - U) ** m
    if tau_facil == 0:
        return np.asarray(kept * np.where(j == 0, per_ms / (per_ms + k / tau_rec), 0.0))
    rates = np.array([per_ms, per_ms + k / tau_rec]) * tau_facil
    with np.errstate(invalid="ignore", over="ignore"):
        factors = np.exp(gammaln(m + 1) - gammaln(j + 1) + gammaln(rates[1] + j) - gammaln(rates[1] + m + 1))
    return np.asarray(np.where(j <= m, kept * rates[0] * factors, 0.0))
