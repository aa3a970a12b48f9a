"""Whole networks as circuits, with the simulation that was set up."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.checks import package
from rheobase.io.sonata import additions, hdf5, inputs
from rheobase.io.sonata.edges import write_edges
from rheobase.io.sonata.named_models import of_model
from rheobase.io.sonata.nodes import write_nodes
from rheobase.io.sonata.spikes import write_trains
from rheobase.io.sonata.types import write_types
from rheobase.models.catalogue import NEURONS, PLASTICITY, SYNAPSES
from rheobase.models.circuit import Injected
from rheobase.models.currents import Pulse, Steps
from rheobase.models.neurons import Neuron
from rheobase.models.sources import Poisson, Trains
from rheobase.network.network import Network
from rheobase.network.population import Population
from rheobase.network.projection import Projection
from rheobase.network.recording import Recording

_BASE = "$BASE_DIR"


def write_sonata(net: Network, path: str | os.PathLike[str], *, duration: float = 1000.0) -> None:
    """Write a network as a circuit of SONATA and a simulation of it into a folder, which is made where it is not there.

    Populations become populations of point neurons with the parameters and the state of each, or of virtual nodes where
    they are sources; projections become populations of edges with `syn_weight`, in the unit of the weights here, and
    `delay` (ms). Models and kernels are named in the tables of types. ``circuit_config.json`` names the files.
    ``simulation_config.json`` has dt, the seed, the spikes of trains, pulses and steps of current, and reports of
    what is recorded of neurons; drives and noise stand in a section ``rheobase``, and recorded means, events and
    weights are left out. `read_sonata` makes a network of it that gives the same spikes.

    Parameters
    ----------
    net : Network
        As it was at t = 0, with what was set since. Its connections are made, if they are not yet.
    path : str or path
        Folder.
    duration : float, default 1000
        Of the simulation, ms.

    Raises
    ------
    ImportError
        If h5py is not installed.
    ValueError
        If something has no counterpart, such as models written as equations; the message names it, and nothing is
        written.

    Examples
    --------
    >>> rb.io.write_sonata(net, "circuit")
    """
    checks.instance("net", net, Network, "a network")
    duration = checks.number("duration", duration, above=0)
    folder = _folder(path)
    package("h5py")
    if net.t > 0:
        net = net.copy()
        net.reset()
    net.build()
    circuit, sets = _Circuit(net), _Sets(net)
    simulation = _simulation(net, sets, duration)
    for part in (folder, *(folder / name for name in ("neurons", "synapses", "inputs"))):
        part.mkdir(exist_ok=True)
    circuit.write(folder)
    trains = {name: _trains(p) for name, p in net.populations.items() if isinstance(p.model, Trains)}
    if trains:
        write_trains(folder / "inputs" / "spikes.h5", trains)
    _write_json(folder / "node_sets.json", sets.named)
    _write_json(folder / "simulation_config.json", simulation)


class _Circuit:
    """Populations of nodes and edges, and their types."""

    def __init__(self, net: Network) -> None:
        names = _plain(q.name for q in net.projections)
        self._nodes, self._edges = list(net.populations.values()), {names[q.name]: q for q in net.projections}
        self._plain = _plain(net.populations)
        for population in self._nodes:
            if "/" in population.name:
                raise ValueError(f"names of populations must have no '/' for SONATA, got {population.name!r}")
        self._neurons = {population.name: _model(population) for population in self._nodes}
        self._synapses = {name: _synapse(q) for name, q in self._edges.items()}

    def write(self, folder: Path) -> None:
        with hdf5.created(folder / "nodes.h5") as file:
            for id, population in enumerate(self._nodes):
                write_nodes(file.create_group(f"nodes/{population.name}"), population, id)
        with hdf5.created(folder / "edges.h5") as file:
            for id, (name, projection) in enumerate(self._edges.items()):
                write_edges(file.create_group(f"edges/{name}"), projection, id)
        self._write_types(folder)
        _write_json(folder / "circuit_config.json", self._config)

    def _write_types(self, folder: Path) -> None:
        nodes, edges = [], []
        for id, population in enumerate(self._nodes):
            given, file = self._neurons[population.name], f"{self._plain[population.name]}.json"
            if given:
                _write_json(folder / "neurons" / file, given)
            template = f"rheobase:{type(population.model).__name__}"
            nodes.append((id, population.name, _kind(population), template, file if given else "NULL"))
        for id, (name, projection) in enumerate(self._edges.items()):
            _write_json(folder / "synapses" / f"{name}.json", self._synapses[name])
            edges.append((id, name, f"rheobase:{type(projection.synapse).__name__}", f"{name}.json"))
        more = ("model_template", "dynamics_params")
        write_types(folder / "node_types.csv", ("node_type_id", "population", "model_type", *more), nodes)
        write_types(folder / "edge_types.csv", ("edge_type_id", "population", *more), edges)

    @property
    def _config(self) -> dict[str, Any]:
        kinds = {population.name: {"type": _kind(population)} for population in self._nodes}
        edges = {name: {"type": "chemical"} for name in self._edges}
        return {
            "manifest": {_BASE: "."},
            "components": {
                "point_neuron_models_dir": f"{_BASE}/neurons",
                "synaptic_models_dir": f"{_BASE}/synapses",
            },
            "node_sets_file": f"{_BASE}/node_sets.json",
            "networks": {
                "nodes": [_files("node", kinds)] if kinds else [],
                "edges": [_files("edge", edges)] if edges else [],
            },
        }


@dataclass
class _Sets:
    """Node sets: one per population, and one for each choice of neurons that something reaches."""

    net: Network
    named: dict[str, dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.named = {name: {"population": name} for name in self.net.populations}

    def of(self, population: str, neurons: Any) -> str:
        """Return the name of the set of chosen neurons, None for all."""
        if neurons is None or len(neurons) == self.net[population].n:
            return population
        wanted = {"population": population, "node_id": np.sort(neurons).tolist()}
        known = next((name for name, rules in self.named.items() if rules == wanted), None)
        name = known or f"{population}_{len(self.named)}"
        self.named[name] = wanted
        return name


def _simulation(net: Network, sets: _Sets, duration: float) -> dict[str, Any]:
    given: dict[str, Any] = {}
    file = f"{_BASE}/inputs/spikes.h5"
    for name, population in net.populations.items():
        if isinstance(population.model, Trains):
            given[f"spikes of {name}"] = {
                **{"input_type": "spikes", "module": "synapse_replay", "node_set": name},
                **{"input_file": file, "spike_file": file},
                **{"delay": 0.0, "duration": float(max(duration, population.model.times.max(initial=0.0)))},
            }
    drives = [additions.drive(d, sets.of(d.post, d.neurons)) for d in net.circuit.drives]
    own = []
    for k, injected in enumerate(net.circuit.injections):
        node_set = sets.of(injected.post, injected.neurons)
        parts = list(_constant_parts(injected, node_set, duration))
        if parts and all(part is not None for part in parts):
            given.update({f"current {k}.{j} into {injected.post}": part for j, part in enumerate(parts)})
        else:
            own.append(additions.injection(injected, node_set))
    return {
        "manifest": {_BASE: "."},
        "network": f"{_BASE}/circuit_config.json",
        "node_sets_file": f"{_BASE}/node_sets.json",
        "run": {"tstart": 0.0, "tstop": duration, "dt": net.dt, "random_seed": net.stream_seed},
        "output": {"output_dir": f"{_BASE}/output", "spikes_file": "spikes.h5", "spikes_sort_order": "by_time"},
        "inputs": given,
        "reports": dict(_report(recording, net, sets, duration) for recording in _of_neurons(net)),
        additions.SECTION: {"drives": drives, "injections": own},
    }


def _constant_parts(injected: Injected, node_set: str, duration: float) -> Iterator[dict[str, Any] | None]:
    """Yield the constant parts of a pulse or of steps that are the same for all neurons; nothing of other currents."""
    current = injected.current
    if isinstance(current, Pulse):
        edges, values = [current.t_start, current.t_stop], np.reshape(current.amplitude, (1, -1))
    elif isinstance(current, Steps):
        last = max(duration, float(current.times[-1]))
        edges, values = [*map(float, current.times), last], current.values
    else:
        return
    if values.shape[1] == 1:
        for start, stop, value in zip(edges[:-1], edges[1:], values[:, 0], strict=True):
            if value != 0 and stop > start:
                yield inputs.written(start, stop, float(value), node_set)
    else:
        yield None


def _of_neurons(net: Network) -> list[Recording]:
    """Return what is recorded of single neurons, for which alone there are reports."""
    return [r for r in net._recordings if not (r.of_synapses or r.event or r.mean)]


def _report(recording: Recording, net: Network, sets: _Sets, duration: float) -> tuple[str, dict[str, Any]]:
    """Return the name and the entry of what reports a recording."""
    node_set = sets.of(recording.of, recording.neurons)
    return f"{node_set}_{recording.variable}", {
        **{"cells": node_set, "variable_name": recording.variable, "module": "membrane_report"},
        **{"type": "compartment", "sections": "soma", "dt": recording.every * net.dt},
        **{"start_time": 0.0, "end_time": duration},
    }


def _model(population: Population) -> dict[str, Any]:
    """Return what stands in the file of a neuron; empty of a source."""
    model = population.model
    if isinstance(model, Neuron):
        if type(model) is not NEURONS.get(type(model).__name__):
            raise ValueError(f"model of {population.name!r} must be one of the library for SONATA, got {model!r}")
        return {"method": model.method}
    if isinstance(model, Trains) or (isinstance(model, Poisson) and model.steady):
        return {}
    raise ValueError(f"sources {population.name!r} must be trains or Poisson at a steady rate, got {model!r}")


def _synapse(projection: Projection) -> dict[str, Any]:
    """Return what stands in the file of a synapse."""
    ((_, given),) = of_model(projection.synapse, SYNAPSES).items()
    plasticity = projection.plasticity
    return given if plasticity is None else {**given, "plasticity": of_model(plasticity, PLASTICITY)}


def _trains(population: Population) -> tuple[np.ndarray, np.ndarray]:
    """Return times (ms), ascending, and indices of the spikes of trains."""
    trains = population["trains"]
    times, indices = np.concatenate([*trains, []]), np.repeat(np.arange(len(trains)), [len(t) for t in trains])
    order = np.lexsort((indices, times))
    return times[order], indices[order]


def _folder(path: str | os.PathLike[str]) -> Path:
    folder = checks.path("path", path)
    hdf5.check_parent(folder)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"path must be a folder, got the file {folder}")
    return folder


def _files(what: str, populations: dict[str, dict[str, str]]) -> dict[str, Any]:
    files = {f"{what}s_file": f"{_BASE}/{what}s.h5", f"{what}_types_file": f"{_BASE}/{what}_types.csv"}
    return {**files, "populations": populations}


def _kind(population: Population) -> str:
    return "point_neuron" if isinstance(population.model, Neuron) else "virtual"


def _plain(names: Iterable[str]) -> dict[str, str]:
    """Return names as they may stand in paths, all of them different."""
    plain: dict[str, str] = {}
    for name in names:
        text = re.sub(r"[^\w.-]+", "_", name.replace("→", "_to_")).strip("_")
        plain[name] = text if text not in plain.values() else f"{text}_{len(plain)}"
    return plain


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
