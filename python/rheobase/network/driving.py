"""How Poisson drive and currents come into a network: described and checked, then handed to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import units
from rheobase.models.circuit import Drive, Injected
from rheobase.models.currents import Injection
from rheobase.models.ends import End
from rheobase.models.poisson_rates import RateLike
from rheobase.models.synapses import Synapse
from rheobase.network import members, wiring
from rheobase.network.inputs import (
    PoissonDrive,
    Stimulus,
    check_injection,
    free_id,
    hand_over,
    means_of,
    place_among_its_kind,
    settled_rate,
)
from rheobase.network.selection import population_of

if TYPE_CHECKING:
    from rheobase.network.network import Network


def drive(network: Network, post: Any, rate: RateLike, sources: float, weight: float, synapse: Synapse) -> PoissonDrive:
    """Drive neurons by Poisson spikes; see `Network.drive`."""
    neurons = members.target_in(network, post, synapse)
    taken = {d.id for d in network._circuit.drives}
    id = next(k for k in range(len(taken) + 1) if k not in taken)
    population = population_of(neurons)
    weight = units.converted("weight", weight, synapse._weight_unit(population.neuron))
    with network._draws() as draws:
        settled = settled_rate(draws, rate, neurons.n)
        chosen = members.chosen_in(neurons)
        return enter_drive(network, Drive(population.name, settled, sources, weight, synapse, chosen, id))


def enter_drive(network: Network, drive: Drive) -> PoissonDrive:
    """Hand a drive to the engine."""
    post = population_of(members.target_in(network, drive.post, drive.synapse))
    reached = End(post.n, drive.neurons)
    steps, means = means_of(drive, reached.n, network.dt)
    if drive.synapse._sums:
        raise ValueError(f"synapse must take in weights, {drive.synapse!r} adds up over connections")
    engine, place = network._engine, len(network._drives)
    engine.add_drive(
        id=drive.id,
        population=post._id,
        receptor=post._take_in(drive.synapse, "drive"),
        means=np.zeros(1),
        weight=drive.weight,
        neurons=wiring.chosen_of(reached),
    )
    hand_over(engine, place, steps, means)
    network._drives.append(PoissonDrive(network))
    network._describe(drives=(*network._circuit.drives, drive))
    return network._drives[-1]


def inject(network: Network, post: Any, current: Injection) -> Stimulus:
    """Bring a current or light to neurons; see `Network.inject`."""
    neurons = members.neurons_in(network, "post", post)
    check_injection(current)
    population, chosen = population_of(neurons), members.chosen_in(neurons)
    whole = None if chosen is None else current._to_chosen(chosen, population.n, network.dt)
    id = free_id(current, list(network._circuit.injections))
    injected = Injected(population.name, current, chosen, id) if whole is None else Injected(population.name, whole)
    return enter_injected(network, injected)


def enter_injected(network: Network, injected: Injected) -> Stimulus:
    """Hand a current or light to the engine."""
    post = members.population_in(network, "post", injected.post)
    current, before = injected.current, network._circuit.injections
    reached = End(post.n, injected.neurons)
    current._check(post.neuron, reached.n, network.dt, [i.current for i in before if i.post == injected.post])
    place = place_among_its_kind(injected, before)
    with network._draws() as draws:
        current._enter(draws, post._id, reached.n, wiring.chosen_of(reached), place, injected.id)
    network._stimuli.append(Stimulus(network))
    network._describe(injections=(*before, injected))
    return network._stimuli[-1]
