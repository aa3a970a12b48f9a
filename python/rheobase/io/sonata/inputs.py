"""Inputs of a simulation: spikes of virtual nodes and currents into the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.io.sonata.node_sets import NodeSets
from rheobase.io.sonata.nodes import Nodes
from rheobase.io.sonata.projections import Members
from rheobase.io.sonata.spikes import read_trains
from rheobase.models.currents import Pulse
from rheobase.network.network import Network

#: Modules whose spikes stand in a file of HDF5.
_FILES = ("h5", "hdf5", "sonata", "synapse_replay")
#: Modules of constant currents, each with the names of its amplitude; the unit is that of the simulator.
_CURRENTS = {"IClamp": ("amp",), "linear": ("amp_start", "amp_end")}
#: pA in a nA, which "linear" and simulators other than NEST take.
_NANO = 1e3


def enabled(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is not switched off."""
    return {name: given for name, given in inputs.items() if given.get("enabled", True)}


def read_spikes(
    inputs: Mapping[str, Any], sets: NodeSets, nodes: Mapping[str, Nodes]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return times (ms) of spikes and places of virtual nodes by population.

    Raises
    ------
    ValueError
        If spikes come from a module that is not read here, or from nodes that are not virtual.
    """
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for name, given in enabled(inputs).items():
        if given.get("input_type") != "spikes":
            continue
        checks.choice(f"module of {name!r}", given.get("module"), _FILES)
        file = given.get("spike_file") or given.get("input_file")
        if file is None:
            raise ValueError(f"input_file of {name!r} must be given")
        chosen = sets(f"node_set of {name!r}", given["node_set"]) if "node_set" in given else {}
        # some simulators mean the nodes that send, others those that receive
        senders = {population: places for population, places in chosen.items() if nodes[population].virtual.all()}
        alone = next(iter(senders)) if len(senders) == 1 else None
        for population, (times, ids) in read_trains(file, alone).items():
            if population not in nodes:
                continue
            places = nodes[population].places(ids)
            kept = _within(times, given)
            if senders:
                kept &= np.isin(places, senders.get(population, []))
            found.setdefault(population, []).append((times[kept], places[kept]))
    return {
        population: (np.concatenate([times for times, _ in parts]), np.concatenate([places for _, places in parts]))
        for population, parts in found.items()
    }


def _within(times: np.ndarray, given: Mapping[str, Any]) -> np.ndarray:
    """Return which spikes lie in the time in which an input is active."""
    start = given.get("delay", 0.0)
    within: np.ndarray = (times >= start) & (times <= start + given.get("duration", np.inf))
    return within


def inject(
    net: Network,
    inputs: Mapping[str, Any],
    sets: NodeSets,
    members: Mapping[str, Sequence[Members]],
    simulator: str,
) -> None:
    """Inject the currents among the inputs.

    Raises
    ------
    ValueError
        If an input is of another kind; the message names it.
    """
    for name, given in enabled(inputs).items():
        kind = checks.choice(f"input_type of {name!r}", given.get("input_type"), ("spikes", "current_clamp"))
        if kind == "spikes":
            continue
        module = checks.choice(f"module of {name!r}", given.get("module"), _CURRENTS)
        amplitudes = {given[key] for key in _CURRENTS[module] if key in given}
        if len(amplitudes) != 1:
            raise ValueError(f"amplitude of {name!r} must be given and constant, got {sorted(amplitudes)}")
        amplitude = checks.number(f"amplitude of {name!r}", amplitudes.pop())
        if module == "linear" or simulator.upper() != "NEST":
            amplitude = _amplitude(amplitude)
        start = given.get("delay", 0.0)
        pulse = Pulse(t_start=start, t_stop=start + given["duration"], amplitude=amplitude)
        for population, places in sets(f"node_set of {name!r}", given["node_set"]).items():
            for part in members[population]:
                reached = np.flatnonzero(np.isin(part.nodes, places))
                if len(reached):
                    net.inject(part.population[reached], pulse)


def written(start: float, stop: float, amplitude: float, node_set: str) -> dict[str, Any] | None:
    """Return a constant current (pA) as an input; None where a file would not keep its last digits."""
    if _amplitude(amplitude / _NANO) != amplitude:
        return None
    return {
        "input_type": "current_clamp",
        "module": "linear",
        "node_set": node_set,
        "amp_start": amplitude / _NANO,
        "delay": start,
        "duration": stop - start,
    }


def _amplitude(given: float) -> float:
    """Return nA in pA, without what the product adds in the last place."""
    return float(f"{given * _NANO:.15g}")
