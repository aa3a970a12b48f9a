"""What SONATA has no words for, in a section of the simulation's configuration that others leave alone."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rheobase.io.sonata.named_models import made, of_model
from rheobase.io.sonata.node_sets import NodeSets
from rheobase.io.sonata.projections import Members
from rheobase.models.catalogue import SYNAPSES
from rheobase.models.circuit import Drive, Injected
from rheobase.models.currents import OrnsteinUhlenbeck, Pulse, Samples, Steps, WhiteNoise
from rheobase.models.poisson_rates import is_steady
from rheobase.network import driving
from rheobase.network.network import Network

#: Name of the section.
SECTION = "rheobase"
_CURRENTS: dict[str, Any] = {kind.__name__: kind for kind in (OrnsteinUhlenbeck, Pulse, Samples, Steps, WhiteNoise)}


def add(net: Network, simulation: Mapping[str, Any], sets: NodeSets, members: Mapping[str, Sequence[Members]]) -> None:
    """Add the drives and currents of the section, each with the random numbers that it had."""
    section = simulation.get(SECTION, {})
    for given in section.get("drives", []):
        name, neurons = _reached(given, sets, members)
        synapse = made("synapse", given["synapse"], SYNAPSES)
        rate = np.asarray(given["rate"], float) if isinstance(given["rate"], list) else given["rate"]
        driving.enter_drive(net, Drive(name, rate, given["sources"], given["weight"], synapse, neurons, given["id"]))
    for given in section.get("injections", []):
        name, neurons = _reached(given, sets, members)
        driving.enter_injected(net, Injected(name, made("current", given["current"], _CURRENTS), neurons, given["id"]))


def _reached(given: Mapping[str, Any], sets: NodeSets, members: Mapping[str, Sequence[Members]]) -> tuple[str, Any]:
    """Return the population that an entry reaches, and which neurons of it; None for all."""
    ((name, places),) = sets("node_set", given["node_set"]).items()
    (part,) = members[name]
    return name, None if len(places) == part.population.n else places


def drive(described: Drive, node_set: str) -> dict[str, Any]:
    """Return a drive as an entry of the section.

    Raises
    ------
    ValueError
        If its rate changes.
    """
    if not is_steady(described.rate):
        raise ValueError(f"rate of the drive of {described.post!r} must be steady for SONATA, got {described.rate!r}")
    return {
        "node_set": node_set,
        "id": described.id,
        "rate": np.asarray(described.rate).tolist(),
        "sources": described.sources,
        "weight": described.weight,
        "synapse": of_model(described.synapse, SYNAPSES),
    }


def injection(described: Injected, node_set: str) -> dict[str, Any]:
    """Return an injection as an entry of the section.

    Raises
    ------
    ValueError
        If it is no current that stands in a file.
    """
    current = described.current
    kind = _CURRENTS.get(type(current).__name__)
    if kind is None or type(current) is not kind:
        raise ValueError(f"what is injected into {described.post!r} must be a current for SONATA, got {current!r}")
    given = {name: np.asarray(getattr(current, name)).tolist() for name in inspect.signature(kind).parameters}
    return {"node_set": node_set, "id": described.id, "current": {kind.__name__: given}}
