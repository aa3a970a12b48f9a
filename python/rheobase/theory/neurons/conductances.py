"""Neurons with conductance-based synapses, by an effective time constant: the leak grows by the mean conductances.

What fluctuates is a current at the effective resting potential, weaker or stronger at others as `ConductanceDensity`
says: without this excursions to the threshold are too rare by a third and more (Richardson 2004 calls it the
multiplicative part of the noise).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from rheobase import checks
from rheobase.theory.inputs.afferents import Afferent
from rheobase.theory.inputs.shot_noise import squared_area
from rheobase.theory.membranes import Membrane
from rheobase.theory.neurons.adaptation import Adaptation, AdaptingMembrane
from rheobase.theory.neurons.coloured_noise import ColouredNoise
from rheobase.theory.neurons.conductance_density import ConductanceDensity
from rheobase.theory.neurons.shot_conductance import ConductanceNodes, Opening, ShotConductance
from rheobase.theory.neurons.shot_conductance_density import ShotConductanceDensity
from rheobase.units import PER_MS

#: Numbers of values of the conductance that fluctuates most: where an upstroke carries every neuron over V_th, and
#: where a boundary layer forms there, of two conductances and of one.
_CARRIED, _WITH_LAYER, _ALONE_WITH_LAYER = 9, 12, 24

#: Largest number of kinds of conductances whose values are known together.
_KINDS = 2

#: Smallest rate of spikes on a connection, 1/ms, so that a silent sender's spikes still have an effect.
_RARE = 1e-7


@dataclass(frozen=True)
class ConductanceNoise(ColouredNoise):
    """f–I curve of a neuron whose noise conductances carry, with its effective membrane.

    Attributes
    ----------
    neuron, sigma, tau_s, skewness, kurtosis, nodes
        See `ColouredNoise`; with mean conductances in the drift, and the noise at `V_0`.
    V_0 : float
        Potential at which the noise is as given, mV.
    slope : float
        By which part the noise becomes weaker per mV above it, 1/mV.

    Examples
    --------
    >>> f = ConductanceNoise(rb.LIF(V_re=-72), sigma=5.0, tau_s=5.0, V_0=-72.0, slope=-0.01)
    >>> f([10.0, 12.0]).round(1)
    array([ 9.4, 14.7])
    """

    V_0: float = -72.0
    slope: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.field(self, "V_0", unit="mV")
        checks.field(self, "slope", low=-1, high=1)

    def _with_nodes(self, mean: float, nodes: int) -> ConductanceDensity:
        noise = (self.membrane, mean, self.sigma, self.tau_s, self.skewness, self.kurtosis, nodes)
        return ConductanceDensity(*noise, self.V_0, self.slope)


@dataclass(frozen=True)
class ShotConductanceNoise(ColouredNoise):
    """f–I curve of a neuron whose conductances jump at every spike, by as much as they do.

    Inputs, responses to the mean and `sigma` are of the effective membrane. What `responses` and `fluctuations` give
    after the first are those to the rate of each kind of spike, on all its connections alike: through mean
    conductances, time constant and noise at once.

    Attributes
    ----------
    neuron, sigma, tau_s, skewness, kurtosis
        See `ColouredNoise`: the effective membrane, and noise that has the same effect on it.
    nodes : int, optional
        Number of values of the conductance that fluctuates most, from 4 to 40; others have two thirds of it. Default:
        9, or where some hold the neuron below V_th, 12 of two conductances and 24 of one.
    alone : Membrane, optional
        The neuron with its leak alone.
    conductances : tuple of ShotConductance
    steady, mean : float
        Steady input of the leak, mV, at which the mean input of the effective membrane is `mean`.
    lowest : float
        Potential below which leak and conductances all push up, mV.
    """

    alone: Membrane | None = None
    conductances: tuple[ShotConductance, ...] = ()
    steady: float = 0.0
    mean: float = 0.0
    lowest: float = -80.0

    def _density(self, mean: float) -> ShotConductanceDensity:
        density = self._with_nodes(mean, self.nodes or _CARRIED)
        if self.nodes or density.carried:
            return density
        return self._with_nodes(mean, _WITH_LAYER if len(self.conductances) > 1 else _ALONE_WITH_LAYER)

    def _with_nodes(self, mean: float, nodes: int) -> ShotConductanceDensity:
        alone = self.alone or self.membrane
        total = alone.tau_m / self.membrane.tau_m
        at = self.membrane.V_re
        moving = [abs(c.reversal - at) * c.cumulant(2) ** 0.5 for c in self.conductances]
        numbers = [nodes if pull == max(moving) else max(2 * nodes // 3, 3) for pull in moving]
        values = tuple(_nodes(c, n) for c, n in zip(self.conductances, numbers, strict=True))
        return ShotConductanceDensity(
            alone,
            self.steady + (mean - self.mean) * total,
            self.sigma,
            self.tau_s,
            self.skewness,
            self.kurtosis,
            math.prod(numbers),
            self.membrane,
            mean,
            self.lowest,
            values,
        )


@lru_cache(maxsize=32)
def _nodes(conductance: ShotConductance, n: int) -> ConductanceNodes:
    return conductance.nodes(n)


@dataclass(frozen=True, eq=False)
class EffectiveCell:
    """A population as its mean conductances make it: currents, of the effective leak, in place of conductances.

    Where there are no more than two kinds of conductances, which decay exponentially, and no currents, `shot` holds
    them, and `opened_by` which afferent brings the spikes that open them, one after the other. `fluctuation` is the
    s.d. of all conductances, the leak included, next to their mean.
    """

    membrane: Membrane
    afferents: tuple[Afferent, ...]
    scale: float
    steady: float
    V_0: float
    slope: float
    alone: Membrane
    current: float
    mean: float
    lowest: float
    fluctuation: float
    shot: tuple[ShotConductance, ...] = ()
    opened_by: tuple[int, ...] = ()

    @property
    def openings(self) -> list[tuple[int, ShotConductance, Opening]]:
        """What opens the conductances of `shot`: the place of the afferent, which of them, and how."""
        opened = [(conductance, opening) for conductance in self.shot for opening in conductance.openings]
        return [(k, *one) for k, one in zip(self.opened_by, opened, strict=True)]

    def adapting(self, membrane: AdaptingMembrane) -> AdaptingMembrane:
        """Return the effective membrane with the adaptation of the population, which pulls at its larger leak less."""
        w, s = membrane.adaptation, self.scale
        return AdaptingMembrane(self.membrane, Adaptation(w.tau_w, s * w.a, s * w.b, w.E_L))

    def curve(
        self, sigma: float, tau_s: float, skewness: float, kurtosis: float
    ) -> ConductanceNoise | ShotConductanceNoise:
        """Return the f–I curve in noise that is, for the effective membrane, of this s.d., time constant and shape."""
        noise = (self.membrane, sigma, tau_s, skewness, kurtosis)
        if not self.shot:
            return ConductanceNoise(*noise, V_0=self.V_0, slope=self.slope)
        return ShotConductanceNoise(
            *noise,
            alone=self.alone,
            conductances=self.shot,
            steady=self.current,
            mean=self.mean,
            lowest=self.lowest,
        )


def effective_cell(
    membrane: Membrane,
    E_L: float,
    current: float,
    afferents: tuple[Afferent, ...],
    rates: Mapping[str, float],
    bursts: Sequence[float] | None = None,
) -> EffectiveCell:
    """Return the effective cell of a population.

    Parameters
    ----------
    membrane : Membrane
        With its leak alone.
    E_L, current : float
        Reversal potential of the leak, and a steady current, mV of the leak.
    afferents : tuple of Afferent
    rates : mapping of str to float
        Of the senders, Hz.
    bursts : sequence of float, optional
        Variance of the conductance that each afferent opens next to that by Poisson spikes: these come in bursts then,
        or evenly. Default: 1.
    """
    means = [PER_MS * a.n * a.weight * rates[a.pre] for a in afferents]
    g = np.array([0.0 if a.reversal is None else mean for a, mean in zip(afferents, means, strict=True)])
    E = np.array([0.0 if a.reversal is None else a.reversal for a in afferents])
    total = 1 + float(g.sum())
    currents = current + sum(m for a, m in zip(afferents, means, strict=True) if a.reversal is None)
    V_0 = float((E_L + currents + g @ E) / total)
    drift, more = membrane.drift, total - 1
    new = replace(membrane, drift=lambda V: (drift(V) - more * (V - V_0)) / total, tau_m=membrane.tau_m / total)
    effective, pulls = [], []
    for a in afferents:
        force = (1.0 if a.reversal is None else a.reversal - V_0) / total
        over_connections, over_spikes = a.weight_variance * force**2, a.spike_variance * force**2
        part = replace(a, weight=a.weight * force, weight_variance=over_connections, spike_variance=over_spikes)
        effective.append(replace(part, reversal=None))
        pulls.append(0.0 if a.reversal is None or a.reversal == V_0 else 1 / (a.reversal - V_0))
    parts = [rates[a.pre] * a.n * a.cumulant(2, new.tau_m) for a in effective]
    slope = float(np.dot(parts, pulls) / sum(parts)) if sum(parts) > 0 else 0.0
    mean = current / total + sum(PER_MS * a.n * a.weight * rates[a.pre] for a in effective)
    lowest = min([E_L + currents, *(a.reversal for a in afferents if a.reversal is not None)])
    powers = [PER_MS * rates[a.pre] * a.power * squared_area(a.tau) for a in afferents if a.reversal is not None]
    return EffectiveCell(
        new,
        tuple(effective),
        1 / total,
        current / total,
        V_0,
        slope,
        membrane,
        current,
        mean,
        lowest,
        math.sqrt(sum(powers)) / total if all(a.tau for a in afferents if a.reversal is not None) else 0.0,
        *_shot(afferents, rates, [1.0] * len(afferents) if bursts is None else bursts),
    )


def _shot(
    afferents: tuple[Afferent, ...], rates: Mapping[str, float], bursts: Sequence[float]
) -> tuple[tuple[ShotConductance, ...], tuple[int, ...]]:
    """Return the conductances that afferents open, and which afferent opens them; none if there are others as well."""
    kinds: dict[tuple[float, float], list[int]] = {}
    for k, a in enumerate(afferents):
        if a.reversal is None or len(a.tau) != 1 or a.weight < 0:
            return (), ()
        if a.weight > 0 and a.n > 0:
            kinds.setdefault((a.tau[0], a.reversal), []).append(k)
    if len(kinds) > _KINDS:
        return (), ()
    shot = tuple(
        ShotConductance(tau, E, tuple(_opening(afferents[k], rates[afferents[k].pre], bursts[k]) for k in opened))
        for (tau, E), opened in kinds.items()
    )
    return shot, tuple(k for opened in kinds.values() for k in opened)


def _opening(a: Afferent, rate: float, burst: float) -> Opening:
    """Return what an afferent opens, in bursts of so many spikes at once."""
    jump = burst / a.tau[0]
    variance = (a.weight_variance + a.spike_variance) * jump**2
    return Opening(max(PER_MS * rate / burst, _RARE), a.n, a.weight * jump, variance, burst)
