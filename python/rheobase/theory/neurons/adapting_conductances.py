"""The rate of a neuron with adaptation whose synapses are conductances.

Conductances that have values of their own jump at every spike, however much. More than two kinds, other kernels than
one exponential, and conductances beside currents are one current of the effective membrane, as without adaptation.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial

from rheobase.theory.neurons.adaptation import Adaptation, AdaptingMembrane
from rheobase.theory.neurons.adapting_density import AdaptingDensity
from rheobase.theory.neurons.adapting_neuron import check_levels, with_levels
from rheobase.theory.neurons.conductance_density import ConductanceDensity
from rheobase.theory.neurons.conductances import ConductanceNoise, ShotConductanceNoise
from rheobase.theory.neurons.hermite_modes import modes_of
from rheobase.theory.neurons.mean_adaptation import MeanAdaptation
from rheobase.theory.neurons.shot_conductance_density import ShotConductanceDensity

#: Number of values of the conductance that fluctuates most; levels of the adaptation, and those with which its mean is
#: found.
_NODES, _LEVELS, _COARSE = 8, 3, (2,)


@dataclass(frozen=True, eq=False)
class AdaptingConductanceDensity(AdaptingDensity, ShotConductanceDensity):
    """The density of V, of conductances that jump at every spike, and of the adaptation."""


@dataclass(frozen=True)
class AdaptingConductanceNoise(ShotConductanceNoise):
    """f–I curve of a neuron with adaptation whose conductances jump at every spike.

    Attributes
    ----------
    neuron, sigma, tau_s, skewness, kurtosis, nodes, alone, conductances, steady, mean, lowest
        See `ShotConductanceNoise`; by default 8 values of the conductance that fluctuates most.
    adaptation : Adaptation, optional
        That of the effective leak.
    levels : int, default 3
        Number of levels of the adaptation, from 2 to 8 (see `AdaptingNeuron`).
    """

    adaptation: Adaptation | None = None
    levels: int = _LEVELS

    def __post_init__(self) -> None:
        super().__post_init__()
        check_levels(self.levels)

    def _density(self, mean: float) -> ShotConductanceDensity:
        return self._with_nodes(mean, self.nodes or _NODES)

    def _with_nodes(self, mean: float, nodes: int) -> ShotConductanceDensity:
        without = super()._with_nodes(mean, nodes)
        if self.adaptation is None:
            return without
        total = without.membrane.tau_m / self.membrane.tau_m

        def make(w: Adaptation, centre: float, spread: float, levels: int) -> AdaptingConductanceDensity:
            parts = {f.name: getattr(without, f.name) for f in fields(without)}
            pull = total * (centre + spread * float(modes_of(levels)[0].max()))
            parts |= {"effective_mean": mean - centre, "lowest": without.lowest - max(pull, 0.0)}
            alone = Adaptation(w.tau_w, total * w.a, total * w.b, w.E_L)
            return AdaptingConductanceDensity(
                **parts, adaptation=alone, centre=total * centre, spread=total * spread, levels=levels
            )

        on_average = MeanAdaptation(AdaptingMembrane(self.membrane, self.adaptation), self.sigma)
        return with_levels(make, on_average, mean, self.levels, coarse=_COARSE, leak=total)


@dataclass(frozen=True, eq=False)
class AdaptingEffectiveDensity(AdaptingDensity, ConductanceDensity):
    """The density of V, of a current whose amplitude depends on V, and of the adaptation."""


@dataclass(frozen=True)
class AdaptingEffectiveNoise(ConductanceNoise):
    """f–I curve of a neuron with adaptation, in conductances whose noise is one current of the effective membrane.

    Attributes
    ----------
    neuron, sigma, tau_s, skewness, kurtosis, nodes, V_0, slope
        See `ConductanceNoise`.
    adaptation : Adaptation, optional
        That of the effective leak.
    levels : int, optional
        Number of levels of the adaptation, from 2 to 8 (see `AdaptingNeuron`).
    """

    adaptation: Adaptation | None = None
    levels: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_levels(self.levels)

    def _with_nodes(self, mean: float, nodes: int) -> ConductanceDensity:
        if self.adaptation is None:
            return super()._with_nodes(mean, nodes)
        on_average = MeanAdaptation(AdaptingMembrane(self.membrane, self.adaptation), self.sigma)
        noise = (self.membrane, mean, self.sigma, self.tau_s, self.skewness, self.kurtosis, nodes)
        make = partial(AdaptingEffectiveDensity, *noise, self.V_0, self.slope)
        return with_levels(make, on_average, mean, self.levels)
