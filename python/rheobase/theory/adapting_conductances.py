"""The rate of a neuron with adaptation whose synapses are conductances."""

from __future__ import annotations

from dataclasses import dataclass, fields

from rheobase import checks
from rheobase.theory.adaptation import Adaptation, AdaptingMembrane
from rheobase.theory.adapting_density import AdaptingDensity
from rheobase.theory.adapting_neuron import spread_of
from rheobase.theory.coloured_density import modes_of
from rheobase.theory.conductances import ShotConductanceNoise
from rheobase.theory.mean_adaptation import MeanAdaptation
from rheobase.theory.shot_conductance_density import ShotConductanceDensity

#: Number of values of the conductance that fluctuates most; levels of the adaptation, and those with which its mean is
#: found.
_NODES, _LEVELS, _COARSE = 8, 3, 2


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
        checks.integer("levels", self.levels, low=2, high=8)

    def _density(self, mean: float) -> ShotConductanceDensity:
        return self._with_nodes(mean, self.nodes or _NODES)

    def _with_nodes(self, mean: float, nodes: int) -> ShotConductanceDensity:
        without = super()._with_nodes(mean, nodes)
        if self.adaptation is None:
            return without
        total = without.membrane.tau_m / self.membrane.tau_m
        on_average = MeanAdaptation(AdaptingMembrane(self.membrane, self.adaptation), self.sigma)
        centre, w = on_average.current(mean), self.adaptation
        spread = total * spread_of(on_average, mean - centre)
        alone = Adaptation(w.tau_w, total * w.a, total * w.b, w.E_L)
        for levels in (_COARSE, self.levels):
            parts = {f.name: getattr(without, f.name) for f in fields(without)}
            pull = total * centre + spread * float(modes_of(levels)[0].max())
            parts |= {"effective_mean": mean - centre, "lowest": without.lowest - max(pull, 0.0)}
            density = AdaptingConductanceDensity(
                **parts, adaptation=alone, centre=total * centre, spread=spread, levels=levels
            )
            if levels != self.levels:
                centre = density.mean_adaptation / total
        return density
