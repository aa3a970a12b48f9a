"""Neurons with conductance-based synapses, by an effective time constant: the leak grows by the mean conductances.

What fluctuates is a current at the effective resting potential, weaker or stronger at others as `ConductanceDensity`
says: without this excursions to the threshold are too rare by a third and more (Richardson 2004 calls it the
multiplicative part of the noise).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from rheobase import checks
from rheobase.theory.afferents import Afferent
from rheobase.theory.coloured_noise import ColouredNoise
from rheobase.theory.conductance_density import ConductanceDensity
from rheobase.theory.membranes import Membrane
from rheobase.units import PER_MS


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


@dataclass(frozen=True, eq=False)
class EffectiveCell:
    """A population as its mean conductances make it: currents, of the effective leak, in place of conductances."""

    membrane: Membrane
    afferents: tuple[Afferent, ...]
    scale: float
    steady: float
    V_0: float
    slope: float


def effective_cell(
    membrane: Membrane, E_L: float, current: float, afferents: tuple[Afferent, ...], rates: Mapping[str, float]
) -> EffectiveCell:
    """Return the effective cell of a population at rates of its senders, Hz, and a steady current, mV of the leak."""
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
        variance = a.weight_variance * force**2
        effective.append(replace(a, weight=a.weight * force, weight_variance=variance, reversal=None))
        pulls.append(0.0 if a.reversal is None or a.reversal == V_0 else 1 / (a.reversal - V_0))
    parts = [rates[a.pre] * a.n * a.cumulant(2, new.tau_m) for a in effective]
    slope = float(np.dot(parts, pulls) / sum(parts)) if sum(parts) > 0 else 0.0
    return EffectiveCell(new, tuple(effective), 1 / total, current / total, V_0, slope)
