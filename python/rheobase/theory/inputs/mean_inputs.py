"""What the populations of a circuit receive on the average: the weights between them, and what comes from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rheobase.models.circuit import Cells, Circuit
from rheobase.models.sources import Poisson
from rheobase.models.synapses import Synapse
from rheobase.models.values import Brief
from rheobase.theory.inputs.injected import InjectedCurrent, injected_current
from rheobase.theory.inputs.short_term import steady_weight
from rheobase.theory.membranes import average, time_constants, weight_area
from rheobase.units import PER_MS


@dataclass(frozen=True, eq=False, repr=False)
class MeanInputs(Brief):
    """Mean inputs of the populations of neurons, in the order of the circuit.

    `paths` holds, for each projection between them, the places of post and pre population, the weight area (mV·ms)
    times the mean in-degree and the time constants of the synapse (ms); `steady` what sources, drives and injected
    currents bring, mV, and `injected` the currents.
    """

    populations: tuple[Cells, ...]
    paths: tuple[tuple[int, int, float, tuple[float, ...]], ...]
    steady: np.ndarray
    injected: tuple[InjectedCurrent, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the populations."""
        return tuple(p.name for p in self.populations)

    @property
    def W(self) -> np.ndarray:
        """Weights, mV·ms, post × pre."""
        W = np.zeros((len(self.populations),) * 2)
        for post, pre, weight, _ in self.paths:
            W[post, pre] += weight
        return W

    @property
    def X(self) -> np.ndarray:
        """What is steady, `I_x` with it, mV."""
        own = [average(p.neuron.I_x) / average(p.neuron.parameters.get("g_L", 1.0)) for p in self.populations]
        return np.array(own) + self.steady

    @property
    def changing(self) -> tuple[Callable[[float], float], ...]:
        """Injected currents, mV, as functions of time, one per population; none where nothing changes."""
        return tuple(c.at for c in self.injected) if any(c.changes for c in self.injected) else ()


def mean_inputs(circuit: Circuit, theory: str, potentials: Sequence[float] | None = None) -> MeanInputs:
    """Return the mean inputs of a circuit; `theory` says in errors what they are for.

    Conductances have them where the mean `potentials` of the populations are given, mV.
    """
    circuit._check_whole()
    targets = tuple(circuit.neurons)
    if not targets:
        raise ValueError(f"network must have neurons for {theory}, got none")
    row = {p.name: k for k, p in enumerate(targets)}
    steady, paths = np.zeros(len(targets)), []

    def area(synapse: Synapse, post: int) -> float:
        return weight_area(synapse, targets[post].neuron, None if potentials is None else potentials[post])

    for q in circuit.projections:
        post, pre = row[q.post], circuit[q.pre]
        weight = circuit.mean_in_degree(q) * (steady_weight(q) * area(q.synapse, post))
        if pre.name in row:
            paths.append((post, row[pre.name], float(weight), time_constants(q.synapse)))
        elif isinstance(pre.model, Poisson) and pre.model.steady:
            steady[post] += PER_MS * weight * average(pre.model.rate)
        else:
            raise ValueError(f"sources must be steady Poisson processes for {theory}, got {pre.name!r}: {pre.model!r}")
    for d in circuit.drives:
        post = row[d.post]
        steady[post] += PER_MS * d.mean_rate * d.sources * (d.weight * area(d.synapse, post))
    injected = tuple(injected_current(circuit, p.name) for p in targets)
    return MeanInputs(targets, tuple(paths), steady + [current.steady for current in injected], injected)
