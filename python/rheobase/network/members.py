"""Whom a call on a network means: its populations by name or handle, chosen neurons of them, or targets of synapses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import checks
from rheobase.models.neurons import Neuron
from rheobase.models.synapses import Synapse
from rheobase.network.population import Population
from rheobase.network.selection import Selection

if TYPE_CHECKING:
    from rheobase.network.network import Network


def population_in(network: Network, name: str, given: Any) -> Population:
    """Return a population of the network, given itself or by its name."""
    if isinstance(given, str):
        return network.populations[checks.choice(name, given, network.populations)]
    if not isinstance(given, Population):
        raise TypeError(f"{name} must be a population of this network, got {given!r}")
    if given._network is not network:
        raise ValueError(f"{name} must be a population of this network, got {given.name!r} of another one")
    return given


def cells_in(network: Network, name: str, given: Any) -> Population | Selection:
    """Return a population of the network, or chosen neurons of one; all of them are the population."""
    if isinstance(given, Selection):
        population = population_in(network, name, given.population)
        return population if given._everything else given
    return population_in(network, name, given)


def neurons_in(network: Network, name: str, given: Any) -> Population | Selection:
    """Return neurons of the network; an error where they are sources."""
    cells = cells_in(network, name, given)
    if not isinstance(cells.model, Neuron):
        raise ValueError(f"{name} must be made of neurons, got the source {cells.name!r}")
    return cells


def target_in(network: Network, post: Any, synapse: Any) -> Population | Selection:
    """Return whom spikes reach through a synapse."""
    neurons = neurons_in(network, "post", post)
    if not isinstance(synapse, Synapse):
        raise TypeError(f"synapse must be a synapse such as rb.Exponential(tau=5), got {synapse!r}")
    return neurons


def chosen_in(cells: Population | Selection) -> np.ndarray | None:
    """Return the indices of chosen neurons as a circuit keeps them: None for all of a population."""
    return cells.indices if isinstance(cells, Selection) else None
