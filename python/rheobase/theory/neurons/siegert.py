"""The rate of a leaky integrate-and-fire neuron in noise: Siegert's formula, safe over the whole range.

The neuron is τ_m V' = −(V − E_L) + I + σ √(2 τ_m) ξ(t), so that σ is the s.d. of its free membrane potential. (Brunel's
σ is √2 times as large.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import dawsn, erfc, erfcx

from rheobase import checks
from rheobase.models.neurons import Neuron
from rheobase.theory.membranes import Membrane, inputs_and_sigma, leaky, parameters_of
from rheobase.units import PER_MS

#: |ζ(1/2)|/√2, the shift of threshold and reset by filtered synapses in units of √2 σ √(τ_s/τ_m).
_SHIFT = 1.4603545088095868 / np.sqrt(2)


@cache
def _quadrature() -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights of Gauss and Legendre on [-1, 1].

    At the first use: what makes them keeps threads of BLAS spinning, which an import must not.
    """
    return np.polynomial.legendre.leggauss(64)


@dataclass(frozen=True)
class Siegert:
    """f–I curve of a leaky integrate-and-fire neuron in Gaussian noise.

    With a = (V_re − E_L − I)/(√2 σ) and b = (V_th − E_L − I)/(√2 σ) the mean interval is
    t_ref + τ_m √π ∫_a^b e^{u²} (1 + erf u) du (Siegert 1951; Brunel 2000). Synapses with time constant `tau_s` add
    ``|ζ(1/2)|/√2 · √(τ_s/τ_m)`` to both bounds, to first order in √(τ_s/τ_m) (Fourcaud & Brunel 2002). Without noise
    the interval is that of the noiseless neuron.

    Attributes
    ----------
    tau_m : float
        Membrane time constant, ms.
    E_L, V_th, V_re : float
        Rest, threshold and reset, mV.
    t_ref : float
        Refractory period, ms.
    sigma : float
        s.d. of the free membrane potential in white noise of the same intensity, mV. A drive of K r spikes per second
        of area j (mV·ms) has σ² = K r j²/(2 τ_m); a delta synapse of w mV has j = w τ_m.
    tau_s : float
        Synaptic time constant, ms; 0 for white noise.

    Raises
    ------
    ValueError, TypeError
        If V_re is not below V_th, or a time or σ is out of range.

    Examples
    --------
    >>> f = Siegert(tau_m=20, E_L=0, V_th=20, V_re=10, t_ref=2, sigma=5)
    >>> f([10.0, 20.0, 30.0]).round(3)
    array([ 4.749, 32.782, 68.96 ])
    """

    tau_m: float = 10.0
    E_L: float = -72.0
    V_th: float = -55.0
    V_re: float = -75.0
    t_ref: float = 0.0
    sigma: float = 1.0
    tau_s: float = 0.0

    def __post_init__(self) -> None:
        checks.field(self, "tau_m", above=0)
        checks.field(self, "E_L")
        checks.field(self, "V_th")
        checks.field(self, "V_re")
        if not self.V_re < self.V_th:
            raise ValueError(f"V_re must be < V_th = {self.V_th:g}, got {self.V_re:g}")
        for name in ("t_ref", "sigma", "tau_s"):
            checks.number(name, getattr(self, name), low=0)

    @classmethod
    def of(cls, neuron: Neuron, sigma: float, tau_s: float = 0.0) -> Siegert:
        """Return the curve of an `rb.LIF`, its parameters averaged over neurons.

        Examples
        --------
        >>> Siegert.of(rb.LIF(tau_m=20), sigma=5.0).tau_m
        20.0
        """
        if not isinstance(neuron, Neuron) or neuron.model.name != "LIF":
            raise TypeError(f"neuron must be an rb.LIF for Siegert's formula, got {neuron!r}")
        return cls(**parameters_of(neuron), sigma=sigma, tau_s=tau_s)

    @property
    def membrane(self) -> Membrane:
        """The neuron in white noise of the same `sigma`, with threshold and reset where filtered synapses put them."""
        shift = threshold_shift(self.sigma, self.tau_s, self.tau_m)
        return leaky(self.tau_m, self.E_L, self.V_th + shift, self.V_re + shift, self.t_ref)

    def __call__(self, I: npt.ArrayLike, sigma: npt.ArrayLike | None = None) -> np.ndarray:  # noqa: E741
        """Return the rate, Hz, at mean input `I`, mV, and s.d. `sigma`, mV (by default the curve's own)."""
        mean, spread = inputs_and_sigma(I, self.sigma if sigma is None else sigma)
        return np.where(spread > 0, self._noisy(mean, spread)[0], self._noiseless(mean)[0])

    def derivative(self, I: npt.ArrayLike, sigma: npt.ArrayLike | None = None) -> np.ndarray:  # noqa: E741
        """Return the gain dr/dI, Hz/mV."""
        mean, spread = inputs_and_sigma(I, self.sigma if sigma is None else sigma)
        return np.where(spread > 0, self._noisy(mean, spread)[1], self._noiseless(mean)[1])

    def derivative_sigma(self, I: npt.ArrayLike, sigma: npt.ArrayLike | None = None) -> np.ndarray:  # noqa: E741
        """Return dr/dσ, Hz/mV, for σ > 0."""
        mean, spread = inputs_and_sigma(I, self.sigma if sigma is None else sigma)
        return np.where(spread > 0, self._noisy(mean, spread)[2], 0.0)

    def _noisy(self, mean: np.ndarray, sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rate and its derivatives by mean and s.d., relative to e^{b²} where b > 0, so as not to overflow."""
        sigma = np.where(sigma > 0, sigma, 1.0)
        shift = _SHIFT * np.sqrt(self.tau_s / self.tau_m)
        below = (self.V_re - self.E_L - mean) / (np.sqrt(2) * sigma)
        above = (self.V_th - self.E_L - mean) / (np.sqrt(2) * sigma)
        a, b = below + shift, above + shift
        peak = np.maximum(b, 0.0) ** 2
        scale = np.exp(-peak)
        tau = np.sqrt(np.pi) * self.tau_m
        interval = scale * self.t_ref + tau * _scaled_integral(a, b, peak)
        rate = scale / (PER_MS * interval)
        at_a, at_b = _scaled_integrand(a, peak), _scaled_integrand(b, peak)
        slope = rate * tau / interval / sigma
        return rate, slope * (at_b - at_a) / np.sqrt(2), slope * (above * at_b - below * at_a)

    def _noiseless(self, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rate and gain without noise."""
        fires = mean > self.V_th - self.E_L
        from_threshold = np.where(fires, self.E_L + mean - self.V_th, 1.0)
        from_reset = np.where(fires, self.E_L + mean - self.V_re, 2.0)
        interval = self.t_ref + self.tau_m * np.log(from_reset / from_threshold)
        gain = self.tau_m / (PER_MS * interval**2) * (1 / from_threshold - 1 / from_reset)
        return np.where(fires, 1 / (PER_MS * interval), 0.0), np.where(fires, gain, 0.0)


def threshold_shift(sigma: float, tau_s: float, tau_m: float) -> float:
    """Return by how much filtered synapses move threshold and reset up, mV, in noise that is white but for that."""
    return float(_SHIFT * np.sqrt(2 * tau_s / tau_m) * sigma)


def _scaled_integrand(u: np.ndarray, peak: np.ndarray) -> np.ndarray:
    """Return e^{u² − peak} (1 + erf u), where peak ≥ u² for u > 0."""
    positive = np.exp(np.minimum(u**2 - peak, 0.0)) * erfc(-u)
    return np.where(u > 0, positive, np.exp(-peak) * erfcx(np.abs(u)))


def _scaled_integral(a: np.ndarray, b: np.ndarray, peak: np.ndarray) -> np.ndarray:
    """Return e^{−peak} ∫_a^b e^{u²} (1 + erf u) du.

    For u < 0 the integrand is erfcx|u|, for u > 0 it is 2 e^{u²} − erfcx u, and ∫_0^x e^{u²} du = e^{x²} dawsn x.
    """
    low, high = np.maximum(a, 0.0), np.maximum(b, 0.0)
    growing = 2 * (dawsn(high) - np.exp(low**2 - peak) * dawsn(low))
    left = _integral_of_erfcx(np.maximum(-b, 0.0), np.maximum(-a, 0.0))
    return growing + np.exp(-peak) * (left - _integral_of_erfcx(low, high))


def _integral_of_erfcx(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return ∫_p^q erfcx for 0 ≤ p ≤ q: with u = sinh t the integrand is flat, and Gauss–Legendre sums are exact."""
    start, stop = np.arcsinh(p), np.arcsinh(q)
    half = (stop - start) / 2
    nodes, weights = _quadrature()
    t = ((start + stop) / 2)[..., None] + half[..., None] * nodes
    return half * ((erfcx(np.sinh(t)) * np.cosh(t)) @ weights)
