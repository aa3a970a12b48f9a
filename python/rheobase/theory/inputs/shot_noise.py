"""Mean and variance of what Poisson spikes through synapses give: currents, free potentials, conductances.

A source of rate r sends spikes through a synapse whose current has area j (mV·ms) and is the unit-area kernel α. By
Campbell's theorem the current has mean j r and variance j² r ∫α²; the free membrane potential, filtered once more, has
the same mean above rest and variance j² r ∫(α * k)².
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement
from math import factorial, prod

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.units import PER_MS

#: Largest number of each kind, whose products and squares can still be computed.
_MAX = 1e60


@dataclass(frozen=True)
class ShotNoise:
    """Input from `sources` independent Poisson processes through equal synapses.

    Attributes
    ----------
    rate : float
        Of one source, Hz.
    weight : float
        Area of the current of a spike, mV·ms; in `effective_membrane` of the conductance over the leak, ms.
    tau : float or sequence of float
        Time constants of the kernel, ms: none for a delta synapse, one for an exponential, rise and decay for a
        difference of exponentials, twice the same for an alpha function.
    sources : float
        How many.

    Raises
    ------
    ValueError, TypeError
        If a rate or number is negative, a time constant not positive, or there are more than two.

    Examples
    --------
    >>> ShotNoise(rate=8, weight=15, tau=5, sources=200).mean
    24.0
    """

    rate: float
    weight: float
    tau: float | Sequence[float] = ()
    sources: float = 1.0

    def __post_init__(self) -> None:
        checks.field(self, "rate", low=0, high=_MAX)
        checks.field(self, "weight", low=-_MAX, high=_MAX)
        checks.field(self, "sources", low=0, high=_MAX)
        tau = np.atleast_1d(checks.array("tau", self.tau, above=0))
        if tau.ndim != 1 or len(tau) > 2:
            raise ValueError(f"tau must hold at most two time constants, got {self.tau!r}")
        object.__setattr__(self, "tau", tuple(tau.tolist()))

    @property
    def mean(self) -> float:
        """Mean current, mV (eq. 2.4)."""
        return PER_MS * self.sources * self.rate * self.weight

    @property
    def intensity(self) -> float:
        """Intensity of the white noise that is as strong at low frequencies, mV²·ms."""
        return PER_MS * self.sources * self.rate * self.weight**2

    @property
    def variance(self) -> float:
        """Variance of the current, mV²; infinite for a delta synapse."""
        return self.intensity * squared_area(self.tau) if self.tau else np.inf  # type: ignore[arg-type]

    def membrane_variance(self, tau_m: float) -> float:
        """Return the variance of the free membrane potential, mV², at membrane time constant `tau_m`, ms."""
        return self.intensity * squared_area([*self.tau, checks.number("tau_m", tau_m, above=0)])  # type: ignore[misc]


@dataclass(frozen=True)
class InputMoments:
    """Mean and fluctuations of a sum of inputs.

    Attributes
    ----------
    mean : float
        Mean current, mV: how far the mean free potential is above rest.
    current_std : float
        s.d. of the current, mV.
    membrane_std : float
        s.d. of the free membrane potential, mV.
    """

    mean: float
    current_std: float
    membrane_std: float


def input_moments(inputs: Sequence[ShotNoise], tau_m: float) -> InputMoments:
    """Return the moments of the sum of independent inputs.

    Parameters
    ----------
    inputs : sequence of ShotNoise
    tau_m : float
        Membrane time constant, ms.

    Returns
    -------
    InputMoments

    Examples
    --------
    >>> excitation, inhibition = ShotNoise(8, 15, 5, 200), ShotNoise(15, -15, 5, 50)
    >>> moments = input_moments([excitation, inhibition], tau_m=10)
    >>> moments.mean, round(moments.current_std, 3), round(moments.membrane_std, 3)
    (12.75, 7.272, 4.198)
    """
    inputs = _checked(inputs)
    return InputMoments(
        sum(x.mean for x in inputs),
        float(np.sqrt(sum(x.variance for x in inputs))),
        float(np.sqrt(sum(x.membrane_variance(tau_m) for x in inputs))),
    )


def squared_area(tau: Sequence[float]) -> float:
    """Return ∫h² of the convolution h of one, two or three exponential kernels of unit area, 1/ms.

    Parameters
    ----------
    tau : sequence of one to three floats
        Time constants, ms.

    Returns
    -------
    float

    Examples
    --------
    >>> squared_area([5.0, 10.0])  # 1/(2 (τ₁ + τ₂))
    0.03333333333333333
    """
    return area_of_square(tuple(checks.array("tau", tau, shape=(None,), above=0).tolist()))


@lru_cache(maxsize=1024)
def area_of_square(times: tuple[float, ...]) -> float:
    """Return the same of time constants that are known to be right."""
    if len(times) == 1:
        return 1 / (2 * times[0])
    if len(times) == 2:
        return 1 / (2 * (times[0] + times[1]))
    if len(times) == 3:
        a, b, c = times
        return (a * b + b * c + a * c) / (2 * (a + b) * (b + c) * (a + c))
    raise ValueError(f"tau must hold one to three time constants, got {len(times)}")


@lru_cache(maxsize=1024)
def area_of_power(tau: tuple[float, ...], power: int) -> float:
    """Return ∫h^power of the convolution h of exponential kernels of unit area: what a cumulant of shot noise takes.

    Of up to two kernels it is an integral of Euler's. Of three, time constants that are about equal are parted by 3 %,
    which the integral does not see to first order.
    """
    n = len(tau)
    if n == 1:
        return float(1 / (power * tau[0] ** (power - 1)))
    if n == 2:
        a, b = tau
        return factorial(power) / ((a * b) ** power * prod((power - k) / a + k / b for k in range(power + 1)))
    times = np.sort(tau)
    if (np.diff(times) < 0.03 * times[1:]).any():
        times = times * (1 + 0.03 * (np.arange(n) - (n - 1) / 2))
    apart = times[:, None] - times + np.eye(n)
    amplitudes = times ** (n - 2) / apart.prod(axis=1)
    terms = combinations_with_replacement(range(n), power)
    # Each choice of exponentials comes in as many orders as the multinomial coefficient says.
    return float(
        sum(
            factorial(power)
            / np.prod([factorial(k) for k in np.bincount(term)])
            * np.prod(amplitudes[list(term)])
            / np.sum(1 / times[list(term)])
            for term in terms
        )
    )


def quenched_variance(rate: npt.ArrayLike, weight: npt.ArrayLike, sources: npt.ArrayLike, p: npt.ArrayLike) -> float:
    """Return the variance over neurons of their mean inputs, ∑_b (j_b r_b)² N_b p_b (1 − p_b), mV².

    Each neuron draws each source with probability p, so that some have more inputs than others.

    Parameters
    ----------
    rate, weight, sources, p : float or array_like
        Rates (Hz), weights (mV·ms), numbers of sources and probabilities, one a presynaptic population.

    Returns
    -------
    float

    Examples
    --------
    >>> round(quenched_variance([8, 15], [16, -16], [2000, 500], 0.1) ** 0.5, 3)  # mV
    2.354
    """
    r, j = checks.reals("rate", rate, low=0, high=_MAX), checks.reals("weight", weight, low=-_MAX, high=_MAX)
    N, chance = checks.reals("sources", sources, low=0, high=_MAX), checks.reals("p", p, low=0, high=1)
    shapes = [x.shape for x in (r, j, N, chance)]
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(
            f"rate, weight, sources and p must be numbers or arrays of one shape, got the shapes {shapes}"
        ) from None
    return float(np.sum((PER_MS * j * r) ** 2 * N * chance * (1 - chance)))


@dataclass(frozen=True, eq=False, repr=False)
class EffectiveMembrane(Brief):
    """A passive membrane under conductance bombardment.

    Attributes
    ----------
    conductances : ndarray, shape (inputs,)
        Mean conductances ḡ_a over the leak.
    tau : float
        Effective time constant τ_m/(1 + ∑ ḡ_a), ms.
    V : float
        Effective rest (E_L + ∑ ḡ_a E_a)/(1 + ∑ ḡ_a), mV.
    variance : float
        Variance of the membrane potential in the effective-time-constant approximation, mV².
    current_weights : ndarray, shape (inputs,)
        Weights J_a (E_a − V) of the current-based synapses that do the same at V, mV·ms.
    """

    conductances: np.ndarray
    tau: float
    V: float
    variance: float
    current_weights: np.ndarray


def effective_membrane(
    inputs: Sequence[ShotNoise], reversals: npt.ArrayLike, *, tau_m: float, E_L: float
) -> EffectiveMembrane:
    """Return the effective membrane of a passive neuron with conductance-based synapses (book B.4).

    Parameters
    ----------
    inputs : sequence of ShotNoise
        Their weights are areas of the conductance over the leak, ms.
    reversals : array_like, shape (inputs,)
        Reversal potentials, mV.
    tau_m, E_L : float
        Membrane time constant, ms, and leak reversal potential, mV.

    Returns
    -------
    EffectiveMembrane

    Examples
    --------
    >>> drive = [ShotNoise(8, 0.3, 5, 200), ShotNoise(15, 8, 5, 50)]
    >>> m = effective_membrane(drive, [0, -75], tau_m=10, E_L=-72)
    >>> round(m.tau, 5), round(m.V, 4)
    (1.3369, -69.7861)
    """
    inputs = _checked(inputs)
    E = checks.reals("reversals", reversals, shape=(None,), low=-_MAX, high=_MAX)
    if len(E) != len(inputs):
        raise ValueError(f"reversals must be one per input of inputs, got {len(E)} for {len(inputs)}")
    tau_m, E_L = checks.number("tau_m", tau_m, above=0), checks.number("E_L", E_L, low=-_MAX, high=_MAX)
    g = np.array([x.mean for x in inputs])
    if (g < 0).any():
        raise ValueError(f"weights of conductances must be >= 0, got {min(x.weight for x in inputs):g}")
    total = 1 + g.sum()
    tau, V = tau_m / total, float((E_L + g @ E) / total)
    weights = np.array([x.weight for x in inputs]) * (E - V)
    effective = [ShotNoise(x.rate, w / total, x.tau, x.sources) for x, w in zip(inputs, weights, strict=True)]
    return EffectiveMembrane(g, float(tau), V, float(sum(x.membrane_variance(tau) for x in effective)), weights)


def _checked(inputs: Sequence[ShotNoise]) -> list[ShotNoise]:
    given = checks.items("inputs", inputs, "a sequence of ShotNoise")
    return [checks.instance(f"inputs[{k}]", x, ShotNoise, "a ShotNoise") for k, x in enumerate(given)]
