"""The rate of a neuron that adapts on the average: white noise, and an adaptation current that does not fluctuate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from rheobase import checks
from rheobase.models.neurons import Neuron
from rheobase.theory.membranes import Membrane, inputs, lowest_potential
from rheobase.theory.neurons.adaptation import ADAPTING, Adaptation, AdaptingMembrane, adapting
from rheobase.theory.neurons.noiseless import Noiseless
from rheobase.theory.neurons.threshold_integration import ThresholdIntegration
from rheobase.units import PER_MS

#: s.d. of the free potential next to V_th - V_re below which the noise is left out.
_FAINT = 1e-3

#: Intervals of the grids, and the fastest spikes, 1/ms, that an adaptation is looked for with.
_POINTS, _FASTEST = 1000, 10.0

#: Number of inputs above which rates are interpolated, and the least rate, Hz, at which a mean potential is found.
_MANY, _LEAST = 40, 1e-9


@dataclass(frozen=True)
class MeanAdaptation:
    """f–I curve of an adapting neuron in white noise, with the adaptation that its mean rate and potential lead to.

    It is what `AdaptingNeuron` starts from, and quick: good where spikes add little to an adaptation that lasts for
    many of them.

    Attributes
    ----------
    neuron : Neuron or AdaptingMembrane
        ``rb.AdEx`` or ``rb.Izhikevich``.
    sigma : float
        s.d. of the free membrane potential without adaptation, mV: the noise is σ √(2 τ_m) ξ(t).

    Raises
    ------
    ValueError, TypeError
        If the neuron is of another model.

    Examples
    --------
    >>> MeanAdaptation(rb.AdEx(), sigma=5.0)([10.0, 20.0]).round(1)
    array([ 2.6, 14.1])
    """

    neuron: Neuron | AdaptingMembrane
    sigma: float = 5.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "_adapting", adapting_or_error(self.neuron))
        checks.field(self, "sigma", low=0, unit="mV")

    @property
    def membrane(self) -> Membrane:
        """The neuron without its adaptation."""
        return self.__dict__["_adapting"].membrane

    @property
    def adaptation(self) -> Adaptation:
        """Its adaptation."""
        return self.__dict__["_adapting"].adaptation

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate, Hz, at mean input `I`, mV."""
        mean = inputs(I)
        if mean.size > _MANY:
            return self._interpolated(mean)
        return self._one_by_one(mean)

    def derivative(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gain dr/dI, Hz/mV: the response to a modulation that the adaptation follows."""
        mean = inputs(I)
        return np.array([self.response(0.0, float(x)).real for x in mean.flat]).reshape(mean.shape)

    def current(self, I: float) -> float:  # noqa: E741
        """Return the mean adaptation current, mV, at mean input `I`, mV."""
        mean, w, m = float(inputs(checks.number("I", I, unit="mV"))), self.adaptation, self.membrane
        follows = [w.at(0.0, V) for V in (lowest_potential(m, mean, max(self.sigma, self._faint)), m.V_th)]
        low = min(follows) + min(w.b, 0.0) * w.tau_w * _FASTEST
        rate = PER_MS * self._without(mean - low)[0] if w.b > 0 else 0.0
        high = max(follows) + max(w.b, 0.0) * w.tau_w * rate

        def excess(current: float) -> float:
            rate, potential = self._without(mean - current)
            return w.at(PER_MS * rate, potential) - current

        return float(brentq(excess, low - 1e-6, high + 1e-6, xtol=1e-8, rtol=1e-10))

    def response(self, frequencies: npt.ArrayLike, I: float) -> np.ndarray:  # noqa: E741
        """Return the linear response of the rate to a modulated input, Hz/mV: slow ones are what adaptation takes away.

        The adaptation follows the modulated rate and potential with 1/(1 + 2πi f τ_w).

        Parameters
        ----------
        frequencies : array_like
            Hz.
        I : float
            Mean input, mV.

        Returns
        -------
        ndarray of complex, of the shape of `frequencies`

        Examples
        --------
        >>> abs(MeanAdaptation(rb.AdEx(), sigma=5.0).response([0.0, 10.0], I=15.0)).round(2)
        array([1.2 , 1.85])
        """
        hertz, effective = self._at(frequencies, I)
        by_rate, by_potential = self._following(hertz, effective)
        alone = self._noisy.response(hertz, effective)
        return np.asarray(alone / (1 + by_potential + alone * by_rate))

    def power_spectrum(self, frequencies: npt.ArrayLike, I: float) -> np.ndarray:  # noqa: E741
        """Return the power spectrum of the spike train, Hz: that without adaptation, which fights slow fluctuations.

        Parameters
        ----------
        frequencies : array_like
            Hz.
        I : float
            Mean input, mV.

        Returns
        -------
        ndarray, of the shape of `frequencies`
        """
        hertz, effective = self._at(frequencies, I)
        by_rate, by_potential = self._following(hertz, effective)
        turn = self._noisy.response(hertz, effective) * by_rate / (1 + by_potential)
        return np.asarray(self._noisy.power_spectrum(hertz, effective) / np.abs(1 + turn) ** 2)

    def _at(self, frequencies: npt.ArrayLike, I: float) -> tuple[np.ndarray, float]:  # noqa: E741
        """Return frequencies, Hz, and the mean input that the adaptation leaves, mV."""
        hertz, mean = checks.reals("frequencies", frequencies), checks.number("I", I, unit="mV")
        return hertz, mean - self.current(mean)

    def _following(self, hertz: np.ndarray, effective: float) -> tuple[np.ndarray, np.ndarray]:
        """Return how the adaptation follows a modulated rate, mV/Hz, and, through the potential, the input, mV/mV."""
        w, h = self.adaptation, 0.01 * self._noisy.sigma
        slope = (self._without(effective + h)[1] - self._without(effective - h)[1]) / (2 * h)
        filtered = 1 / (1 + 2j * np.pi * PER_MS * hertz * w.tau_w)
        return w.b * w.tau_w * PER_MS * filtered, w.a * slope * filtered

    @property
    def _faint(self) -> float:
        """s.d. below which the noise is left out, mV."""
        return _FAINT * (self.membrane.V_th - self.membrane.V_re)

    @cached_property
    def _noisy(self) -> ThresholdIntegration:
        """The neuron without adaptation."""
        return ThresholdIntegration(self.membrane, max(self.sigma, self._faint), points=_POINTS)

    def _one_by_one(self, mean: np.ndarray) -> np.ndarray:
        """Return the rate, Hz, at each input, mV."""
        return np.array([self._without(x - self.current(x))[0] for x in mean.flat]).reshape(mean.shape)

    def _interpolated(self, mean: np.ndarray) -> np.ndarray:
        """Return rates, Hz, at many inputs, mV, from those at inputs that the adaptation has been taken away from."""
        low, high = float(mean.min()), float(mean.max())
        left = np.linspace(low - self.current(low) - 1e-6, high - self.current(high) + 1e-6, 4 * _MANY)
        rates, potentials = np.transpose([self._without(x) for x in left.tolist()])
        whole = left + [self.adaptation.at(PER_MS * r, V) for r, V in zip(rates, potentials, strict=True)]
        if (np.diff(whole) <= 0).any():
            return self._one_by_one(mean)
        return np.asarray(np.maximum(PchipInterpolator(whole, rates)(mean), 0.0))

    def _without(self, mean: float) -> tuple[float, float]:
        """Return rate, Hz, and mean potential, mV, at a mean input without adaptation, refractory neurons included."""
        m = self.membrane
        if self.sigma < self._faint:
            rate, density = float(Noiseless(m)(mean)), None
        else:
            rate = float(self._noisy(mean))
            density = self._noisy.stationary(mean) if rate > _LEAST else None
        if self.adaptation.a == 0:
            return rate, m.V_re
        refractory = PER_MS * rate * m.t_ref
        if density is not None:
            potential = density.mean
        elif rate > _LEAST:  # it passes each potential in a time as its speed there is slow
            V = np.linspace(m.V_re, m.V_th, 20 * _POINTS)
            potential = float(np.average(V, weights=1 / np.maximum(m.drift(V) + mean, 1e-9)))
        else:
            potential = _resting(m, mean)
        return rate, (1 - refractory) * potential + refractory * m.V_re


def adapting_or_error(neuron: Neuron | AdaptingMembrane) -> AdaptingMembrane:
    """Return membrane and adaptation of a neuron, or raise if it has none."""
    if not isinstance(neuron, (Neuron, AdaptingMembrane)):
        raise TypeError(f"neuron must be a neuron model such as rb.AdEx() or an AdaptingMembrane, got {neuron!r}")
    found = adapting(neuron)
    if found is None:
        known = ", ".join(ADAPTING)
        raise ValueError(f"neuron must be one of {known} or an AdaptingMembrane for this theory, got {neuron!r}")
    return found


def _resting(m: Membrane, mean: float) -> float:
    """Return the lowest potential at which a neuron without noise comes to rest, mV."""
    V = np.linspace(lowest_potential(m, mean, _FAINT * (m.V_th - m.V_re)), m.V_th, 20 * _POINTS)
    falling = m.drift(V) + mean <= 0
    return float(V[int(np.argmax(falling))]) if falling.any() else m.V_re
