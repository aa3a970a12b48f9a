"""The rate of a neuron with adaptation in noise that synapses have filtered, with what the adaptation fluctuates by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from rheobase import checks
from rheobase.models.neurons import Neuron
from rheobase.theory.membranes import Membrane
from rheobase.theory.neurons.adaptation import Adaptation, AdaptingMembrane
from rheobase.theory.neurons.adapting_density import AdaptingDensity
from rheobase.theory.neurons.coloured_noise import ColouredNoise
from rheobase.theory.neurons.mean_adaptation import MeanAdaptation, adapting_or_error
from rheobase.units import PER_MS

#: Levels with which the mean of the adaptation is found, near which they lie then.
_COARSE = (2, 3)

#: Numbers of levels, and what a spike adds to the adaptation above which there are more, mV.
_LEVELS, _MORE_LEVELS, _LARGE = 3, 4, 4.0

#: Levels of neurons that burst, and the slope of the drift at the reset from which on they do: in the upstroke.
_OF_BURSTS, _IN_UPSTROKE = 7, 0.5

#: Of neurons that burst: levels with which mean and s.d. of the adaptation are found, the spread at which this begins
#: next to that of neurons that do not, and the spread of the levels next to the s.d.
_COARSE_OF_BURSTS, _WIDER, _BEYOND = (3, 4, 5), 3.0, 1.4

#: Distance over which that slope is found, mV.
_STEP = 1e-3

#: Smallest distance of levels next to σ, and next to what a spike adds.
_CLOSEST, _CLOSE = 0.05, 0.2


@dataclass(frozen=True)
class AdaptingNeuron(ColouredNoise):
    """f–I curve of a neuron with adaptation in noise that an exponential synapse has filtered.

    The density of V, of the current and of the adaptation is solved as a linear system (see `ColouredNoise`), in which
    the adaptation has a few levels: its mean, its variance and their correlations with the rest are right, however few
    spikes it lasts for. Responses and spectra hold the adaptation that follows them.

    Attributes
    ----------
    neuron : Neuron or AdaptingMembrane
        ``rb.AdEx`` or ``rb.Izhikevich``, whose parameters are averaged over neurons.
    sigma : float
        s.d. of the free membrane potential without adaptation, mV, above 0.
    tau_s : float
        Time constant of the synapse, ms, from 0.01, as good as white noise, to 10 membrane time constants, which is
        1 ms in Izhikevich's model.
    skewness, kurtosis, nodes
        See `ColouredNoise`; of neurons whose membrane relaxes more slowly at the reset than in τ_m, as Izhikevich's,
        τ_s is compared with that time.
    levels : int, optional
        Number of levels of the adaptation, from 2 to 8. Default: 3, or 4 where a spike adds more than 4 mV, or 7 where
        the reset lies in the upstroke, so that the neuron bursts.

    Raises
    ------
    ValueError, TypeError
        If the neuron is of another model, or a number is out of range.

    Examples
    --------
    >>> f = AdaptingNeuron(rb.AdEx(), sigma=5.0, tau_s=5.0)
    >>> f([10.0, 20.0]).round(1)
    array([ 2.3, 13.1])
    """

    neuron: Neuron | AdaptingMembrane  # type: ignore[assignment]
    levels: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_levels(self.levels)

    @property
    def adaptation(self) -> Adaptation:
        """Its adaptation."""
        return self.__dict__["_mean"].adaptation

    def _taken(self) -> Membrane:
        on_average = MeanAdaptation(adapting_or_error(self.neuron), self.sigma)
        object.__setattr__(self, "_mean", on_average)
        return on_average.membrane

    @property
    def _relaxation(self) -> float:
        """The same at the reset, where it may be longer than τ_m: 5 ms in Izhikevich's model with c = −65 mV."""
        leak = -_slope_at_reset(self.membrane)
        return self.membrane.tau_m / leak if 0 < leak < 1 else self.membrane.tau_m

    def _with_nodes(self, mean: float, nodes: int) -> AdaptingDensity:
        noise = (self.membrane, mean, self.sigma, self.tau_s, self.skewness, self.kurtosis, nodes)
        return with_levels(partial(AdaptingDensity, *noise), self.__dict__["_mean"], mean, self.levels)


Density = TypeVar("Density", bound=AdaptingDensity)


def check_levels(levels: int | None) -> None:
    """Raise unless it is a number of levels, or none is given."""
    if levels is not None:
        checks.integer("levels", levels, low=2, high=8)


def with_levels(
    make: Callable[[Adaptation, float, float, int], Density],
    on_average: MeanAdaptation,
    mean: float,
    levels: int | None,
    *,
    coarse: tuple[int, ...] = _COARSE,
    leak: float = 1.0,
) -> Density:
    """Return the density at a mean input, mV, whose levels lie around the mean of the adaptation.

    It is made of the adaptation, centre and spread of the levels, mV, and their number, by default 3, 4 or 7; what it
    says of the adaptation is next to a leak that is so much smaller than that of these.

    Bursts make the adaptation fluctuate far more than single spikes, and Hermite polynomials do not converge for what
    is much wider than their levels: of neurons that burst the s.d. is found as well.
    """
    w, centre, bursts = on_average.adaptation, on_average.current(mean), in_upstroke(on_average.membrane)
    least = spread = _spread_of(on_average, mean - centre)
    if bursts:
        coarse, spread = _COARSE_OF_BURSTS, _WIDER * least
    for few in coarse:
        roughly = make(w, centre, spread, few)
        centre = roughly.mean_adaptation / leak
        if bursts:
            spread = max(_BEYOND * roughly.adaptation_std / leak, least)
    return make(w, centre, spread, levels or _levels_of(on_average))


def in_upstroke(m: Membrane) -> bool:
    """Return whether the reset lies where the drift grows, so that a neuron that adapts bursts.

    Examples
    --------
    >>> in_upstroke(leaky(tau_m=10, E_L=-72, V_th=-55, V_re=-75))
    False
    """
    return _slope_at_reset(m) > _IN_UPSTROKE


def _levels_of(on_average: MeanAdaptation) -> int:
    """Return the number of levels that the adaptation needs."""
    if in_upstroke(on_average.membrane):
        return _OF_BURSTS
    return _MORE_LEVELS if abs(on_average.adaptation.b) > _LARGE else _LEVELS


def _slope_at_reset(m: Membrane) -> float:
    """Return the slope of the drift at the reset, negative where the membrane relaxes."""
    low, high = m.drift(m.V_re + np.array([-_STEP, _STEP])).tolist()
    return float(high - low) / (2 * _STEP)


def _spread_of(on_average: MeanAdaptation, effective: float) -> float:
    """Return about the s.d. of the adaptation, mV, at the mean input that it leaves.

    That of what Poisson spikes add, which the neuron fights as they make it fire less, and with regular spikes that
    of a sawtooth.
    """
    w, without, sigma = on_average.adaptation, on_average._noisy, on_average.sigma
    rate, gain = (PER_MS * float(x) for x in (without(effective), without.derivative(effective)))
    poisson = w.b**2 * rate * w.tau_w / 2
    by_spikes = min(poisson, poisson / (1 + abs(w.b) * w.tau_w * gain) + w.b**2 / 12)
    tau_m = on_average.membrane.tau_m
    by_potential = (w.a * sigma) ** 2 * tau_m / (w.tau_w + tau_m)
    return max(float(np.sqrt(by_spikes + by_potential)), _CLOSEST * sigma, _CLOSE * abs(w.b))
