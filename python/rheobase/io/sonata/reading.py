"""Whole circuits as networks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.io.sonata import additions, hdf5, inputs, point_neurons, projections
from rheobase.io.sonata.attributes import Attributes
from rheobase.io.sonata.config import Config, read_config
from rheobase.io.sonata.node_sets import NodeSets
from rheobase.io.sonata.nodes import Nodes
from rheobase.io.sonata.projections import Members
from rheobase.io.sonata.types import Types, read_types
from rheobase.models.positions import Positions
from rheobase.models.sources import Poisson, Source, Trains
from rheobase.network.network import Network

#: What others call variables.
_VARIABLES = {"V_m": "V", "v": "V"}
_Spikes = Mapping[str, tuple[np.ndarray, np.ndarray]]


def read_sonata(path: str | os.PathLike[str], *, threads: int | None = None) -> Network:
    """Return the network that a circuit of SONATA describes, with the inputs and recordings of a simulation.

    Point neurons of NEST become ours: iaf_psc_delta, iaf_psc_exp, iaf_psc_alpha, iaf_cond_exp and iaf_cond_alpha
    become LIF, and the five of aeif AdEx, in pA and nS, with the kernels that go with them; so do those that
    `write_sonata` has written. A population of nodes whose models or kernels differ becomes several, named with
    numbers. Virtual nodes become trains of the spikes among the inputs, moved to the grid of time; constant currents
    are injected, and reports of membranes become recordings.

    Parameters
    ----------
    path : str or path
        Of the configuration of a simulation, of a circuit, or a file that names both. Of a circuit alone dt is 0.1 ms,
        and virtual nodes are silent.
    threads : int, optional
        Every core by default.

    Returns
    -------
    Network
        At t = 0; `read_sonata_duration` says how long to run it.

    Raises
    ------
    ImportError
        If h5py is not installed.
    ValueError
        If `path` is no such file, or there is something that is not known here; the message names it.

    Examples
    --------
    >>> rb.io.write_sonata(net, "circuit")
    >>> again = rb.io.read_sonata("circuit/simulation_config.json")
    """
    config = read_config(path)
    simulation = config.simulation
    seed = simulation.get("run", {}).get("random_seed") or 0
    net = Network(config.dt, checks.integer("random_seed", seed, low=0), threads)
    given = simulation.get("inputs", {})
    with ExitStack() as files:
        nodes = _nodes(config, files)
        sets = NodeSets([c["node_sets_file"] for c in (config.circuit, simulation) if "node_sets_file" in c], nodes)
        v_init = simulation.get("conditions", {}).get("v_init")
        spikes = inputs.read_spikes(given, sets, nodes)
        members = {name: _add(net, group, spikes, v_init) for name, group in nodes.items()}
        for entry in _files(config, "edges"):
            file, types = files.enter_context(hdf5.opened(entry["edges_file"], "edges")), entry.get("edge_types_file")
            for name, group in _populations(file["edges"], entry):
                edges = Attributes(group, _types(types, "edge", name), "edge", config.component("synaptic_models_dir"))
                projections.connect(net, group, edges, nodes, members)
        additions.add(net, simulation, sets, members)
        inputs.inject(net, given, sets, members, str(config.circuit.get("target_simulator", _simulator(simulation))))
        _record(net, simulation.get("reports", {}), sets, members)
    return net


def read_sonata_duration(path: str | os.PathLike[str]) -> float:
    """Return how long a simulation of SONATA lasts (ms).

    Parameters
    ----------
    path : str or path
        Of the configuration of a simulation.

    Raises
    ------
    ValueError
        If `path` is no such file.

    Examples
    --------
    >>> rb.io.write_sonata(net, "circuit", duration=200)
    >>> rb.io.read_sonata_duration("circuit/simulation_config.json")
    200.0
    """
    return read_config(path).duration


def _simulator(simulation: Mapping[str, Any]) -> str:
    return str(simulation.get("target_simulator", "NEST"))


def _files(config: Config, what: str) -> list[dict[str, Any]]:
    entries = config.circuit.get("networks", {}).get(what, [])
    return [entry for entry in entries if entry.get("enabled", True)]


def _populations(group: Any, entry: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the populations of a file that a configuration names: all, where it names none."""
    names = list(entry.get("populations") or group)
    return [(checks.choice("population", name, list(group)), group[name]) for name in names]


def _types(file: str | None, what: str, population: str) -> Types:
    return read_types(Path(file), f"{what}_type_id", population) if file else {}


def _nodes(config: Config, files: ExitStack) -> dict[str, Nodes]:
    found: dict[str, Nodes] = {}
    for entry in _files(config, "nodes"):
        file = files.enter_context(hdf5.opened(entry["nodes_file"], "nodes"))
        for name, group in _populations(file["nodes"], entry):
            types = _types(entry.get("node_types_file"), "node", name)
            found[name] = Nodes(group, types, config.component("point_neuron_models_dir"))
    return found


def _add(net: Network, nodes: Nodes, spikes: _Spikes, v_init: float | None) -> list[Members]:
    """Add the nodes of a population to the network: one population where their models allow it."""
    described = list(point_neurons.describe(nodes, v_init))
    virtual = np.flatnonzero(nodes.virtual)
    several = len(described) + bool(len(virtual)) > 1
    members, positions = [], nodes.positions
    for k, part in enumerate(described):
        name = f"{nodes.name}_{k}" if several else nodes.name
        where = _placed(positions, part.nodes)
        population = net.add(part.neuron, len(part.nodes), name=name, positions=where, **part.state)
        members.append(Members(population, part.nodes, part.kernels))
    if len(virtual) or not described:
        name = f"{nodes.name}_{len(described)}" if several else nodes.name
        source = _source(nodes, virtual, spikes.get(nodes.name))
        population = net.add(source, len(virtual), name=name, positions=_placed(positions, virtual))
        members.append(Members(population, virtual, {}))
    return members


def _placed(positions: Positions | None, nodes: np.ndarray) -> Positions | None:
    return None if positions is None else Positions(positions.points[nodes])


def _source(nodes: Nodes, virtual: np.ndarray, spikes: tuple[np.ndarray, np.ndarray] | None) -> Source:
    """Return what virtual nodes send: the spikes of the inputs, or those of a Poisson process written here."""
    templates = set(nodes.texts("model_template")[virtual])
    if templates == {"rheobase:Poisson"} and spikes is None:
        return Poisson(point_neurons.one_or_each(nodes.dynamic("rate")[virtual].astype(float)))
    times, places = (np.zeros(0), np.zeros(0, np.int64)) if spikes is None else spikes
    of = np.full(nodes.n, -1)
    of[virtual] = np.arange(len(virtual))
    if (of[places] < 0).any():
        raise ValueError(f"spikes must be those of virtual nodes, {nodes.name!r} has others")
    return Trains(times=times, indices=of[places], snap=True)


def _record(net: Network, reports: Mapping[str, Any], sets: NodeSets, members: Mapping[str, list[Members]]) -> None:
    for name, given in inputs.enabled(reports).items():
        variable = _VARIABLES.get(given.get("variable_name"), given.get("variable_name"))
        for population, places in sets(f"cells of {name!r}", given.get("cells")).items():
            for part in members[population]:
                chosen = np.flatnonzero(np.isin(part.nodes, places))
                if len(chosen):
                    checks.choice(f"variable_name of {name!r}", variable, part.population.variables)
                    net.record(part.population, variable, neurons=chosen, every=given.get("dt"))
