"""SONATA: the nodes and edges of a network, and spikes, in the HDF5 files that models are exchanged in."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.checks import package
from rheobase.models.edges import Edges
from rheobase.models.neurons import Neuron
from rheobase.network.network import Network
from rheobase.network.population import Population
from rheobase.network.projection import Projection
from rheobase.network.result import Result
from rheobase.spikes.trains import SpikeTrains

#: What marks a file of SONATA, and the version of the form.
_SORTING = {"none": 0, "by_id": 1, "by_time": 2}
_MAGIC, _VERSION = np.uint32(0x0A7A), np.array([0, 1], np.uint32)


def write_sonata(net: Network, path: str | os.PathLike[str]) -> None:
    """Write a network's nodes and edges as a circuit of SONATA into a folder, which is made where it is not there.

    Populations become populations of point neurons, or of virtual nodes where they are sources, with the parameters
    of each neuron; projections become populations of edges with `syn_weight`, in the unit of the weights here, and
    `delay` (ms). ``circuit_config.json`` names the files. Models and kernels are named in the tables of types.

    Parameters
    ----------
    net : Network
        Its connections are made, if they are not yet.
    path : str or path
        Folder.

    Raises
    ------
    ImportError
        If h5py is not installed.

    Examples
    --------
    >>> rb.io.write_sonata(net, "circuit")
    """
    checks.instance("net", net, Network, "a network")
    folder = _folder(path)
    h5py = package("h5py")
    net.build()
    with h5py.File(folder / "nodes.h5", "w") as file:
        _mark(file)
        for id, population in enumerate(net.populations.values()):
            _write_nodes(file.create_group(f"nodes/{population.name}"), population, id)
    with h5py.File(folder / "edges.h5", "w") as file:
        _mark(file)
        for id, projection in enumerate(net.projections):
            _write_edges(file.create_group(f"edges/{_plain_name(projection)}"), projection, id)
    _write_types(folder, net)
    kinds = {name: {"type": _kind(population)} for name, population in net.populations.items()}
    edges = {_plain_name(projection): {"type": "chemical"} for projection in net.projections}
    networks = {"nodes": [_files("node", kinds)], "edges": [_files("edge", edges)] if edges else []}
    config = {"manifest": {"$BASE_DIR": "."}, "networks": networks}
    (folder / "circuit_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def read_sonata_edges(path: str | os.PathLike[str], population: str) -> Edges:
    """Return a population of edges of a SONATA file, as `Network.connect` takes them.

    Weights are `syn_weight` and delays `delay` (ms), where all edges have them; further columns are left out.

    Parameters
    ----------
    path : str or path
        An edges file.
    population : str
        Name of the population of edges.

    Raises
    ------
    ImportError
        If h5py is not installed.
    ValueError
        If `path` is no such file or has no such population.

    Examples
    --------
    >>> rb.io.write_sonata(net, "circuit")
    >>> edges = rb.io.read_sonata_edges("circuit/edges.h5", "i_to_e")
    """
    with _opened(path, "edges") as file:
        group = file["edges"][checks.choice("population", population, list(file["edges"]))]
        ends = (("pre", "source_node_id"), ("post", "target_node_id"))
        columns = {name: group[column][:].astype(np.int64) for name, column in ends}
        for name, own in (("syn_weight", "weight"), ("delay", "delay")):
            found = [part for part in group.values() if hasattr(part, "keys") and name in part]
            if found and sum(len(part[name]) for part in found) == len(columns["pre"]):
                columns[own] = _by_edge(group, name)
    return Edges(columns)


def _by_edge(group: Any, name: str) -> np.ndarray:
    """Return an attribute of edges from the groups in which it stands."""
    ids, places = group["edge_group_id"][:], group["edge_group_index"][:]
    values = np.empty(len(ids))
    for id in np.unique(ids):
        values[ids == id] = group[str(id)][name][:][places[ids == id]]
    return values


def write_sonata_spikes(spikes: Result, path: str | os.PathLike[str]) -> None:
    """Write all spikes of a result as a report of SONATA.

    Parameters
    ----------
    spikes : Result
    path : str or path
        Of the file, usually ``spikes.h5``.

    Raises
    ------
    ImportError
        If h5py is not installed.

    Examples
    --------
    >>> rb.io.write_sonata_spikes(res, "spikes.h5")
    """
    checks.instance("spikes", spikes, Result, "a result")
    file_path = checks.path("path", path)
    _check_parent(file_path)
    if file_path.is_dir():
        raise ValueError(f"path must be a file, got the folder {file_path}")
    h5py = package("h5py")
    with h5py.File(file_path, "w") as file:
        _mark(file)
        for name, trains in spikes.spikes().items():
            group = file.create_group(f"spikes/{name}")
            group.attrs.create("sorting", _SORTING["by_time"], dtype=h5py.enum_dtype(_SORTING, basetype="u1"))
            group.create_dataset("node_ids", data=trains.indices.astype(np.uint64))
            group.create_dataset("timestamps", data=trains.times).attrs["units"] = "ms"


def read_sonata_spikes(
    path: str | os.PathLike[str], *, n: dict[str, int] | None = None, t_stop: float | None = None
) -> dict[str, SpikeTrains]:
    """Return the spikes of a report of SONATA, by population.

    Parameters
    ----------
    path : str or path
    n : dict of int, optional
        Number of neurons of populations, of which the file knows nothing; by default up to the last that spikes.
    t_stop : float, optional
        End of the recording (ms), which begins at 0; by default just after the last spike.

    Raises
    ------
    ImportError
        If h5py is not installed.
    ValueError
        If `path` is no such file.

    Examples
    --------
    >>> rb.io.write_sonata_spikes(res, "spikes.h5")
    >>> rb.io.read_sonata_spikes("spikes.h5", n={"e": 80}, t_stop=400)["e"].n
    80
    """
    sizes = checks.mapping("n", n)
    with _opened(path, "spikes") as file:
        groups = file["spikes"].items()
        found = {name: (group["timestamps"][:], group["node_ids"][:].astype(np.int64)) for name, group in groups}
    for name in sizes:
        checks.choice("n", name, found)
    trains = {}
    for name, (times, ids) in found.items():
        last = int(ids.max()) + 1 if len(ids) else 0
        count = checks.integer("n", sizes.get(name, last), low=last)
        end = checks.number(
            "t_stop", np.nextafter(times.max(initial=0.0), np.inf) if t_stop is None else t_stop, above=0
        )
        order = np.lexsort((ids, times))
        with checks.made_from("path, n and t_stop"):
            trains[name] = SpikeTrains(times[order], ids[order], n=count, t_start=0.0, t_stop=end)
    return trains


def _files(what: str, populations: dict[str, dict[str, str]]) -> dict[str, Any]:
    files = {f"{what}s_file": f"$BASE_DIR/{what}s.h5", f"{what}_types_file": f"$BASE_DIR/{what}_types.csv"}
    return {**files, "populations": populations}


def _kind(population: Population) -> str:
    return "point_neuron" if isinstance(population.model, Neuron) else "virtual"


def _mark(file: Any) -> None:
    file.attrs["magic"], file.attrs["version"] = _MAGIC, _VERSION


def _opened(path: str | os.PathLike[str], what: str) -> Any:
    """Return an open file that holds `what`."""
    h5py = package("h5py")
    try:
        file = h5py.File(checks.path("path", path), "r")
    except (OSError, ValueError) as error:
        raise ValueError(f"path must be a file of SONATA, got {path!r}: {error}") from error
    if what not in file:
        file.close()
        raise ValueError(f"path must be a file with {what}, {path!r} has none")
    return file


def _folder(path: str | os.PathLike[str]) -> Path:
    folder = checks.path("path", path)
    _check_parent(folder)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"path must be a folder, got the file {folder}")
    folder.mkdir(exist_ok=True)
    return folder


def _check_parent(path: Path) -> None:
    if not path.resolve().parent.is_dir():
        raise ValueError(f"path must lie in a folder that exists, got {path}")


def _plain_name(projection: Projection) -> str:
    return projection.name.replace("→", "_to_").replace(" ", "_")


def _write_nodes(group: Any, population: Population, id: int) -> None:
    n = population.n
    group.create_dataset("node_id", data=np.arange(n, dtype=np.uint64))
    group.create_dataset("node_type_id", data=np.full(n, id, np.int64))
    group.create_dataset("node_group_id", data=np.zeros(n, np.uint64))
    group.create_dataset("node_group_index", data=np.arange(n, dtype=np.uint64))
    inside = group.create_group("0")
    if isinstance(population.model, Neuron):
        for name in (*population.neuron.parameters, "I_x"):
            inside.create_dataset(f"dynamics_params/{name}", data=population[name])


def _write_edges(group: Any, projection: Projection, id: int) -> None:
    c = projection.connections()
    n = len(c["pre"])
    for column, nodes, end in (("source", c["pre"], projection.pre), ("target", c["post"], projection.post)):
        data = group.create_dataset(f"{column}_node_id", data=nodes.astype(np.uint64))
        data.attrs["node_population"] = end.name
    group.create_dataset("edge_type_id", data=np.full(n, id, np.int64))
    group.create_dataset("edge_group_id", data=np.zeros(n, np.uint64))
    group.create_dataset("edge_group_index", data=np.arange(n, dtype=np.uint64))
    group.create_dataset("0/syn_weight", data=c["weight"])
    group.create_dataset("0/delay", data=c["delay"])


def _write_types(folder: Path, net: Network) -> None:
    nodes = ["node_type_id model_type model_template"]
    for id, population in enumerate(net.populations.values()):
        nodes.append(f"{id} {_kind(population)} rheobase:{type(population.model).__name__}")
    edges = ["edge_type_id model_template"]
    edges += [f"{id} rheobase:{type(q.synapse).__name__}" for id, q in enumerate(net.projections)]
    (folder / "node_types.csv").write_text("\n".join(nodes) + "\n", encoding="utf-8")
    (folder / "edge_types.csv").write_text("\n".join(edges) + "\n", encoding="utf-8")
