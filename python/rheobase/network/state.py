"""What a network has become, beside its circuit: everything that changes in runs and between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from rheobase import _engine, checks
from rheobase.models.distributions import Distribution
from rheobase.models.neurons import Neuron
from rheobase.models.values import Described
from rheobase.network import recorders
from rheobase.network.recording import Recording, chosen
from rheobase.progress import Construction

if TYPE_CHECKING:
    from rheobase.network.network import Network


@dataclass(frozen=True, eq=False)
class State(Described):
    """The state of a network.

    Attributes
    ----------
    engine : tuple of (str, bytes)
        What the engine keeps: state variables, spikes under way, noise, weights, when projections were made.
    parameters : tuple of (str, str, array)
        Population, name and values of parameters of models with distributions, which are not drawn again.
    stream_seed : int
        Seed of what is random in runs.
    draws : int
        Random arrays drawn so far.
    partly : tuple of (str, array)
        Populations and which of their neurons have their spikes recorded, where not all have.
    frozen : tuple of int
        Plastic projections that do not learn.
    recordings : tuple of Recording
    """

    engine: tuple[tuple[str, bytes], ...]
    parameters: tuple[tuple[str, str, np.ndarray], ...]
    stream_seed: int
    draws: int
    partly: tuple[tuple[str, np.ndarray], ...]
    frozen: tuple[int, ...]
    recordings: tuple[Recording, ...]

    @classmethod
    def of(cls, network: Network) -> State:
        """Return the state of a network."""
        network.build()
        with network._guard.alone() as engine:
            projections = network.circuit.projections
            return cls(
                tuple(sorted(engine.save().items())),
                tuple(_parameters(network, engine)),
                network.stream_seed,
                network._taken,
                tuple(sorted(network._partly.items(), key=itemgetter(0))),
                tuple(k for k, q in enumerate(projections) if q.plasticity is not None and not engine.is_learning(k)),
                tuple(network._recordings),
            )

    def put_into(self, network: Network, progress: bool = False) -> Network:
        """Bring a network of the same circuit, which never ran, into this state, and return it.

        Where the engine's part is empty, it stays at t = 0.
        """
        for name, parameter, values in self.parameters:
            population = network[name]
            checks.choice("parameter", parameter, population.parameters)
            checks.array(parameter, values, shape=(population.n if len(values) > 1 else 1,))
            population._write(parameter, values)
        for name, neurons in self.partly:
            recorders.record_spikes_of(network, network[name], chosen("neurons", neurons, network[name].n))
        with network._guard.alone() as engine, Construction(engine, progress) as bar:
            engine.streams = checks.integer("stream_seed", self.stream_seed, low=0, high=2**64 - 1)
            if self.engine:
                engine.restore(dict(self.engine), bar.report)
            for id in self.frozen:
                engine.set_learning(id, False)
        for recording in self.recordings:
            recorders.begin(network, recording)
        network._taken = checks.integer("draws", self.draws, low=0)
        return network


def _parameters(network: Network, engine: _engine.Simulation) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield the parameters of populations whose models hold distributions."""
    for id, cells in enumerate(network.circuit.populations):
        if not isinstance(cells.model, Neuron) or not cells.n:
            continue
        if any(isinstance(value, Distribution) for value in [*cells.model.parameters.values(), cells.model.I_x]):
            yield from ((cells.name, name, engine.get_parameter(id, name)) for name in cells.model.parameters)
            yield cells.name, "I_x", engine.get_current(id)
